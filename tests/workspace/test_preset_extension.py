from __future__ import annotations

import pytest

from tests.workspace.small_company import Company, line_of
from tests.workspace.test_config import faults
from workspace.config.source_file import SourceFile
from workspace.configuration_check import check_workspace
from workspace.errors import TierwiseError

ERP = "sources/erp.yml"
SAP = """\
system: erp
extends: sap_ecc
priority: 1
extracts:
  KNA1: {path: sap/KNA1.csv}
  T001W:
    path: sap/T001W.csv
    columns: {ZREGION: text, VLFKZ: null}
  LFA1:
    path: sap/LFA1.csv
    format: {delimiter: "|"}
    skip:
      - {when: "LIFNR = '0'", reason: a placeholder}
"""


@pytest.fixture
def sap(company: Company) -> Company:
    """Return a company whose ERP is SAP."""
    return company.configure(ERP, text=SAP)


def source(company: Company) -> SourceFile:
    workspace = company.open()
    check_workspace(workspace)
    return workspace.sources["erp"].value


def found(company: Company) -> list[tuple[str, str, str]]:
    """Return code, file and line within the company's folder, and cause of each fault."""
    return [(error.code, _place(company, error), error.cause) for error in faults(company)]


def _place(company: Company, error: TierwiseError) -> str:
    file, line, _ = error.place.removeprefix(f"{company.root}/").rsplit(":", 2)
    return f"{file}:{line}"


def test_a_company_says_only_what_differs(sap: Company) -> None:
    erp = source(sap)
    assert (erp.kind, erp.description) == ("erp", "SAP ECC or S/4HANA.")
    assert set(erp.extracts) == {"KNA1", "T001W", "LFA1"}
    assert erp.extracts["KNA1"].key == ("KUNNR",)
    assert erp.format_of("LFA1").delimiter == "|"
    assert erp.format_of("LFA1").date_format == erp.format_of("KNA1").date_format == "%Y%m%d"


def test_a_mapping_is_used_when_its_extract_is_named(sap: Company) -> None:
    entities = [mapping.entity for mapping in source(sap).mappings]
    assert entities == ["customers", "suppliers", "sites"]


def test_what_reads_a_lookup_goes_when_its_extract_is_not_named(sap: Company) -> None:
    customers = source(sap).mappings[0]
    assert not customers.lookups  # KNVV is not delivered
    assert "customer_group" not in customers.columns
    assert customers.columns["country_code"] == "LAND1"
    more = sap.configure(ERP, ("  T001W:", "  KNVV: {path: sap/KNVV.csv}\n  T001W:"))
    assert source(more).mappings[0].columns["customer_group"] == "area.KDGRP"


def test_a_mapping_that_needs_another_extract_is_left_out_and_noted(sap: Company) -> None:
    lines = sap.configure(ERP, ("  T001W:", "  VBAP: {path: sap/VBAP.csv}\n  T001W:"))
    assert "order_lines" not in [mapping.entity for mapping in source(lines).mappings]
    notes = lines.open().sources["erp"].document.notes
    assert notes == ("VBAP feeds no order_lines: that needs VBAK, too.",)


def test_a_column_taken_out_takes_along_what_reads_it(sap: Company) -> None:
    erp = source(sap)
    assert "VLFKZ" not in erp.extracts["T001W"].columns
    assert erp.extracts["T001W"].columns["ZREGION"].type == "text"
    (sites,) = (mapping for mapping in erp.mappings if mapping.entity == "sites")
    assert "site_type" not in sites.columns
    assert sites.columns["site_name"] == "NAME1"


def test_skips_add_up_and_go_with_their_column(sap: Company) -> None:
    items = "  EKPO: {path: sap/EKPO.csv, columns: {RETPO: null}}\n  EKKO: {path: sap/EKKO.csv}\n"
    erp = source(sap.configure(ERP, ("  T001W:", items + "  T001W:")))
    assert [skip.when for skip in erp.extracts["LFA1"].skip] == ["LIFNR = '0'"]
    reasons = [skip.reason for skip in erp.extracts["EKPO"].skip]
    assert "a return to the supplier" not in reasons
    assert len(reasons) == 3


def test_a_mapping_of_the_same_entity_and_extract_is_laid_over_the_presets(sap: Company) -> None:
    own = (
        "mappings:\n  - entity: sites\n    extract: T001W\n"
        "    columns: {site_name: trim(NAME1), country_code: null}\n"
        "  - {entity: suppliers, extract: LFA1, columns: null}\n"
    )
    mappings = {m.entity: m for m in source(sap.configure(ERP, text=SAP + own)).mappings}
    assert mappings["sites"].columns == {"site_id": "WERKS", "site_name": "trim(NAME1)"}
    assert "suppliers" not in mappings


