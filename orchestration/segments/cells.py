"""What a matrix reads: the segment that each of its axes gives to the parts of a unit."""

from __future__ import annotations

import duckdb

from models.segmentation.methods.matrix import Matrix
from models.segmentation.scheme import Scheme
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.units import UNIT_KINDS, unit_key

# A cell is held when a segment that it is made of is; the others move.
HELD_CELLS = """
    with held as (
        select unit_id, max(hold_reason) as hold_reason from ({holds}) group by unit_id
    )

    select
        judged.*, engine.segment_id as engine_segment_id, held.hold_reason
    from judged
    join engine on engine.scheme_id = {scheme} and engine.unit_id = judged.unit_id
    left join held on held.unit_id = judged.unit_id
"""


def cells_statement(workspace: Workspace, scheme: Scheme, relation: str, source: str) -> str:
    """Return the statement that gives a matrix its relation: features and the segments joined."""
    columns = "".join(
        f", a{number}.segment_id as {axis}" for number, axis in enumerate(_axes(scheme))
    )
    joins = " ".join(
        f"left join {source} as a{number} on a{number}.scheme_id = {literal(axis)} "
        f"and a{number}.unit_id = {_part(workspace, axis)}"
        for number, axis in enumerate(_axes(scheme))
    )
    return f"create or replace temp view cells as select f.*{columns} from {relation} as f {joins}"


def are_held(connection: duckdb.DuckDBPyConnection, matrix: Matrix) -> bool:
    """Return whether a unit of an axis is not in the segment that the rules say."""
    return bool(
        connection.execute(
            "select 1 from assigned "
            "where list_contains(?, scheme_id) and hold_reason is not null limit 1",
            [list(matrix.axes)],
        ).fetchall()
    )


def held_cells(workspace: Workspace, scheme: Scheme) -> str:
    """Return the query of what is in force of a matrix, where some of its axes' units are held."""
    holds = " union all ".join(
        f"select {unit_key(scheme.keys, 'f')} as unit_id, a.hold_reason "
        f"from {scheme.unit}_features as f join assigned as a on a.scheme_id = {literal(axis)} "
        f"and a.unit_id = {_part(workspace, axis)} where a.hold_reason is not null"
        for axis in _axes(scheme)
    )
    return HELD_CELLS.format(scheme=literal(scheme.scheme_id), holds=holds)


def _axes(scheme: Scheme) -> tuple[str, ...]:
    assert isinstance(scheme.method, Matrix)
    return scheme.method.axes


def _part(workspace: Workspace, axis: str) -> str:
    """Return the SQL of the unit of an axis that a unit of the matrix is about."""
    return unit_key(UNIT_KINDS[workspace.schemes[axis].value.unit].key, "f")
