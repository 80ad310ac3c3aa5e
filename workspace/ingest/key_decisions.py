"""SQL that decides which record keeps a key that several have."""

from __future__ import annotations

from collections.abc import Sequence

from workspace.folder import Workspace
from workspace.ingest.contract import Contract
from workspace.ingest.parsing import identifier, literal
from workspace.ingest.parts.own_faults import DELETED
from workspace.ingest.parts.part import Part
from workspace.ingest.parts.part_rows import rows_of

# The newest row, or any of identical ones, ranks first and is kept. Rows contradict each other
# when one as new as the kept one differs from it; then no row of the key can be trusted.
DECISIONS = """
    with delivered as (
        select *, hash({by_key}) as _hash
        from ({rows})
    ),

    candidates as (
        select d.*, p._position
        from delivered as d
        semi join _hashes using (_hash)
        join _positions as p using (_file)
    ),

    sound as (select * from candidates {unbooked}),

    compared as (
        select
            *, md5(concat_ws(chr(31), {values})) as _content,
            {stamp} as _stamp, {age} as _age
        from sound
    ),

    ranked as (
        select
            *,
            count(*) over (partition by {by_key}) as _count,
            row_number() over by_age as _rank,
            first_value(_content) over by_age as _kept_content,
            first_value(_stamp) over by_age as _kept_stamp,
            first_value(_age) over by_age as _kept_age
        from compared
        window by_age as (
            partition by {by_key} order by {newest}_content, _position, _record
        )
    ),

    judged as (
        select
            *,
            max(
                case when _stamp is not distinct from _kept_stamp and _age = _kept_age
                    and _content <> _kept_content then 1 else 0 end
            ) over (partition by {by_key}) = 1 as _conflicts
        from ranked where _count > 1
    ),

    final as (
        select
            _hash, _file, _record,
            case
                when _conflicts then null
                when _content = _kept_content then 'ROW_DUPLICATE: identical row'
                else 'ROW_SUPERSEDED: a newer row has the key'
            end as reason,
            case when _conflicts
                then 'Rows with the key ' || concat_ws(' · ', {by_key})
                    || ' contradict each other'
            end as detail
        from judged where _conflicts or _rank > 1
    )

    select * from final
"""


def decisions(workspace: Workspace, contract: Contract, holding: Sequence[Part]) -> str:
    """Return SQL for the records that lose their key, with a reason (skip) or a detail (fault).

    It reads _hashes and _positions, and the parts that hold any of these keys. In a delta a later
    file is newer; elsewhere only `latest_by` makes a row newer.
    """
    extract = contract.extract
    # An absent value has a mark of its own: (a, null, b) is not (a, b, null).
    values = ", ".join(
        f"coalesce(cast({identifier(column)} as varchar), chr(30))" for column in extract.columns
    )
    stamp = identifier(extract.latest_by) if extract.latest_by else None
    return DECISIONS.format(
        by_key=", ".join(contract.key_values()),
        rows=rows_of(workspace, contract, holding),
        unbooked=_unbooked(holding),
        values=values,
        stamp=f"cast({stamp} as varchar)" if stamp else "null",
        age="_position" if extract.delivery.kind == "delta" else "0",
        newest=f"{stamp} desc nulls last, _age desc, " if stamp else "_age desc, ",
    )


def _unbooked(holding: Sequence[Part]) -> str:
    """Return SQL that leaves out records of no use by themselves; a deletion competes."""
    booked = " union all ".join(
        f"select {literal(part.sha256)} as _file, record_number as _record "
        f"from read_parquet({literal(str(book))}) where {condition}"
        for part in holding
        for book, condition in (
            (part.faults, "true"),
            (part.skips, f"reason <> {literal(DELETED)}"),
        )
        if book.exists()
    )
    return f"anti join ({booked}) using (_file, _record)" if booked else ""
