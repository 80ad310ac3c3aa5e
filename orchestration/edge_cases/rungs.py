"""The rungs of a ladder as SQL: where each finds a value, and how sure of it one can be.

A rung reads `wanting` (the units whose value is missing or too old, as `w`) and the relations that
it joins; its value is null where it has none. Peers are units whose own value is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from workspace.config.fallback_file import (
    AttributeLadder,
    ColumnRung,
    ExcludeRung,
    HoldLastRung,
    InferRung,
    Rung,
)
from workspace.ingest.parsing import literal

# An observed value, so that it fits the type of any column: the lower median.
MEDIAN = """
    left join (
        select {groups}percentile_disc(0.5) within group (order by {column}) as inferred
        from ladder_inputs as i
        where {is_known}
        group by {group_by} having count(*) >= {peers}
    ) as {name} on {agree}
"""
# Of equally many the smallest.
MODE = """
    left join (
        select {groups}{column} as inferred
        from (
            select
                {groups}{column},
                row_number() over (
                    {partition} order by count(*) desc nulls last, {column} nulls last
                ) as turn,
                sum(count(*)) over ({partition}) as peer_count
            from ladder_inputs as i
            where {is_known}
            group by {groups}{column}
        ) as counted
        where turn = 1 and peer_count >= {peers}
    ) as {name} on {agree}
"""


@dataclass(frozen=True, kw_only=True)
class WrittenRung:
    """A rung as SQL: its value, the join that it needs, the day of its value."""

    kind: str
    value: str
    day: str
    confidence: float | None
    join: str = ""
    segment: str | None = None


def written(
    rung: Rung, number: int, stated: AttributeLadder, data_type: str, aged: dict[str, str]
) -> WrittenRung:
    """Write a rung of a ladder; `aged` says of columns with a limit when a value is too old."""
    tonight = "w.business_date"
    if isinstance(rung, ExcludeRung):
        return WrittenRung(
            kind=rung.kind, value="null", day=tonight, confidence=None, segment=rung.segment
        )
    value, day, join = "", tonight, ""
    if isinstance(rung, ColumnRung):
        value = f"w.{rung.column}"
        if rung.column in aged:
            value = f"case when not ({aged[rung.column].format(of='w')}) then {value} end"
    elif isinstance(rung, HoldLastRung):
        day = "w.last_known_date"
        value = f"case when {day} >= {tonight} - {rung.days} then w.last_known_value end"
    elif isinstance(rung, InferRung):
        value, join = f"peers_{number}.inferred", _peers(rung, number, stated, aged)
    else:
        value = literal(rung.value)
    return WrittenRung(
        kind=rung.kind,
        value=f"cast({value} as {data_type})",
        day=day,
        confidence=rung.confidence,
        join=join,
    )


def _peers(rung: InferRung, number: int, stated: AttributeLadder, aged: dict[str, str]) -> str:
    """Write the join of what is usual in each group of peers; null features make no group."""
    name, columns = f"peers_{number}", rung.within
    known = [f"i.{stated.column} is not null", *(f"i.{column} is not null" for column in columns)]
    if stated.column in aged:
        known.append(f"not ({aged[stated.column].format(of='i')})")
    return (MEDIAN if rung.by == "median" else MODE).format(
        name=name,
        column=stated.column,
        groups="".join(f"{column}, " for column in columns),
        group_by=", ".join(columns) or "()",
        partition=f"partition by {', '.join(columns)}" if columns else "",
        is_known=" and ".join(known),
        peers=rung.minimum_peers,
        agree=" and ".join(f"{name}.{column} = w.{column}" for column in columns) or "true",
    )
