from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.workspace.small_company import POLICY, SCHEME, WORKSPACE
from workspace.config.source_file import SourceFile
from workspace.config.strict import load
from workspace.drafting.draft import Draft, draft
from workspace.drafting.values import Found
from workspace.errors import ConfigurationErrors
from workspace.folder import open_workspace

PRESETS = Path(__file__).parent / "presets"
ORDERS = "OrderNo;Line;Customer;Item;OrderDate;Qty;Amount;Curr\n" + "".join(
    f"{number:06d};{number % 3 + 1};C{number % 7};0{number % 9}A;{number % 28 + 1:02d}.05.2026;"
    f"{number};1.{number:03d},50;EUR\n"
    for number in range(100, 160)
)


def drafted(folder: Path, files: Mapping[str, str | bytes], system: str = "erp") -> Draft:
    """Return the draft of files, which are written to a folder of the system's name."""
    paths = []
    for name, content in files.items():
        file = folder / system / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(file)
    return draft(paths, system=system, heard=lambda _: None)


def column(folder: Path, *values: str, name: str = "thing") -> Found:
    """Return what the draft takes a column of values for."""
    text = "".join(f"{number},{value}\n" for number, value in enumerate(values))
    (table,) = drafted(folder, {"table.csv": f"record,{name}\n{text}"}).tables
    return table.columns[1]


def test_a_draft_is_the_contract_of_a_sound_file_but_for_what_only_people_know(
    tmp_path: Path,
) -> None:
    (table,) = drafted(tmp_path, {"orders.csv": ORDERS}).tables
    assert (table.dialect.format_keys()["delimiter"], table.records, table.odd) == (";", 60, 0)
    assert table.key.columns == ("OrderNo",)
    assert {column.name: column.type for column in table.columns} == {
        "OrderNo": "text",
        "Line": "text",
        "Customer": "text",
        "Item": "text",
        "OrderDate": "date",
        "Qty": "decimal",
        "Amount": "decimal",
        "Curr": "text",
    }
    assert table.columns[4].format == "%d.%m.%Y"
    assert table.columns[6].marks == (",", ".")
    assert table.columns[7].notes == ("currencies: EUR",)
    assert table.entity is not None
    assert table.entity.entity == "order_lines"
    assert table.entity.columns["order_date"] == ("OrderDate", 1.0)


def test_the_check_refuses_a_draft_until_a_person_has_reviewed_it(tmp_path: Path) -> None:
    found = drafted(tmp_path, {"orders.csv": ORDERS})
    file = tmp_path / "erp.yml"
    file.write_text(found.text, encoding="utf-8")
    with pytest.raises(ConfigurationErrors, match="a draft is not used"):
        load(SourceFile, file)
    file.write_text(found.text.replace("reviewed: false\n", ""), encoding="utf-8")
    source, _ = load(SourceFile, file)
    assert source.format_of("orders").decimal_mark == ","
    absent = [name for name, said in source.mappings[0].columns.items() if said == "choose"]
    assert absent == ["transaction_type", "site_id", "is_cancelled"]


def test_days_up_to_12_leave_the_format_open(tmp_path: Path) -> None:
    found = column(tmp_path, "03/04/2026", "11/12/2026", "01/02/2026")
    assert found.choices == ("%d/%m/%Y", "%m/%d/%Y")
    assert "all days are 12 or less" in found.notes[0]
    file = tmp_path / "erp.yml"
    (tmp_path / "erp" / "t.csv").write_text("id,day\n1,03/04/2026\n2,11/12/2026\n")
    text = draft([tmp_path / "erp" / "t.csv"], system="erp", heard=lambda _: None).text
    assert "day: {type: date, format: choose}" in text
    file.write_text(text.replace("reviewed: false\n", ""), encoding="utf-8")
    with pytest.raises(ConfigurationErrors, match="`choose` is no strptime format"):
        load(SourceFile, file)


@pytest.mark.parametrize(
    ("values", "type", "format"),
    [
        (("2026-01-31", "2026-02-28"), "date", "%Y-%m-%d"),
        (("20260131", "20260228"), "date", "%Y%m%d"),
        (("31/01/2026", "02/03/2026"), "date", "%d/%m/%Y"),
        (("01/31/2026", "2/3/2026"), "date", "%m/%d/%Y"),
        (("31-Jan-26", "28-Feb-26"), "date", "%d-%b-%y"),
        (("2026-01-31 00:00:00", "2026-02-28 00:00:00"), "date", "%Y-%m-%d %H:%M:%S"),
        (("2026-01-31 10:00:00", "2026-02-28 00:00:00"), "timestamp", "%Y-%m-%d %H:%M:%S"),
        (("2026-01-31T10:00:00.000Z", "2026-02-28T11:30:00.500Z"), "timestamp", None),
    ],
)
def test_a_date_format_is_one_that_reads_the_values(
    tmp_path: Path, values: tuple[str, ...], type: str, format: str | None
) -> None:
    found = column(tmp_path, *values)
    assert found.type == type
    assert format is None or found.format == format


