from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from serving.release_reader import ReleaseReader
from serving.trace import trace
from serving.unit_trace import trace_unit
from workspace.errors import TierwiseError


def test_a_column_is_walked_back_to_delivered_columns(reader: ReleaseReader) -> None:
    origin = trace(reader, "feat_item_value", "margin_12m_amount")
    assert {each.name for each in origin.walk() if each.end == "delivered"} == {
        "delivered.erp_north__orders.NETWR",
        "delivered.erp_north__orders.WAVWR",
        "delivered.treasury__rates.RATE",
    }


def test_a_table_goes_by_its_name_with_or_without_schema(reader: ReleaseReader) -> None:
    assert trace(reader, "fct_order_line", "margin_amount") == trace(
        reader, "facts.fct_order_line", "margin_amount"
    )


def test_the_release_before_ends_a_walk_that_comes_back(reader: ReleaseReader) -> None:
    origin = trace(reader, "segment_assignment", "segment_id")
    assert origin.table == "segments.segment_assignment"
    assert [each.table for each in origin.walk() if each.end == "cycle"] == [
        "segments.segment_assignment"
    ]


def test_the_tree_is_indented_and_says_how_each_column_is_made(reader: ReleaseReader) -> None:
    text = trace(reader, "facts.fct_order_line", "margin_amount").text()
    assert text.splitlines()[:3] == [
        "facts.fct_order_line.margin_amount  [dbt]",
        "├─ raw.fx_rates.rate  [mapping]",
        "│  └─ delivered.treasury__rates.RATE",
    ]


def test_an_unknown_table_or_column_is_answered_with_near_ones(reader: ReleaseReader) -> None:
    with pytest.raises(TierwiseError, match="Near are segment_assignment"):
        trace(reader, "segment_asignment", "segment_id")
    with pytest.raises(TierwiseError, match="Near are margin_12m_amount"):
        trace(reader, "feat_item_value", "margin_12m")


def test_the_records_of_an_item_add_up_to_its_published_margin(reader: ReleaseReader) -> None:
    for code in ("10007", "10014", "10021"):
        assert all(unit.agrees for unit in trace_unit(reader, code))


def test_records_name_their_file_and_their_number_in_it(reader: ReleaseReader) -> None:
    unit = trace_unit(reader, "10007")[0]
    known = {file.file_sha256: file.file_name for file in unit.files}
    assert set(known.values()) <= {"orders_2022.csv", "orders_2023.csv", "orders_2024.csv"}
    assert all(record.file_sha256 in known and record.record_number > 0 for record in unit.records)
    assert unit.records[0].file_sha256[:12] in unit.text()


def test_counts_by_file_cover_every_order_line(reader: ReleaseReader) -> None:
    unit = trace_unit(reader, "10007")[0]
    lines = reader.value(
        "select count(*) from fct_order_line where product_id = ? and site_id = ?", unit.unit.key
    )
    assert sum(file.record_count for file in unit.files) == lines


def test_traces_are_also_documents(reader: ReleaseReader) -> None:
    origin = asdict(trace(reader, "feat_item_value", "margin_12m_amount"))
    assert json.loads(json.dumps(origin))["upstream"][0]["table"] == "facts.fct_order_line"
    assert json.dumps([asdict(unit) for unit in trace_unit(reader, "10007")], default=str)
