"""What SQL knows of golden/hierarchies.yml."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import pyarrow as pa

from workspace.config.hierarchy_file import CustomerTrees, HierarchyFile, ProductTrees
from workspace.given_rows import arrow_table, create_from

Rows = Sequence[tuple[Any, ...]]
TEXT, DATE, NUMBER = pa.string(), pa.date32(), pa.int32()
TABLES: dict[str, dict[str, pa.DataType]] = {
    "hierarchy_views": {"object_type": TEXT, "view_name": TEXT, "is_reconciled": pa.bool_()},
    "hierarchy_agreements": {"view_name": TEXT, "other_view_name": TEXT},
    "hierarchy_rules": {
        "object_type": TEXT,
        "rule_order": NUMBER,
        "rule_id": TEXT,
        "kind": TEXT,
        "voice": TEXT,
        "voice_rank": NUMBER,
    },
    "hierarchy_rulings": {
        "object_type": TEXT,
        "namespace": TEXT,
        "source_key": TEXT,
        "node_id": TEXT,
        "valid_from": DATE,
        "valid_to": DATE,
    },
    "hierarchy_readings": {
        "namespace": TEXT,
        "view_name": TEXT,
        "node_id": TEXT,
        "read_as_node_id": TEXT,
    },
}


def land_hierarchy_settings(connection: duckdb.DuckDBPyConnection, file: HierarchyFile) -> None:
    """Create night.hierarchy_*: views, agreements, rules voice by voice, rulings, readings."""
    products = file.products
    rows: dict[str, Rows] = {
        "hierarchy_views": [
            *(("customer", view, False) for view in file.customers.views),
            *(("product", view, True) for view in [products.view] if view is not None),
        ],
        "hierarchy_agreements": [(a.view, a.other_view) for a in file.customers.agreements],
        "hierarchy_rules": [*_rules("customer", file.customers), *_rules("product", products)],
        "hierarchy_rulings": [
            *_rulings("customer", file.customers),
            *_rulings("product", products),
        ],
        "hierarchy_readings": [
            (region.system, region.view, node, read_as)
            for region in products.regions
            for node, read_as in region.nodes.items()
        ],
    }
    for name, types in TABLES.items():
        create_from(connection, f"night.{name}", arrow_table(types, rows[name]))


def _rules(object_type: str, trees: CustomerTrees | ProductTrees) -> Rows:
    """Return one row per rule, and of a precedence one per voice in its order."""
    return [
        (object_type, place, rule.rule, rule.kind, voice, rank)
        for place, rule in enumerate(trees.rules, start=1)
        for rank, voice in enumerate(rule.order or (None,), start=1)
    ]


def _rulings(object_type: str, trees: CustomerTrees | ProductTrees) -> Rows:
    return [
        (object_type, ruling.system, ruling.key, ruling.node, ruling.valid_from, ruling.valid_to)
        for ruling in trees.rulings
    ]
