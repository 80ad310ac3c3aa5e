"""Data elements: every column that has a gate, and the names that elements may have."""

from __future__ import annotations

from sqlglot import exp

from expectations.tested_columns import tested_columns
from workspace.config.entities import EntityColumn, entities
from workspace.config.outlier_file import Metric
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.expressions import checked
from workspace.table_contract import TableContract, contracts, public_tables

# Evidence on the night: its tables have no gate of their own.
EVIDENCE = "control"


def known_elements() -> dict[str, tuple[str, ...]]:
    """Return table → columns of all that may have a steward: entities, and declared tables."""
    found = {contract.table: _names(contract) for contract in contracts().values()}
    return found | {name: tuple(entity.columns) for name, entity in entities().items()}


def gated_elements(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """Return table → columns of it that a gate looks at.

    They are: columns of the entities that the workspace fills with a rule of their own, columns
    that a suite tests, keys of published tables, screened columns and fields with a least fill.
    """
    mapped = {m.entity for read in workspace.sources.values() for m in read.value.mappings}
    found: dict[str, set[str]] = {}
    for name in mapped & set(entities()):
        columns = entities()[name].columns.items()
        found.setdefault(name, set()).update(c for c, spec in columns if _has_rule(spec))
    for table, tested in tested_columns().items():
        schema, name = table.split(".", 1)
        if schema != "raw" or name in mapped:
            found.setdefault(name, set()).update(tested)
    for contract in public_tables():
        if contract.schema != EVIDENCE:
            found.setdefault(contract.table, set()).update(contract.key)
    named = [element_of(metric) for metric in workspace.quality.outliers.metrics.values()]
    named += [fill.field for fill in workspace.file.gates.field_fill]
    for element in named:
        name, column = element.split(".", 1)
        found.setdefault(name, set()).update({column} - {"*"})
    return {name: tuple(sorted(found[name])) for name in sorted(found)}


def screened_table(metric: Metric) -> TableContract | None:
    """Return the table that a metric reads; None where no screened layer has it."""
    layers = ("facts", "features", "golden")
    named = [contracts().get(f"{layer}.{metric.table}") for layer in layers]
    return next((contract for contract in named if contract is not None and contract.key), None)


def element_of(metric: Metric) -> str:
    """Return the element that a metric is about: the first column that it reads."""
    contract = screened_table(metric)
    columns = {"t": set(_names(contract))} if contract else {"t": set()}
    try:
        tree = checked(next(iter(metric.values.values())), columns, default="t", place="")
    except TierwiseError:
        return f"{metric.table}.*"
    column = next((node.name for node in tree.find_all(exp.Column)), "*")
    return f"{metric.table}.{column}"


def _names(contract: TableContract) -> tuple[str, ...]:
    return tuple(column.name for column in contract.columns)


def _has_rule(spec: EntityColumn) -> bool:
    return bool(
        spec.required or spec.minimum is not None or spec.allowed is not None or spec.not_future
    )
