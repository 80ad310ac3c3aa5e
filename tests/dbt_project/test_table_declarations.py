"""Every public table says what it is, column by column, and is held to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.conftest import Builder, BuiltNight
from tests.dbt_project.delivered_prior import declared_sources
from workspace.table_contract import contracts, public_tables

UNITS = ("_units", "_amount", "_hours", "_days", "_rate", "_ratio", "_count", "_date", "_12m")


@pytest.fixture(scope="module")
def dbt_tables(builder: Builder, first_night: BuiltNight) -> dict[str, dict[str, Any]]:
    assert first_night.has_passed, first_night.log
    nodes = builder.manifest["nodes"].values()
    return {f"{n['schema']}.{n['name']}": n for n in nodes if n["resource_type"] == "model"}


def test_public_tables_are_described_and_typed_and_have_a_key() -> None:
    assert public_tables()
    for table in public_tables():
        assert table.description.startswith("One row"), table.name
        assert table.key, table.name
        assert set(table.key) <= {column.name for column in table.columns}, table.name
        for column in table.columns:
            assert column.data_type, (table.name, column.name)
            assert column.description.endswith("."), (table.name, column.name)


def test_no_two_columns_of_a_table_share_a_name() -> None:
    for table in contracts().values():
        names = [column.name for column in table.columns]
        assert len(names) == len(set(names)), table.name


def test_keys_are_required() -> None:
    for table in public_tables():
        optional = {column.name for column in table.columns if not column.is_required}
        assert not optional & set(table.key), table.name


def test_public_dbt_tables_are_contracted_and_others_are_private(
    dbt_tables: dict[str, dict[str, Any]],
) -> None:
    public = {table.name for table in public_tables() if not table.is_python}
    for name, node in dbt_tables.items():
        assert node["config"]["contract"]["enforced"] == (name in public), name
        assert node["config"]["access"] == ("public" if name in public else "private"), name
        assert node["config"]["group"] == "supply_chain_analytics", name


def test_the_declared_key_is_the_tested_key(
    builder: Builder, dbt_tables: dict[str, dict[str, Any]]
) -> None:
    tested = {
        node["attached_node"]: tuple(node["test_metadata"]["kwargs"]["columns"])
        for node in builder.manifest["nodes"].values()
        if node.get("test_metadata", {}).get("name") == "unique_key"
    }
    for table in public_tables():
        if not table.is_python:
            assert tested[dbt_tables[table.name]["unique_id"]] == table.key, table.name


def test_names_tell_the_layer(dbt_tables: dict[str, dict[str, Any]]) -> None:
    prefixes = {
        "staging": ("stg_",),
        "golden": ("golden_", "int_"),
        "hierarchies": ("hier_", "int_"),
        "control": ("history_", "int_", "margin_"),
        "facts": ("fct_", "int_"),
        "features": ("feat_", "demand_", "whale_", "int_"),
    }
    for name in dbt_tables:
        schema, table = name.split(".")
        assert table.startswith(prefixes[schema]), name


def test_numbers_of_public_tables_name_their_unit() -> None:
    plain = {
        "level_number",
        "finding_number",
        "rung_number",
        "source_record_number",
        "record_number",
        "priority",
        "ledger_seq",
    }
    plain |= {"ledger_sequence", "lapsed_sequence", "decided_by", "value_rank", "otif_rank"}
    fiscal = {"fiscal_year", "fiscal_quarter", "fiscal_period", "fiscal_week"}
    fraction = {"numerator", "denominator"}
    scores = {"match_score", "flip_value", "months_of_history", "byte_offset"}
    scores |= {"signal_value", "reliability_score", "cut_value", "score_rank"}
    scores |= {
        "match_weight",
        "match_probability",
        "evidence_weight",
        "season_p_value",
        "advantage_p_value",
    }
    # What is screened may be anything: its table and column say what, and in which unit.
    screened = {"value", "transformed_value", "typical_value", "capped_value"}
    screened |= {"compared_value", "limit_value", "trusted_value", "moved_limit_value"}
    screened |= {"usual_value"}
    scores |= screened | {"score", "score_limit", "fence_low", "fence_high"}
    for table in public_tables():
        for column in table.columns:
            if column.data_type in {"string", "date", "boolean", "timestamp"}:
                continue
            named = column.name.removesuffix("_12m").endswith(UNITS)
            counted = named or column.name in plain | scores | fiscal | fraction
            assert counted, (table.name, column.name)


def test_upstream_columns_of_python_tables_exist(root: Path) -> None:
    columns = {name: {c.name for c in table.columns} for name, table in contracts().items()}
    for schema in ("night", "prior", "raw"):
        for name, declared in declared_sources(root, schema).items():
            columns[f"{schema}.{name}"] = set(declared)
    for table in public_tables():
        for column in table.columns:
            for upstream in column.upstream:
                schema, name, field = upstream.split(".")
                assert field in columns[f"{schema}.{name}"], (table.name, column.name, upstream)


def test_numbers_that_python_computes_name_their_upstream() -> None:
    configured = {"target_rate", "review_days", "allowed_between_count", "weight_rate"}
    configured |= {"confidence_rate", "band_rate", "confirm_count", "among_count", "dwell_days"}
    configured |= {"baseline_amount", "target_amount"}
    computed = [
        (table.name, column)
        for table in public_tables()
        if table.is_python and table.schema in {"features", "segments", "policies"}
        for column in table.columns
        if column.data_type.startswith(("double", "decimal", "bigint"))
    ]
    untraced = {column.name for _, column in computed if not column.upstream}
    assert untraced <= configured


def test_folder_and_schema_are_one(root: Path, dbt_tables: dict[str, dict[str, Any]]) -> None:
    for name, node in dbt_tables.items():
        assert node["original_file_path"].split("/")[1] == name.split(".")[0]
        assert (root / "dbt_project" / node["original_file_path"]).with_suffix(".yml").exists()
