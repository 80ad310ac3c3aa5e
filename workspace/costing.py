"""Costing as a workspace declares it: what each activity takes, as SQL over order lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from models.cost_to_serve.activity_costing import Work
from workspace.config.costing_file import Activity, CostingFile
from workspace.config.strict import load_optional
from workspace.ingest.expressions import checked
from workspace.yaml_file import Document

FILE = "costing.yml"
LINES = "features.int_order_line_work"
# What a time equation may count. Amounts are not among them, nor anything of a segment: the class
# of a customer would else follow from what its class has cost.
DRIVERS = (
    "namespace", "site_code", "customer_group", "country_code", "transaction_type", "demand_kind",
    "is_cancelled", "order_channel", "handling_code", "unit_code", "orders", "return_orders",
    "sales_lines", "return_lines", "cancelled_lines", "shipments", "legs", "units",
    "stated_units",
)  # fmt: skip
# The alias that `Work` reads lines under.
ALIAS = "l"


@dataclass(frozen=True, kw_only=True)
class Costing:
    """The file, None where there is none, and the document that knows its places."""

    file: CostingFile | None
    document: Document
    files: tuple[Path, ...] = field(default=())

    @property
    def activities(self) -> dict[str, Activity]:
        """Return the activities by name; none without a file."""
        return self.file.activities if self.file else {}

    def works(self) -> tuple[Work, ...]:
        """Return what each activity takes of its pool, by name: SQL over LINES.

        Raises TierwiseError for what `workspace.costing_check` finds wrong.
        """
        return tuple(
            Work(
                activity_id=name,
                pool_id=activity.pool,
                element=activity.element,
                quantity=_quantity(activity, self.document.place(("activities", name))),
            )
            for name, activity in sorted(self.activities.items())
        )


def read_costing(root: Path) -> Costing:
    """Read costing.yml; without it nothing is charged to any line.

    Raises ConfigurationErrors with every fault of the file.
    """
    file, document = load_optional(CostingFile, root / FILE)
    return Costing(file=file, document=document, files=(document.file,) if file else ())


def _quantity(activity: Activity, place: str) -> str:
    """Return SQL of what a line takes; what is not known counts as none."""
    columns = {ALIAS: set(DRIVERS)}
    taken = checked(activity.equation, columns, default=ALIAS, place=place).sql(dialect="duckdb")
    if activity.where is not None:
        condition = checked(activity.where, columns, default=ALIAS, place=place)
        taken = f"case when {condition.sql(dialect='duckdb')} then {taken} end"
    return f"coalesce({taken}, 0)"