def test_a_lookup_may_be_added_narrowed_or_taken_out(sap: Company) -> None:
    areas = sap.configure(ERP, ("  T001W:", "  KNVV: {path: sap/KNVV.csv}\n  T001W:"))
    for lookup, on in (
        ("{area: {on: {VKORG: \"'1000'\"}}}", {"KUNNR": "KUNNR", "VKORG": "'1000'"}),
        ("{area: null}", None),
    ):
        own = f"mappings:\n  - {{entity: customers, extract: KNA1, lookups: {lookup}}}\n"
        customers = source(sap.configure(ERP, text=areas.configuration[ERP] + own)).mappings[0]
        assert (customers.lookups["area"].on if customers.lookups else None) == on
        assert ("customer_group" in customers.columns) is (on is not None)
    wrong = own.replace("{area: null}", "{region: {extract: KNVX, on: {KUNNR: KUNNR}}}")
    ((code, _, cause),) = found(sap.configure(ERP, text=areas.configuration[ERP] + wrong))
    assert (code, "Did you mean `KNVV`?" in cause) == ("CONFIG_REFERENCE", True)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("extracts: [KNA1]", "dictionary"),
        ("extracts: {KNA1: sap/KNA1.csv}", "dictionary"),
        ("extracts: {KNA1: {path: x, columns: [KUNNR]}}", "dictionary"),
        ("extracts: {}\nmappings: {entity: sites}", "list"),
        ("extracts: {}\nmappings: [sites]", "dictionary"),
        ("extracts: {}\nmappings: [{entity: [sites], extract: T001W}]", "string"),
        ("extracts: {}\nextends: []", "stands here twice"),
    ],
)
def test_a_file_of_another_shape_is_refused_before_it_is_merged(
    company: Company, written: str, words: str
) -> None:
    head = "system: erp\nextends: sap_ecc\npriority: 1\n"
    wrong = company.configure(ERP, text=head + written + "\n")
    assert words in found(wrong)[0][2]


def test_a_misspelled_preset_is_suggested(sap: Company) -> None:
    ((code, place, cause),) = found(sap.configure(ERP, ("sap_ecc", "sap_ec")))
    assert (code, place) == ("CONFIG_REFERENCE", f"{ERP}:2")
    assert "Did you mean `sap_ecc`?" in cause


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("  KNA1: {path", "  KNA: {path", "CONFIG_REFERENCE", "Did you mean `KNA1`?"),
        ("VLFKZ: null", "VLKZ: null", "CONFIG_REFERENCE", "Did you mean `VLFKZ`?"),
        ("VLFKZ: null", "WERKS: null", "CONFIG_VALUE", "sites requires site_id"),
        ("ZREGION: text", "ZREGION: txt", "CONFIG_VALUE", "'text'"),
        ('    format: {delimiter: "|"}', "    formt: {}", "CONFIG_UNKNOWN_KEY", "`format`?"),
        ("{path: sap/KNA1.csv}", "{}", "CONFIG_VALUE", "`extracts.KNA1.path` is missing"),
        ("{path: sap/KNA1.csv}", "", "CONFIG_VALUE", "`extracts.KNA1.path` is missing"),
    ],
)
def test_a_fault_is_named_where_the_company_wrote_it(
    sap: Company, old: str, new: str, code: str, words: str
) -> None:
    spoiled = sap.configure(ERP, (old, new))
    line = line_of(spoiled.configuration[ERP], new or "  KNA1:")
    first = found(spoiled)[0]
    assert first[:2] == (code, f"{ERP}:{line}")
    assert words in first[2]


def test_what_a_preset_cannot_know_is_asked_for_at_the_extract(sap: Company) -> None:
    stock = sap.configure(ERP, ("  T001W:", "  MARD: {path: sap/MARD.csv}\n  T001W:"))
    ((code, place, cause),) = found(stock)
    assert (code, place) == ("CONFIG_VALUE", f"{ERP}:6")
    assert "snapshot_date, which MARD does not tell: give it in a mapping of MARD into" in cause
    given = (
        "mappings:\n  - {entity: inventory_snapshots, extract: MARD, columns: {snapshot_date: D}}\n"
    )
    day = stock.configure(ERP, ("sap/MARD.csv}", "sap/MARD.csv, columns: {D: date}}"))
    assert source(day.configure(ERP, text=day.configuration[ERP] + given)).mappings


def test_a_fault_of_a_preset_is_named_in_the_preset(sap: Company) -> None:
    """A company that changes a type may spoil an expression; the place is the expression's."""
    own = "mappings:\n  - {entity: sites, extract: T001W, columns: {site_id: WERK}}\n"
    ((code, place, cause),) = found(sap.configure(ERP, text=SAP + own))
    assert (code, place) == ("CONFIG_UNKNOWN_COLUMN", f"{ERP}:{len(SAP.splitlines()) + 2}")
    assert "Did you mean `WERKS`?" in cause
    document = sap.open().sources["erp"].document
    place = document.place(("mappings", 0, "columns", "customer_name"))
    assert "presets/sap_ecc/customers.yml:" in place


def test_a_draft_is_not_used(company: Company) -> None:
    draft = company.configure(ERP, ("kind: erp\n", "kind: erp\nreviewed: false\n"))
    ((code, place, cause),) = found(draft)
    assert (code, place) == ("CONFIG_VALUE", f"{ERP}:4")
    assert "a draft is not used" in cause
