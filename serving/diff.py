"""What is different between two releases: segments of items, and rows of every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from serving.release_reader import ReleaseReader, open_pair
from serving.table_difference import TableDifference, compare_table
from serving.wording import counted, shown
from workspace.table_contract import public_tables

LISTED = 10
NOT_THERE = "(none)"
# People know a unit by codes and names, those of the later release first.
MOVES = """
with before as (
    select scheme_id, {unit_before} as unit_id, segment_id, value_at_stake_amount
    from before.segment_assignment
), after as (
    select scheme_id, {unit_after} as unit_id, segment_id, value_at_stake_amount
    from after.segment_assignment
), known as (
    select 1 as turn, product_id as id, product_code as name from after.golden_product
    union all
    select 1, site_id, site_code from after.golden_location
    union all
    select 1, customer_id, customer_name from after.golden_customer
    union all
    select 2, product_id, product_code from before.golden_product
    union all
    select 2, site_id, site_code from before.golden_location
    union all
    select 2, customer_id, customer_name from before.golden_customer
), names as (
    select id, arg_min(name, turn) as name from known group by id
), moved as (
    select scheme_id, unit_id, split_part(unit_id, '@', 1) as first_id,
        nullif(split_part(unit_id, '@', 2), '') as second_id,
        coalesce(before.segment_id, '(none)') as from_segment_id,
        coalesce(after.segment_id, '(none)') as to_segment_id,
        coalesce(after.value_at_stake_amount, before.value_at_stake_amount)
            as value_at_stake_amount
    from before
    full join after using (scheme_id, unit_id)
    where before.segment_id is distinct from after.segment_id
)
select scheme_id, unit_id,
    concat_ws('@', coalesce(first.name, first_id), coalesce(second.name, second_id)) as unit,
    from_segment_id, to_segment_id, value_at_stake_amount
from moved
left join names as first on first.id = first_id
left join names as second on second.id = second_id
order by scheme_id, abs(value_at_stake_amount) desc nulls last, unit_id
"""
# A release of an earlier version knows products at sites only.
UNIT, ITEM = "unit_id", "product_id || '@' || site_id"
ASSIGNMENT = "segment_assignment"


@dataclass(frozen=True, kw_only=True)
class Move:
    """One unit whose segment in one scheme differs; `(none)` where it is not in a release."""

    scheme_id: str
    unit_id: str
    unit: str
    from_segment_id: str
    to_segment_id: str
    value_at_stake_amount: Decimal | None


@dataclass(frozen=True, kw_only=True)
class SchemeDifference:
    """All moves in one scheme, largest value first."""

    scheme_id: str
    moves: tuple[Move, ...]

    @property
    def added_count(self) -> int:
        """Items that only the later release has."""
        return sum(move.from_segment_id == NOT_THERE for move in self.moves)

    @property
    def removed_count(self) -> int:
        """Items that only the earlier release has."""
        return sum(move.to_segment_id == NOT_THERE for move in self.moves)

    @property
    def moved_count(self) -> int:
        """Items that both releases have, in different segments."""
        return len(self.moves) - self.added_count - self.removed_count

    @property
    def pairs(self) -> dict[tuple[str, str], tuple[int, Decimal]]:
        """Count and value of the moves from one segment to another, most frequent first."""
        found: dict[tuple[str, str], tuple[int, Decimal]] = {}
        for move in self.moves:
            pair = (move.from_segment_id, move.to_segment_id)
            count, value = found.get(pair, (0, Decimal(0)))
            found[pair] = (count + 1, value + (move.value_at_stake_amount or 0))
        return dict(sorted(found.items(), key=lambda item: (-item[1][0], item[0])))


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Everything that is different between two releases."""

    before_release_id: str
    after_release_id: str
    schemes: tuple[SchemeDifference, ...]
    tables: tuple[TableDifference, ...]

    @property
    def is_same(self) -> bool:
        """Whether every table is the same."""
        return all(table.is_same for table in self.tables)

    def text(self) -> str:
        """Return the differences for people."""
        same = [table.table for table in self.tables if table.is_same]
        lines = [f"From {self.before_release_id} to {self.after_release_id}", ""]
        for scheme in self.schemes:
            lines += scheme_lines(scheme)
        lines += _table_line_block([table for table in self.tables if not table.is_same])
        lines += ["", f"  The same in both: {', '.join(same) or 'no table'}."]
        return "\n".join(lines)


