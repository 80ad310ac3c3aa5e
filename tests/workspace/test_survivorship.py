from __future__ import annotations

import ast
import re
from pathlib import Path

import duckdb
import pytest

from workspace.config.survivorship_file import SurvivorshipFile
from workspace.errors import ConfigurationErrors
from workspace.survivorship import (
    GOLDEN,
    attributes,
    check_survivorship,
    land_survivorship,
    read_survivorship,
)

SYSTEMS = ["erp", "crm"]


def _said(tmp_path: Path, text: str) -> list[str]:
    """Return code and cause of every fault of a file."""
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "survivorship.yml").write_text(text, encoding="utf-8")
    try:
        found = check_survivorship(read_survivorship(tmp_path), SYSTEMS)
    except ConfigurationErrors as errors:
        found = errors.errors
    return [f"{fault.code} {fault.cause}" for fault in found]


def test_without_a_file_the_most_trusted_system_decides_every_attribute(tmp_path: Path) -> None:
    survivorship = read_survivorship(tmp_path)
    assert survivorship.files == ()
    with duckdb.connect() as connection:
        land_survivorship(connection, survivorship.file)
        rules = connection.execute(
            "select distinct rule_1, rule_2 from night.survivorship"
        ).fetchall()
        count = connection.execute("select count(*) from night.survivorship").fetchall()
    assert rules == [("source_priority", None)]
    assert count == [(sum(len(attributes(name)) for name in GOLDEN),)]


def test_rules_are_landed_in_their_order_with_the_places_of_systems() -> None:
    file = SurvivorshipFile.model_validate(
        {"customer": {"city": [{"systems": ["crm", "erp"]}, "most_recent"]}}
    )
    with duckdb.connect() as connection:
        land_survivorship(connection, file)
        rules = connection.execute(
            "select rule_1, rule_2, rule_3 from night.survivorship "
            "where object_type = 'customer' and attribute = 'city'"
        ).fetchall()
        places = connection.execute("from night.survivorship_systems order by place").fetchall()
    assert rules == [("systems", "most_recent", None)]
    assert places == [("customer", "city", "crm", 1), ("customer", "city", "erp", 2)]


def test_sql_ranks_the_attributes_that_entities_and_golden_tables_share(root: Path) -> None:
    macro = (root / "dbt_project" / "macros" / "survivorship.sql").read_text(encoding="utf-8")
    written = re.search(r"return\((\{.*?\})\[object_type\]\)", macro, flags=re.DOTALL)
    assert written is not None
    ranked = ast.literal_eval(written.group(1))
    assert {name: set(found) for name, found in ranked.items()} == {
        name: set(attributes(name)) for name in GOLDEN
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer: {town: [longest]}", "CONFIG_UNKNOWN_COLUMN `town` is no attribute of a cust"),
        ("customer: {city: [{systems: [cmr]}]}", "CONFIG_REFERENCE `cmr` is no system of this"),
        ("customer: {city: [earliest]}", "CONFIG_VALUE `city` is no date: nothing of it is earl"),
        ("product: {product_name: [valid_check_digit]}", "CONFIG_VALUE A check digit is known of"),
        ("site: {gln: [longest, longest]}", "CONFIG_VALUE A rule stands here twice."),
        ("supplier: {is_active: []}", "CONFIG_VALUE `supplier.is_active`"),
        ("customer: {city: [best]}", "CONFIG_VALUE `customer.city"),
        ("customer: {city: [{systems: [erp, erp]}]}", "CONFIG_VALUE `customer.city"),
        ("location: {}", "CONFIG_UNKNOWN_KEY `location` is not a key here."),
        ("product: {is_active: [longest]}", "CONFIG_UNKNOWN_COLUMN `is_active` is no attribute"),
    ],
)
def test_what_cannot_decide_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert _said(tmp_path, text)[0].startswith(said)
