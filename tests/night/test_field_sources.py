"""Where features come from, by the map that a night publishes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from serving.release_reader import open_release
from tests.night.company import copy_company, current, tierwise
from tests.night.conftest import Night
from workspace.config.entities import entities
from workspace.field_sources import NONE
from workspace.table_contract import feature_tables

# Written beside the features to say how they were computed: from workspace.yml, and the code.
SETTINGS = {
    f"feat_demand_profile.{name}"
    for name in ("adi_definition", "demand_series", "basis_fingerprint")
}
# The wholesaler writes down no replacements.
UNDELIVERED = {"feat_demand_profile.predecessor_count"}
# Nights say themselves since when they knew, and calendars how many working days lie between dates.
OURS = {"feat_geo_risk.valid_from", "feat_geo_risk.valid_to"} | {
    f"feat_service_need.tolerance_{measure}_business_days"
    for measure in ("mean", "p10", "p50", "p90")
}


def _traced(release: Path) -> dict[str, set[tuple[str, str]]]:
    """Return feature column → (entity, attribute) that it is computed from, by asset_lineage."""
    with open_release(release) as reader:
        rows = reader.rows("select * from asset_lineage")
    upstream: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for row in rows:
        above = (row["upstream_table"], row["upstream_column"])
        upstream.setdefault((row["table_name"], row["column_name"]), set()).add(above)

    def ends(table: str, column: str, seen: set[tuple[str, str]]) -> set[tuple[str, str]]:
        if table.startswith("raw."):
            return {(table.removeprefix("raw."), column)}
        found: set[tuple[str, str]] = set()
        for above in upstream.get((table, column), set()) - seen:
            found |= ends(*above, seen | {above})
        return found

    return {
        f"{table.table}.{column.name}": ends(table.name, column.name, set())
        for table in feature_tables()
        for column in table.columns
    }


@pytest.mark.requirement("S3.M2.B1")
def test_features_trace_to_mapped_fields_fill_is_what_is_there_and_a_lost_column_fails(
    first_night: Night, tmp_path: Path
) -> None:
    release = first_night.workspace / "releases" / current(first_night.workspace)
    with open_release(release) as reader:
        fields = reader.rows("select * from field_source_map")

    # Every feature column traces to at least one mapped field.
    mapped = {(f["entity_name"], f["column_name"]) for f in fields if f["system"] != NONE}
    traced = _traced(release)
    assert len(traced) > 30
    assert {name for name, found in traced.items() if not found & mapped} == (
        SETTINGS | UNDELIVERED | OURS
    )

    # Fill rates equal the query on tonight's rows.
    with duckdb.connect(
        first_night.workspace / "build" / "tierwise.duckdb", read_only=True
    ) as build:
        for field in fields:
            if field["system"] == NONE:
                continue
            rows, filled = build.execute(
                f"""
                select count(*), count("{field["column_name"]}")
                from raw.{field["entity_name"]} where _system = ? and _file in (
                    select file_sha256 from control.raw_extracts where system = ? and extract = ?
                )
                """,
                [field["system"], field["system"], field["extract"]],
            ).fetchall()[0]
            assert (field["row_count"], field["filled_count"]) == (rows, filled)
            if rows:
                assert field["fill_rate"] == pytest.approx(filled / rows, abs=1e-12)
    assert any(f["fill_rate"] is not None and f["fill_rate"] < 1 for f in fields)

    # A mapped column absent from the extract fails.
    workspace = copy_company(first_night.workspace, tmp_path / "company")
    (file,) = (workspace / "inbox" / "erp_north").glob("materials_*.csv")
    text = file.read_bytes()
    assert b"STPRS" in text.splitlines()[0]
    file.write_bytes(text.replace(b"STPRS", b"STANDARDPREIS", 1))
    said = tierwise("refresh", "--workspace", workspace, "--json")
    assert (said.status, said.codes) == (4, ["FILE_SCHEMA_DRIFT"])
    assert "STPRS" in said.document["errors"][0]["cause"]
    contract = workspace / "sources" / "erp_north.yml"
    contract.write_text(
        contract.read_text(encoding="utf-8").replace("      STPRS: decimal\n", ""), encoding="utf-8"
    )
    said = tierwise("check", "--workspace", workspace, "--json")
    assert said.status == 2
    assert "CONFIG_UNKNOWN_COLUMN" in said.codes


def test_every_mapped_attribute_of_the_map_belongs_to_an_entity(first_night: Night) -> None:
    release = first_night.workspace / "releases" / current(first_night.workspace)
    with open_release(release) as reader:
        fields = reader.rows("select * from field_source_map")
    for field in fields:
        assert field["column_name"] in entities()[field["entity_name"]].columns
        assert (field["transformation"] is None) == (field["system"] == NONE)
        assert field["feature_count"] > 0


def test_an_attribute_that_another_system_gives_names_it_as_the_alternative(
    first_night: Night,
) -> None:
    said = tierwise("fields", "order_lines.net_amount", "-w", first_night.workspace, "--json")
    north, south = said.document
    assert north["transformation"] == north["delivered_columns"] == "NETWR"
    assert north["alternative"] == "erp_south.order_lines: LineAmount"
    assert south["alternative"] == "erp_north.order_lines: NETWR"


def test_fields_are_read_by_people_too(first_night: Night) -> None:
    said = tierwise("fields", "order_lines", "-w", first_night.workspace)
    assert "order_lines.net_amount, needed by" in said.out
    assert "erp_north.order_lines: NETWR, 100" in said.out
    said = tierwise("fields", "order_lines.net_amont", "-w", first_night.workspace)
    assert "Did you mean `order_lines.net_amount`?" in said.out


def test_cases_and_outliers_are_in_the_release(first_night: Night) -> None:
    release = first_night.workspace / "releases" / current(first_night.workspace)
    with open_release(release) as reader:
        quarantined = reader.value("select count(distinct code) from quarantine")
        rows = reader.rows("select * from dq_stewardship where kind = 'quarantine'")
        gates = reader.rows("select * from dq_gates where kind = 'outlier'")
        held = reader.value("select count(*) from dq_outliers where decision = 'hold'")
    assert len({row["expectation"].split(".")[-1] for row in rows}) == quarantined
    assert all(row["routed_to"] and row["status"] == "open" for row in rows)
    assert len(gates) == 6
    assert sum(gate["failed_count"] for gate in gates) == held
