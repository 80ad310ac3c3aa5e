"""A new company by the command line: found a workspace, draft a contract, check both."""

from __future__ import annotations

from pathlib import Path

from tests.night.company import tierwise

ORDERS = "order,line,day,units\n" + "".join(
    f"{n // 2},{n % 2},2026-01-{n:02d},{n}\n" for n in range(1, 29)
)


def test_init_writes_what_check_accepts_and_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    said = tierwise("init", folder, "--title", "Acme", "--currency", "USD", "--preset", "netsuite")
    assert (said.status, "netsuite.yml" in said.out) == (0, True)
    assert tierwise("check", "-w", folder, "--json").document["systems"] == 1
    again = tierwise("init", folder, "--json")
    assert (again.status, again.codes) == (2, ["CONFIG_EXISTS"])


def test_check_says_what_of_a_preset_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    tierwise("init", folder, "--preset", "erp=sap_ecc")
    file = folder / "sources" / "erp.yml"
    file.write_text(file.read_text().replace("  VBAK: {path: erp/VBAK.csv}\n", ""))
    said = tierwise("check", "-w", folder)
    assert said.status == 0
    assert "erp: VBAP feeds no order_lines: that needs VBAK, too." in said.out


def test_a_drafted_contract_is_refused_where_it_lies_until_it_is_reviewed(tmp_path: Path) -> None:
    folder = tmp_path / "acme"
    tierwise("init", folder)
    file = folder / "inbox" / "wms" / "orders_20260131.csv"
    file.parent.mkdir()
    file.write_text(ORDERS)
    output = folder / "sources" / "wms.yml"
    said = tierwise("contract", "draft", file, "--output", output)
    assert said.status == 0
    assert "orders_20260131.csv: 28 records of 4 columns" in said.err
    checked = tierwise("check", "-w", folder, "--json")
    assert checked.status == 2
    assert "a draft is not used" in checked.document["errors"][0]["cause"]
    again = tierwise("contract", "draft", file, "-o", output, "--json")
    assert again.codes == ["CONFIG_EXISTS"]


def test_a_draft_as_json_is_one_document_with_all_that_was_measured(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_text(ORDERS)
    document = tierwise("contract", "draft", file, "--system", "erp", "--json").document
    (table,) = document["tables"]
    assert document["contract"].startswith("# A draft")
    assert table["key"]["columns"] == ["order", "line"]
    assert [column["type"] for column in table["columns"]] == ["text", "text", "date", "decimal"]
