"""Parts of a scheme: the units that an overlay changes it for, and all others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from models.segmentation.scheme import Scheme
from workspace.config.stability_settings import StabilitySettings
from workspace.folder import Workspace
from workspace.ingest.parsing import literal
from workspace.organisation import organisation_of
from workspace.units import UNIT_KINDS
from workspace.variants import BASE, Variant, scope_sql, variants_of
from workspace.warehouse import one_row

# A unit about which no condition says anything is the base's.
OVERLAID = """
    create or replace temp table overlaid as
    select {keys}, case {branches} else {base} end as overlay_id
    from ({units})
"""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A scheme as it holds for some of its units; `is_whole` where these are all of them."""

    variant: Variant
    is_whole: bool

    @property
    def scheme(self) -> Scheme:
        """The scheme, as it holds for these units."""
        return self.variant.scheme

    @property
    def stability(self) -> StabilitySettings | None:
        """What keeps these units where they are."""
        return self.variant.read.value.stability

    def of(self, connection: duckdb.DuckDBPyConnection, relation: str) -> str:
        """Return the view of a relation of features that has just these units."""
        if self.is_whole:
            return relation
        connection.execute(
            f"create or replace temp view {relation}_of_part as select f.* from {relation} as f "
            f"join overlaid using ({', '.join(self.scheme.keys)}) "
            f"where overlaid.overlay_id = {literal(self.variant.overlay_id)}"
        )
        return f"{relation}_of_part"


def parts_of(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, scheme: Scheme
) -> Iterator[Part]:
    """Yield the parts that a scheme has tonight; take each before the next scheme is asked for."""
    day = one_row(connection, "select business_date from night.parameters")[0]
    found = variants_of(workspace, scheme.scheme_id, day)
    if len(found) > 1:
        _lay_out(connection, found)
    for variant in found:
        yield Part(variant=variant, is_whole=len(found) == 1)


def _lay_out(connection: duckdb.DuckDBPyConnection, found: tuple[Variant, ...]) -> None:
    """Create the table `overlaid`: which overlay each unit is in, or the base."""
    unit = found[0].scheme.unit
    branches = " ".join(
        f"when {scope_sql(variant)} then {literal(variant.overlay_id)}"
        for variant in found
        if variant.applies_to is not None
    )
    units = organisation_of(UNIT_KINDS[unit].universe, UNIT_KINDS[unit].key)
    keys = ", ".join(UNIT_KINDS[unit].key)
    connection.execute(
        OVERLAID.format(keys=keys, branches=branches, base=literal(BASE), units=units)
    )
