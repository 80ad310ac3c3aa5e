from __future__ import annotations

import subprocess
import sys

import pyarrow as pa
import pytest

from expectations import gate
from tests.expectations.sound_frames import NUMBERS, SOUND_FRAMES, spoiled

TABLES = sorted(SOUND_FRAMES)


@pytest.mark.parametrize("table", TABLES)
def test_an_empty_table_does_not_pass(table: str) -> None:
    result = gate.validate(table, SOUND_FRAMES[table].slice(0, 0))
    assert not result.is_passed
    assert result.failed_count == len(result.document["results"])


@pytest.mark.parametrize("table", TABLES)
def test_an_all_null_column_under_test_does_not_pass(table: str) -> None:
    frame = SOUND_FRAMES[table]
    for position, field in enumerate(frame.schema):
        nulls = pa.nulls(frame.num_rows, field.type)
        result = gate.validate(table, frame.set_column(position, field.name, nulls))
        assert not result.is_passed
        assert any(field.name in failure.column for failure in result.failures)


@pytest.mark.parametrize("table", TABLES)
def test_a_check_that_raises_does_not_pass(table: str) -> None:
    frame = SOUND_FRAMES[table]
    column = frame.column_names[-1]
    result = gate.validate(table, frame.drop_columns([column]))
    assert not result.is_passed
    assert result.evaluated_count < len(result.document["results"])
    assert any(f'"{column}" in BatchData does not exist' in f.observed for f in result.failures)


def test_a_suite_without_expectations_does_not_pass() -> None:
    result = gate.judge("raw.customers", [], SOUND_FRAMES["raw.customers"])
    assert not result.is_passed
    assert result.evaluated_count == 0
    assert result.failed_count == 1


def test_a_table_without_a_suite_raises() -> None:
    with pytest.raises(ModuleNotFoundError):
        gate.validate("raw.unheard_of", SOUND_FRAMES["raw.customers"])


def test_not_a_number_does_not_pass_a_range() -> None:
    values = [float("nan"), *NUMBERS[1:]]
    frame = spoiled("policies.policy_reorder", {"reorder_point_units": values})
    (failure,) = gate.validate("policies.policy_reorder", frame).failures
    assert failure.column == "reorder_point_units"


def test_a_failure_says_what_was_found_and_why_it_matters() -> None:
    frame = pa.table({"customer_id": ["4.1E+12", "K 2"], "customer_name": ["a", "b"]})
    (failure,) = gate.validate("raw.customers", frame).failures
    assert failure.column == "customer_id"
    assert failure.observed == "1 of 2 values, such as 4.1E+12"
    assert failure.detail.endswith(
        "A spreadsheet has rounded the keys: they name other customers now."
    )


def test_the_same_data_give_the_same_document() -> None:
    first, second = (gate.validate("raw.receipts", SOUND_FRAMES["raw.receipts"]) for _ in range(2))
    assert first.document == second.document


def test_listing_and_importing_suites_does_not_import_great_expectations() -> None:
    program = """
import importlib, sys
from expectations import gate
for table in gate.tables():
    importlib.import_module("expectations.suites." + table.replace(".", "__"))
heavy = {"great_expectations", "pandas", "pyarrow"} & set(sys.modules)
sys.exit(", ".join(heavy) or 0)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
