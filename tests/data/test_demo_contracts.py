from __future__ import annotations

from pathlib import Path

import pytest

from data.generator import erp_north, erp_south
from data.generator.network import exchange_rates, fiscal_calendars
from data.generator.packing import unit_codes
from data.generator.plan import Plan
from tests.data.delivered_text import DeliveredFile, contracts
from workspace.config.entities import entities
from workspace.config.source_file import Mapping, SourceFile
from workspace.folder import CONFIGURATION, open_workspace

MAPPINGS = [
    pytest.param(source, mapping, id=f"{system}.{mapping.extract}->{mapping.entity}")
    for system, source in contracts().items()
    for mapping in source.mappings
]


def test_every_entity_is_fed_but_for_what_this_wholesaler_does_not_write_down() -> None:
    fed = {mapping.entity for source in contracts().values() for mapping in source.mappings}
    # Shipping dates stand in the order lines; nothing in the assortment replaces another product.
    assert set(entities()) - fed == {"shipment_lines", "product_replacements"}


@pytest.mark.parametrize(("source", "mapping"), MAPPINGS)
def test_a_mapping_gives_all_that_its_entity_requires_and_nothing_else(
    source: SourceFile, mapping: Mapping
) -> None:
    columns = entities()[mapping.entity].columns
    required = {name for name, column in columns.items() if column.required}
    assert required <= set(mapping.columns) <= set(columns)
    assert mapping.extract in source.extracts
    assert {lookup.extract for lookup in mapping.lookups.values()} <= set(source.extracts)


def test_every_declared_extract_is_delivered_with_the_declared_columns(
    files: list[DeliveredFile],
) -> None:
    declared = {f"{s}.{name}" for s, source in contracts().items() for name in source.extracts}
    assert {file.extract for file in files} == declared
    for file in files:
        assert set(file.header) == set(file.columns), file.name


def test_every_delivered_file_belongs_to_a_contract(
    company: Path, files: list[DeliveredFile]
) -> None:
    inbox = company / "inbox"
    written = {str(path.relative_to(inbox)) for path in inbox.rglob("*") if path.is_file()}
    assert written <= {file.name for file in files}


def test_the_reference_files_in_the_repository_are_those_of_the_default_plan(root: Path) -> None:
    plan = Plan()
    for name, frame in (
        ("exchange_rates", exchange_rates(plan.as_of)),
        ("unit_codes", unit_codes({"erp_north": erp_north.UNITS, "erp_south": erp_south.UNITS})),
        ("fiscal_calendars", fiscal_calendars(plan.start, plan.as_of)),
    ):
        kept = (root / "data" / "demo" / "reference" / f"{name}.csv").read_text(encoding="utf-8")
        assert kept == frame.write_csv(), name


def test_every_file_that_the_demos_nights_depend_on_is_of_what_people_write(root: Path) -> None:
    demo = root / "data" / "demo"
    read = {file.relative_to(demo).parts[0] for file in open_workspace(demo).configuration_files}
    assert read == set(CONFIGURATION)