def diff(
    before: ReleaseReader,
    after: ReleaseReader,
    *,
    keys: Mapping[str, Sequence[str]] | None = None,
) -> Difference:
    """Compare two releases; `keys` names each table's key, by default as its contract says."""
    known = {t.table: t.key for t in public_tables()} if keys is None else keys
    with open_pair(before.folder, after.folder) as pair:
        return Difference(
            before_release_id=before.manifest.release_id,
            after_release_id=after.manifest.release_id,
            schemes=scheme_differences(
                pair,
                unit_before=UNIT if UNIT in before.columns.get(ASSIGNMENT, ()) else ITEM,
                unit_after=UNIT if UNIT in after.columns.get(ASSIGNMENT, ()) else ITEM,
            ),
            tables=tuple(
                compare_table(
                    pair,
                    table,
                    columns=(
                        list(before.columns.get(table, ())),
                        list(after.columns.get(table, ())),
                    ),
                    key=list(known.get(table, ())),
                )
                for table in sorted({*before.columns, *after.columns})
            ),
        )


def scheme_differences(
    pair: ReleaseReader, *, unit_before: str = UNIT, unit_after: str = UNIT
) -> tuple[SchemeDifference, ...]:
    """Return the schemes in which units moved between `before` and `after` of a pair."""
    moves: dict[str, list[Move]] = {}
    for row in pair.rows(MOVES.format(unit_before=unit_before, unit_after=unit_after)):
        moves.setdefault(row["scheme_id"], []).append(Move(**row))
    return tuple(
        SchemeDifference(scheme_id=scheme, moves=tuple(found)) for scheme, found in moves.items()
    )


def scheme_lines(scheme: SchemeDifference) -> list[str]:
    """Return the moves of a scheme for people: counts by pair, and those with most at stake."""
    pairs = [
        f"    {left} → {right}  {count:,}, {shown(value, 'amount')} at stake"
        for (left, right), (count, value) in scheme.pairs.items()
    ]
    largest = [
        f"    {move.unit}  {move.from_segment_id} → {move.to_segment_id}  "
        f"{shown(move.value_at_stake_amount, 'amount')}"
        for move in scheme.moves[:LISTED]
    ]
    return [
        f"  {scheme.scheme_id}: {counted(scheme.moved_count, 'unit')} moved, "
        f"{scheme.added_count:,} added, {scheme.removed_count:,} removed",
        *pairs,
        f"    with most at stake, {len(largest)} of {len(scheme.moves):,}:",
        *(f"  {line}" for line in largest),
        "",
    ]


def _table_line_block(tables: list[TableDifference]) -> list[str]:
    if not tables:
        return ["  Every table is the same."]
    lines = [f"  {'table':<24}{'before':>10}{'after':>10}{'added':>9}{'removed':>9}{'changed':>9}"]
    for table in tables:
        lines.append(
            f"  {table.table:<24}{shown(table.before_count):>10}{shown(table.after_count):>10}"
            f"{table.added_count:>9,}{table.removed_count:>9,}{table.changed_count:>9,}"
            + "".join(f"  +{column}" for column in table.added_columns)
            + "".join(f"  -{column}" for column in table.removed_columns)
        )
        if table.changed_columns:
            columns = ", ".join(f"{c} {n:,}" for c, n in table.changed_columns.items())
            lines.append(f"      {columns}")
    return lines
