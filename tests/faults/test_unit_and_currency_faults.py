"""Fault cases 48, 73, 74 and 75: what units and currencies may be, and what is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from tests.faults.kept_promises import books_add_up, quarantine_says_all, rows_are_loaded
from tests.workspace.measured_company import ORDER_HEAD, PRODUCTS, RATES, Settled, settled
from tests.workspace.small_company import Company
from workspace.errors import TierwiseError
from workspace.folder import open_workspace

FACTORS = "product,unit,of,size,by,since\nP1,KAR,,12,1,\nP1,PAL,KAR,40,1,\nP3,LTR,,10,9,\n"
WEIGHT = FACTORS + "P1,ST,KG,0.25,1,\n"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fault: the line that is delivered, and what becomes of it.

    A line that is loaded is so many base units; one that is not has a code and a detail.
    """

    number: int
    says: str
    unit: str = "ST"
    currency: str = "EUR"
    product: str = "P1"
    day: str = "2026-01-05"
    factors: str = FACTORS
    base_units: Fraction | None = None
    code: str | None = None
    detail: str = ""


CASES = [
    Case(number=73, says="pieces", unit="ST", base_units=Fraction(3)),
    Case(number=73, says="cases by a factor", unit="KAR", base_units=Fraction(36)),
    Case(number=73, says="pallets by two factors", unit="PAL", base_units=Fraction(1440)),
    Case(
        number=73,
        says="a factor that is no decimal",
        product="P3",
        unit="LTR",
        base_units=Fraction(10, 3),
    ),
    Case(
        number=73,
        says="pieces by weight",
        unit="KG",
        factors=WEIGHT,
        base_units=Fraction(12),
    ),
    Case(
        number=73, says="grams of kilograms", product="P3", unit="GRM", base_units=Fraction(3, 1000)
    ),
    Case(
        number=73,
        says="cases without a factor",
        product="P2",
        unit="KAR",
        code="ROW_UOM",
        detail="No factor leads from CS to EA.",
    ),
    Case(
        number=73,
        says="pieces in kilograms without a weight",
        unit="KG",
        code="ROW_UOM",
        detail="No factor leads from KGM to EA: deliver the weight of one.",
    ),
    Case(
        number=73,
        says="factors that contradict each other",
        unit="KAR",
        factors=FACTORS + "P1,PAL,,500,1,\n",
        code="ROW_UOM",
        detail="1 PAL = 40 CS, 1 CS = 12 EA, 500 EA = 1 PAL: round the cycle",
    ),
    Case(
        number=73,
        says="two factors for one unit",
        unit="KAR",
        factors=FACTORS + "P1,KAR,,10,1,\n",
        code="ROW_UOM",
        detail="1 CS = 12 EA, 10 EA = 1 CS: round the cycle 1 CS becomes 6/5 CS.",
    ),
    Case(
        number=73,
        says="one factor twice",
        unit="KAR",
        factors=FACTORS + "P1,KAR,ST,24,2,\n",
        base_units=Fraction(36),
    ),
    Case(number=74, says="the code of another language", unit="KAR", base_units=Fraction(36)),
    Case(number=74, says="the standard's own code", unit="CS", base_units=Fraction(36)),
    Case(number=74, says="a code in lower case", unit="cs", base_units=Fraction(36)),
    Case(
        number=74,
        says="a code that nobody knows",
        unit="FASS",
        code="ROW_UOM",
        detail="`FASS` is no unit code that the lists or the item's factors know.",
    ),
    Case(number=75, says="a currency with a rate", currency="USD", base_units=Fraction(3)),
    Case(
        number=75,
        says="a currency without a rate",
        currency="CHF",
        code="ROW_RATE",
        detail="No rate from CHF to EUR holds on 2026-01-05",
    ),
    Case(
        number=75,
        says="a day before the first rate",
        currency="USD",
        day="2025-12-31",
        code="ROW_RATE",
        detail="the first is of 2026-01-01",
    ),
    Case(
        number=48,
        says="a currency that is none",
        currency="EURO",
        code="ROW_RANGE",
        detail="EURO is not an allowed value",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.number} {case.says}")
def test_a_line_is_counted_in_base_units_or_set_aside(case: Case, tmp_path: Path) -> None:
    lines = (
        f"O1,1,C1,{case.product},{case.day},3,{case.unit},{case.currency}\n"
        "O1,2,C1,P2,2026-01-05,1,ST,EUR\n"
    )
    company = Company(root=tmp_path / "company")
    with settled(company, orders=ORDER_HEAD + lines, units=case.factors) as night:
        books_add_up(night)
        rows_are_loaded(night, {"orders": "order_lines"})
        quarantine_says_all(night, open_workspace(company.root))
        held = night.rows("select code from control.quarantine where extract = 'orders'")
        if case.code is not None:
            assert held == [(case.code,)]
            assert case.detail in night.detail("orders", 1)
            assert night.rows("select line_number from raw.order_lines") == [("2",)]
            return
        assert held == []
        assert _base_units(night) == case.base_units


def _base_units(night: Settled) -> Fraction:
    ((quantity, numerator, denominator),) = night.rows(
        """
        select l.quantity_units, w.numerator, w.denominator
        from raw.order_lines as l
        join control.unit_codes_found as c on c.delivered_code = l.unit_code
        join control.conversions_found as w
            on w.source_key = l.product_id and w.unit_code = c.unit_code
        where l.line_number = '1'
        """
    )
    return Fraction(quantity) * numerator / denominator


@pytest.mark.parametrize(
    ("number", "says", "product", "rates"),
    [
        (75, "a cost in a currency without a rate", "P2,Nut,ST,2,CHF", RATES),
        (75, "a cost whose only rate comes later", "P2,Nut,ST,2,CHF", f"{RATES}CHF,2026-07-01,1\n"),
        (75, "a cost without a currency", "P2,Nut,ST,2,", RATES),
    ],
)
def test_master_data_without_a_rate_hold_the_night(
    number: int, says: str, product: str, rates: str, tmp_path: Path
) -> None:
    company = Company(root=tmp_path / "company")
    products = PRODUCTS.replace("P2,Nut,ST,2,EUR", product)
    night = settled(company, products=products, rates=rates)
    with pytest.raises(TierwiseError, match="erp:P2") as raised, night:
        pass
    assert (raised.value.code, int(raised.value.exit)) == ("RATE_MISSING", 3), (number, says)


def test_a_country_that_is_none_goes_to_quarantine(tmp_path: Path) -> None:
    """Case 48: with the account go the orders that refer to it."""
    company = Company(root=tmp_path / "company")
    customers = "id,name,country\nC1,Ada,UK\nC2,Bob,GB\n"
    lines = ORDER_HEAD + "O1,1,C1,P1,2026-01-05,3,ST,EUR\nO2,1,C2,P1,2026-01-05,3,ST,EUR\n"
    with settled(company, customers=customers, orders=lines) as night:
        assert night.quarantine() == [("customers", 1, "ROW_RANGE"), ("orders", 1, "ROW_ORPHAN")]
        assert night.detail("customers", 1) == "UK is not an allowed value"