@pytest.mark.parametrize(
    ("name", "values", "type", "note"),
    [
        ("thing", ("12", "7", "105"), "integer", ""),
        ("quantity", ("12", "7", "105"), "decimal", ""),
        ("price", ("1.5", "-2.25", "3"), "decimal", ""),
        ("customer_id", ("12", "7", "105"), "text", ""),
        ("code", ("007", "012", "105"), "text", "leading zeros"),
        ("thing", ("007", "012", "105"), "text", "leading zeros"),
        ("item", ("4.00638E+12", "4.1E+12"), "text", "lost digits"),
        ("active", ("Y", "N", "Y"), "boolean", ""),
        ("blocked", ("X", "", "X"), "boolean", ""),
        ("thing", ("", "", ""), "text", "always empty"),
        ("thing", ("a", "b", "12"), "text", ""),
    ],
)
def test_a_type_is_what_name_and_values_say(
    tmp_path: Path, name: str, values: tuple[str, ...], type: str, note: str
) -> None:
    found = column(tmp_path, *values, name=name)
    assert found.type == type
    assert note in " ".join(found.notes)


def test_words_among_dates_are_proposed_as_absent(tmp_path: Path) -> None:
    days = [f"2026-01-{day:02d}" for day in range(1, 20)]
    found = column(tmp_path, *days, "Not Captured", "Not Captured", "N/A", "2026-13-01")
    assert (found.type, set(found.null_words)) == ("date", {"Not Captured", "N/A"})
    assert any("1 values do not parse" in note and "2026-13-01" in note for note in found.notes)


def test_two_formats_in_one_column_are_never_guessed(tmp_path: Path) -> None:
    slashes = [f"1/{day}/26" for day in range(13, 28)]
    found = column(tmp_path, *slashes, *(f"2026-01-{day:02d}" for day in range(1, 12)))
    assert found.type == "text"
    assert "%m/%d/%y (15), %Y-%m-%d (11)" in found.notes[0]


def test_groups_of_three_digits_leave_the_mark_open(tmp_path: Path) -> None:
    found = column(tmp_path, "1.234", "5.678", "9.012", name="weight")
    assert "decimals or thousands? choose" in found.notes[-1]


def test_files_whose_names_differ_by_digits_are_deliveries_of_one_table(tmp_path: Path) -> None:
    head = "id,name,changed\n"
    first = head + "".join(f"{n},Ada,2026-01-01\n" for n in range(20))
    again = head + "".join(f"{n},Bea,2026-02-01\n" for n in range(22))
    other = head + "".join(f"{n},Cid,2026-03-01\n" for n in range(40, 60))
    for second, delivery in ((again, "full"), (other, "append")):
        files = {"people_20260101.csv": first, "people_20260201.csv": second}
        (table,) = drafted(tmp_path, files).tables
        assert (table.name, table.delivery) == ("people", delivery)
        assert table.path == "erp/people_{%Y%m%d}.csv"
    halves = {"lines_2025H1.csv": first, "lines_2025H2.csv": other}
    (table,) = drafted(tmp_path, halves).tables
    assert (table.name, table.path) == ("lines", "erp/lines_*.csv")


def test_a_key_is_the_fewest_columns_that_are_unique(tmp_path: Path) -> None:
    rows = "".join(f"{n // 3},{n % 3},{n * 7 % 5}\n" for n in range(30))
    (table,) = drafted(tmp_path, {"lines.csv": "order,line,units\n" + rows}).tables
    assert table.key.columns == ("order", "line")
    twice = "".join(f"{n % 95},Ada,2026-01-{n // 95 + 1:02d}\n" for n in range(100))
    (table,) = drafted(tmp_path, {"people.csv": "id,name,changed\n" + twice}).tables
    assert (table.key.columns, table.key.latest_by) == (("id",), "changed")


@pytest.mark.parametrize("preset", ["sap_ecc", "dynamics_365", "salesforce", "netsuite", "odoo"])
def test_the_tables_of_a_known_system_are_drafted_by_its_preset(preset: str) -> None:
    (inbox,) = (PRESETS / preset / "inbox").iterdir()
    files = [file for file in sorted(inbox.iterdir()) if len(file.read_text("latin1")) > 200]
    found = draft(files, system="erp", heard=lambda _: None)
    assert f"extends: {preset}" in found.text.splitlines()
    matched = [table for table in found.tables if table.preset and table.preset.preset == preset]
    assert len(matched) >= len(found.tables) * 0.8
    named = [t for t in matched if t.preset and t.name.upper().startswith(t.preset.extract.upper())]
    assert len(named) >= len(matched) * 0.8


def test_a_reviewed_draft_by_a_preset_is_accepted_as_it_is(tmp_path: Path) -> None:
    files = {
        name: (PRESETS / "sap_ecc" / "inbox" / "sap" / name).read_bytes()
        for name in ("KNA1_20260630.csv", "T001W.csv", "LFA1.csv")
    }
    text = drafted(tmp_path, files).text
    configuration = {
        "workspace.yml": WORKSPACE,
        "segmentation/xyz.yml": SCHEME,
        "policies/stock.yml": POLICY,
        "sources/erp.yml": text.replace("reviewed: false\n", ""),
    }
    for name, content in configuration.items():
        (tmp_path / "w" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "w" / name).write_text(content, encoding="utf-8")
    source = open_workspace(tmp_path / "w").sources["erp"].value
    assert set(source.extracts) == {"KNA1", "T001W", "LFA1"}
    assert source.format_of("KNA1").encoding == "cp1252"
    assert "KONZS" not in source.extracts["KNA1"].columns
