"""The gate before the models: what segments and policies read must be filled where it matters."""

from __future__ import annotations

import dagster as dg
import duckdb

from orchestration.gate_book import Finding, book
from orchestration.resource import Night, served_workspace
from workspace.config.field_fill_limit import FieldFill
from workspace.field_fill import WEIGHTS, fill_table, fills

NAME = "field_fill"
# Every table that Python computes comes after the items: to stop them, stop what follows these.
ITEMS = "facts.int_product_site"


def _finding(connection: duckdb.DuckDBPyConnection, wanted: FieldFill) -> Finding:
    """Return how a field fares against its limit, naming each segment in which it is below."""
    found = fills(connection, wanted)
    low = [fill for fill in found if fill.rate < wanted.minimum_rate]
    weighed = f" by {wanted.weight}" if wanted.weight else ""
    table = fill_table(wanted)
    return Finding(
        gate=f"{table}.{wanted.field.split('.')[1]}.{NAME}{f'.{wanted.by}' if wanted.by else ''}",
        table=table,
        kind="fill",
        is_passed=bool(found) and not low,
        is_blocking=wanted.is_blocking,
        evaluated_count=sum(fill.item_count for fill in found),
        failed_count=sum(fill.item_count - fill.filled_count for fill in low),
        detail=" ".join(
            f"{wanted.field} in segment {fill.segment_id}: {fill.rate:.2%} filled{weighed}, "
            f"limit {wanted.minimum_rate:.2%}."
            for fill in low
        )
        or ("" if found else f"{wanted.field}: there is no item."),
    )


@dg.definitions
def field_fill() -> dg.Definitions:
    """Make one blocking check of all fields that the workspace has given a limit."""
    served = served_workspace()
    limits = served.file.gates.field_fill
    if not limits:
        return dg.Definitions()
    tables = sorted({WEIGHTS, *(fill_table(wanted) for wanted in limits)} - {ITEMS})

    @dg.asset_check(
        asset=dg.AssetKey(ITEMS.split(".")),
        name=NAME,
        description="Fields that segments depend on are filled, by value where so configured.",
        blocking=True,
        additional_deps=[dg.AssetKey(table.split(".")) for table in tables],
    )
    def check(night: Night) -> dg.AssetCheckResult:
        with night.warehouse() as connection:
            findings = [_finding(connection, wanted) for wanted in limits]
            for finding in findings:
                book(connection, finding)
        failed = [f for f in findings if f.is_blocking and not f.is_passed]
        return dg.AssetCheckResult(
            passed=not failed,
            check_name=NAME,
            asset_key=ITEMS.split("."),
            metadata={
                "evaluated": len(findings),
                "failed": len(failed),
                "detail": " ".join(f.detail for f in failed) or "as expected",
            },
        )

    return dg.Definitions(asset_checks=[check])
