"""Drafts of Parquet, workbooks and JSON Lines, and that the night reads what the draft says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.workspace.formats.orders_in_every_format import book, json_lines, parquet
from tests.workspace.small_company import Company, ingested
from tests.workspace.test_drafting import drafted
from workspace.errors import TierwiseError
from workspace.yaml_file import read_yaml

NAMES = ["order", "line", "customer", "product", "day", "units"]


def titled(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Orders of the week"
    sheet.parent.create_sheet("Notes")


FILES = [
    ("orders.parquet", parquet(), {"kind": "parquet"}),
    ("orders.jsonl", json_lines(), {"kind": "json_lines"}),
    ("orders.xlsx", book(), {"kind": "xlsx", "sheet": "Orders", "range": "A1:F"}),
    ("orders.xlsx", book(titled), {"kind": "xlsx", "sheet": "Orders", "range": "A3:F"}),
]


@pytest.mark.parametrize(("name", "data", "form"), FILES, ids=["parquet", "json", "xlsx", "titled"])
def test_a_file_that_states_its_columns_is_drafted_and_then_read(
    name: str, data: bytes, form: dict[str, str], tmp_path: Path
) -> None:
    found = drafted(tmp_path, {name: data})
    (table,) = found.tables
    assert [column.name for column in table.columns] == NAMES
    types = {column.name: column.type for column in table.columns}
    assert (types["order"], types["day"], types["units"]) == ("text", "date", "decimal")
    file = tmp_path / "draft.yml"
    file.write_text(found.text, encoding="utf-8")
    said = read_yaml(file).value
    (extract,) = said["extracts"].values()
    assert {**said.get("format", {}), **extract.get("format", {})} == form
    assert extract["key"] == ["order", "line"]

    columns = ", ".join(f"{column}: {types[column]}" for column in types)
    company = Company(root=tmp_path / "company").configure(
        "sources/erp.yml",
        ("erp/orders_*.csv", "erp/orders_*"),
        ("    delivery: append\n", f"    delivery: full\n    format: {json.dumps(form)}\n"),
        (
            "{order: text, line: text, customer: text, product: text, day: date, units: decimal}",
            f"{{{columns}}}",
        ),
    )
    files = {"erp/orders_1.csv": None, "erp/orders_2": data}
    with ingested(company.open(files)) as night:
        assert night.quarantine() == []
        assert night.rows("select count(*) from raw.order_lines") == [(3,)]


def test_what_parquet_knows_by_type_is_taken_over(tmp_path: Path) -> None:
    stream = io.BytesIO()
    table = pa.table(
        {
            "customer_id": pa.array([17850.0, 13047.0, None]),
            "is_new": pa.array([True, False, None]),
            "at": pa.array(
                [1_767_225_600_123_456, None, 1_767_229_200_000_000], pa.timestamp("us")
            ),
            "price": pa.array([1.5, 2.25, 3.0]),
        }
    )
    pq.write_table(table, stream)
    (found,) = drafted(tmp_path, {"accounts.parquet": stream.getvalue()}).tables
    assert {column.name: column.type for column in found.columns} == {
        "customer_id": "text",
        "is_new": "boolean",
        "at": "timestamp",
        "price": "decimal",
    }


def test_tables_of_one_system_in_several_formats_each_say_their_kind(tmp_path: Path) -> None:
    found = drafted(
        tmp_path, {"orders.parquet": parquet(), "places.csv": "code;town;km\n1;Köln;5\n2;Bonn;7\n"}
    )
    file = tmp_path / "draft.yml"
    file.write_text(found.text, encoding="utf-8")
    said = read_yaml(file).value
    assert said["extracts"]["orders"]["format"] == {"kind": "parquet"}
    assert said["extracts"]["places"]["format"] == {"delimiter": ";"}
    assert "# Parquet." in found.text


def test_a_workbook_without_anything_in_it_and_broken_files_are_refused(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Workbook().save(stream)
    for name, data, code in (
        ("empty.xlsx", stream.getvalue(), "FILE_EMPTY"),
        ("broken.parquet", parquet()[:-9], "FILE_TRUNCATED"),
    ):
        with pytest.raises(TierwiseError) as refused:
            drafted(tmp_path, {name: data})
        assert refused.value.code == code
