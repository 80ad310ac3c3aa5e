from __future__ import annotations

import pytest

from tests.workspace.small_company import (
    CONFIGURATION,
    SCHEME,
    SOURCE,
    WORKSPACE,
    Company,
    line_of,
)
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors, TierwiseError

ERP, XYZ, STOCK = "sources/erp.yml", "segmentation/xyz.yml", "policies/stock.yml"
MAIN = "workspace.yml"


def faults(company: Company) -> list[TierwiseError]:
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(company.open())
    return caught.value.errors


def fault(company: Company) -> tuple[str, str, str]:
    """Return code, place within the company's folder, and cause of the only fault."""
    (error,) = faults(company)
    return error.code, error.place.removeprefix(f"{company.root}/"), error.cause


def test_a_sound_company_is_accepted(company: Company) -> None:
    check_workspace(company.open())


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "words"),
    [
        (ERP, "    key: [id]", "    kee: [id]\n    key: [id]", "CONFIG_UNKNOWN_KEY", "`key`?"),
        (ERP, "delivery: append", "delivery: weekly", "CONFIG_VALUE", "'append'"),
        (ERP, "kind: erp", "kind: abacus", "CONFIG_VALUE", "'wms'"),
        (ERP, "priority: 1", "priority: first", "CONFIG_VALUE", "integer"),
        (ERP, "units: decimal}", "units: number}", "CONFIG_VALUE", "'decimal'"),
        (ERP, "kind: erp\n", "kind: erp\nformat: {encoding: cp9999}\n", "CONFIG_VALUE", "cp9999"),
        (ERP, "kind: erp\n", "kind: erp\nformat: {encoding: rot13}\n", "CONFIG_VALUE", "rot13"),
        (ERP, "kind: erp\n", 'kind: erp\nformat: {delimiter: ";;"}\n', "CONFIG_VALUE", "delimiter"),
        (ERP, "kind: erp\n", 'kind: erp\nformat: {delimiter: "§"}\n', "CONFIG_VALUE", "delimiter"),
        (ERP, "kind: erp\n", 'kind: erp\nformat: {date_format: "%Q"}\n', "CONFIG_VALUE", "%Q"),
        (ERP, "kind: erp\n", "kind: erp\nformat: {date_format: DDMM}\n", "CONFIG_VALUE", "DDMM"),
        (ERP, "day: date", 'day: {type: date, format: "%K"}', "CONFIG_VALUE", "%K"),
        (MAIN, "currency: EUR", "currency: Euro", "CONFIG_VALUE", "reporting_currency"),
        (MAIN, "name: small", "name: small\ntime_zone: Berlin", "CONFIG_VALUE", "Berlin"),
        (MAIN, "business_date", "busines_date", "CONFIG_UNKNOWN_KEY", "`business_date`?"),
        (MAIN, "2026-06-30", "2026-02-30", "CONFIG_VALUE", "business_date"),
        (XYZ, "kind: thresholds", "kind: threshold", "CONFIG_VALUE", "thresholds"),
        (XYZ, "last: Z", "lasst: Z, last: Z", "CONFIG_UNKNOWN_KEY", "`last`?"),
        (XYZ, "X: 0.5", "X: low", "CONFIG_VALUE", "decimal"),
        (XYZ, "weekly_cv_ratio", "weekly_cv_rate", "CONFIG_UNKNOWN_COLUMN", "`weekly_cv_ratio`?"),
        (STOCK, "target: 0.9", "target: 1.5", "CONFIG_VALUE", "less than 1"),
        (STOCK, "scheme: xyz", "scheme: xyzz", "CONFIG_REFERENCE", "Did you mean `xyz`?"),
        (ERP, "extract: orders", "extract: order", "CONFIG_REFERENCE", "Did you mean `orders`?"),
        (ERP, "entity: sites", "entity: site", "CONFIG_REFERENCE", "Did you mean `sites`?"),
        (ERP, "site_name:", "site_nam: name, site_name:", "CONFIG_REFERENCE", "`site_name`?"),
        (ERP, "customer_name: name", "customer_name: nane", "CONFIG_UNKNOWN_COLUMN", "`name`?"),
        (ERP, "units * 2", "read_text('secret')", "CONFIG_EXPRESSION", "READ_TEXT"),
        (ERP, "units * 2", "(select 1)", "CONFIG_EXPRESSION", "not allowed"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place_and_what_was_meant(
    company: Company, file: str, old: str, new: str, code: str, words: str
) -> None:
    spoiled = company.configure(file, (old, new))
    found, place, cause = fault(spoiled)
    lines = zip(
        *(c[file].split("\n") for c in (CONFIGURATION, spoiled.configuration)), strict=False
    )
    line = next(number for number, (was, now) in enumerate(lines, start=1) if was != now)
    assert found == code
    assert place.startswith(f"{file}:{line}:")
    assert words in cause


def test_a_place_gives_the_column_of_the_key(company: Company) -> None:
    spoiled = company.configure(ERP, ("site_name: name", "site_name: nome"))
    line = line_of(spoiled.configuration[ERP], "nome")
    column = len("    columns: {site_id: id, ") + 1
    assert fault(spoiled)[1] == f"{ERP}:{line}:{column}"


def test_a_missing_key_is_named_at_the_mapping_that_lacks_it(company: Company) -> None:
    lacking = company.configure(ERP, ("    description: Sites.\n", ""))
    line = line_of(SOURCE, "  sites:")
    assert fault(lacking) == (
        "CONFIG_VALUE",
        f"{ERP}:{line}:3",
        "`extracts.sites.description` is missing.",
    )


def test_a_key_missing_from_a_method_is_named_as_it_stands_in_the_file(company: Company) -> None:
    lacking = company.configure(XYZ, ("column: weekly_cv_ratio, ", ""))
    assert fault(lacking)[2] == "`method.column` is missing."


def test_keys_of_a_method_that_go_together_are_missed_together(company: Company) -> None:
    lacking = company.configure(XYZ, (", last: Z", ""))
    assert "`cuts` and `last` go together" in fault(lacking)[2]


def test_a_key_or_watermark_must_be_a_declared_column(company: Company) -> None:
    spoilings = (("key: [order, line]", "key: [order, lin]"), ("watermark: day", "watermark: dy"))
    for old, new in spoilings:
        code, place, cause = fault(company.configure(ERP, (old, new)))
        assert (code, place) == ("CONFIG_VALUE", f"{ERP}:{line_of(SOURCE, '  orders:')}:3")
        assert "is not among the declared columns" in cause


def test_columns_must_differ_by_more_than_case(company: Company) -> None:
    for name in ("NAME", "_file"):
        spoiled = company.configure(ERP, ("{id: text,", f"{{{name}: text, id: text,"))
        assert "names two columns" in fault(spoiled)[2]


def test_one_mark_cannot_serve_two_purposes(company: Company) -> None:
    marks = 'format: {decimal_mark: ",", thousands_mark: ","}\n    key: [id]'
    assert "orders" not in fault(company.configure(ERP, ("key: [id]", marks)))[2]


def test_an_extract_overrides_single_keys_of_its_systems_format(company: Company) -> None:
    workspace = company.configure(
        ERP,
        ("kind: erp\n", 'kind: erp\nformat: {delimiter: ";", encoding: cp1252}\n'),
        ("key: [id]", "format: {encoding: utf-8}\n    key: [id]"),
    ).open()
    source = workspace.sources["erp"].value
    assert (source.format_of("customers").delimiter, source.format_of("customers").encoding) == (
        ";",
        "utf-8",
    )
    assert source.format_of("sites").encoding == "cp1252"


@pytest.mark.parametrize("file", [ERP, XYZ])
def test_a_file_carries_the_name_it_states(company: Company, file: str) -> None:
    renamed = file.replace(".yml", "_two.yml")
    code, place, _ = fault(company.configure(renamed, text=CONFIGURATION[file]))
    assert (code, place) == ("CONFIG_REFERENCE", renamed)


def test_an_empty_folder_is_named(company: Company) -> None:
    bare = Company(
        root=company.root,
        configuration={MAIN: WORKSPACE, ERP: SOURCE, XYZ: SCHEME},
    )
    assert fault(bare)[:2] == ("CONFIG_MISSING", "policies")


def test_all_faults_of_all_files_are_found_in_one_pass(company: Company) -> None:
    spoiled = (
        company.configure(MAIN, ("title:", "titel:"))
        .configure(ERP, ("kind: erp", "kind: abacus"), ("priority: 1", "priority: 0"))
        .configure(XYZ, ("owner: planning", "owner: planning\nowner: sales"))
        .configure(STOCK, ("lead_time_days: 7", "lead_time_days: -7"))
    )
    found = [(error.code, error.place.split("/")[-1].split(":")[0]) for error in faults(spoiled)]
    assert found == [
        ("CONFIG_VALUE", "workspace.yml"),
        ("CONFIG_UNKNOWN_KEY", "workspace.yml"),
        ("CONFIG_VALUE", "erp.yml"),
        ("CONFIG_VALUE", "erp.yml"),
        ("CONFIG_DUPLICATE_KEY", "xyz.yml"),
        ("CONFIG_VALUE", "stock.yml"),
    ]


def test_all_faults_of_all_mappings_and_conditions_are_found_in_one_pass(company: Company) -> None:
    conditions = 'key: [id]\n    skip: [{when: "nam = 1", reason: x}]'
    spoiled = company.configure(
        ERP,
        ("key: [id]", conditions),
        ("customer_id: id", "customer_id: idd"),
        ("customer_name: name", "customer_name: nme"),
        ("entity: sites", "entity: sights"),
        ("order_id: order", "order_id: ordr"),
        ("      line_number: line\n", ""),
    ).configure(XYZ, ("method:", "first: [{rule: a, segment: X, when: 1; 2}]\nmethod:"))
    codes = sorted(error.code for error in faults(spoiled))
    assert codes == sorted(
        [
            "CONFIG_UNKNOWN_COLUMN",
            "CONFIG_UNKNOWN_COLUMN",
            "CONFIG_UNKNOWN_COLUMN",
            "CONFIG_UNKNOWN_COLUMN",
            "CONFIG_REFERENCE",
            "CONFIG_VALUE",
            "RULE_UNSAFE",
        ]
    )


def test_a_mapping_names_all_columns_an_entity_requires(company: Company) -> None:
    lacking = company.configure(ERP, ("      order_date: day\n", ""))
    code, _, cause = fault(lacking)
    assert (code, cause) == ("CONFIG_VALUE", "order_lines requires order_date.")


def test_a_namespace_must_be_a_system(company: Company) -> None:
    spoiled = company.configure(ERP, ("extract: sites\n", "extract: sites\n    namespace: epr\n"))
    assert fault(spoiled)[::2] == ("CONFIG_REFERENCE", "`epr` is no system. Did you mean `erp`?")


def test_a_matrix_over_itself_is_refused(company: Company) -> None:
    code, _, cause = fault(
        company.configure(
            "segmentation/cell.yml",
            text=SCHEME.replace("scheme: xyz", "scheme: cell").replace(
                "{kind: thresholds, column: weekly_cv_ratio, cuts: {X: 0.5, Y: 1}, last: Z}",
                "{kind: matrix, rows: cell, columns: xyz}",
            ),
        )
    )
    assert code == "CONFIG_REFERENCE"
    assert "circle" in cause
