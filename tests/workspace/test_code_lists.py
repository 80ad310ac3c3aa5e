from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.workspace.measured_company import ORDER_HEAD, settled
from tests.workspace.small_company import Company
from workspace.config.code_lists import CODES
from workspace.config.entities import entities


def published(root: Path) -> list[dict[str, str]]:
    file = root / "../shared/data/countries/country-codes.csv"
    if not file.is_file():
        pytest.skip("the published list of countries is not here")
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_published_country_and_its_currency_is_listed(root: Path) -> None:
    rows = published(root)
    countries = {row["ISO3166-1-Alpha-2"] for row in rows}
    currencies = {
        code for row in rows for code in row["ISO4217-currency_alphabetic_code"].split(",") if code
    }
    assert countries <= set(CODES["iso_3166_1"])
    assert currencies <= set(CODES["iso_4217"])
    upper = {code for code in CODES["iso_3166_1"] if code.isupper()}
    assert upper - countries == {"XK"}


def test_a_listed_column_allows_upper_and_lower_case_and_nothing_else() -> None:
    for entity in entities().values():
        for column in entity.columns.values():
            if column.code_list is not None:
                assert column.allowed == CODES[column.code_list]
    assert {"EUR", "eur"} <= set(CODES["iso_4217"])
    assert not {"EURO", "Eur", "UK", ""} & {code for codes in CODES.values() for code in codes}


def test_a_row_in_a_currency_that_nobody_has_goes_to_quarantine(company: Company) -> None:
    lines = ORDER_HEAD + "".join(
        f"O1,{n},C1,P1,2026-01-05,1,ST,{currency}\n"
        for n, currency in enumerate(("EUR", "usd", "EURO", "XXX"), start=1)
    )
    with settled(company, orders=lines) as night:
        assert night.quarantine() == [("orders", n, "ROW_RANGE") for n in (3, 4)]
        assert night.detail("orders", 3) == "EURO is not an allowed value"
