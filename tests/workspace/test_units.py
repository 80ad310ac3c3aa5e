from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.workspace.measured_company import (
    ORDER_HEAD,
    PRODUCTS,
    WITH_UNITS,
    Settled,
    settled,
    settled_by_parts,
)
from tests.workspace.small_company import Company, line_of, opened
from workspace.config.entities import entities
from workspace.errors import TierwiseError
from workspace.ingest.landing import land
from workspace.ingest.mapping import fill
from workspace.ingest.meaning import set_aside
from workspace.ingest.units import MEASURED
from workspace.unit_check import check_units


def orders(*lines: str) -> str:
    return ORDER_HEAD + "".join(f"O1,{n},C1,{line}\n" for n, line in enumerate(lines, start=1))


def units(*lines: str) -> str:
    return "product,unit,of,size,by,since\n" + "".join(f"{line}\n" for line in lines)


CONVERSIONS = """
    select unit_code, numerator, denominator, status from control.conversions_found
    where source_key = '{}' order by all
"""


def test_a_unit_in_another_language_is_the_unit_that_the_list_says(company: Company) -> None:
    lines = orders("P1,2026-01-05,3,ST,EUR", "P1,2026-01-05,2,KAR,EUR", "P1,2026-01-05,2,cs,EUR")
    with settled(company, orders=lines, units=units("P1,KAR,,12,1,")) as night:
        assert night.quarantine() == []
        assert night.rows(CONVERSIONS.format("P1")) == [
            ("CS", 12, 1, "converted"),
            ("EA", 1, 1, "base"),
        ]
        assert night.rows("select * from control.unit_codes_found order by all") == [
            ("erp", "KAR", "CS"),
            ("erp", "KG", "KGM"),
            ("erp", "ST", "EA"),
            ("erp", "cs", "CS"),
        ]


def test_a_missing_factor_and_an_unknown_code_go_to_quarantine_and_out_of_raw(
    company: Company,
) -> None:
    lines = orders(
        "P1,2026-01-05,3,ST,EUR",
        "P2,2026-01-05,2,KAR,EUR",
        "P1,2026-01-05,2,FASS,EUR",
        "P1,2026-01-05,2,KG,EUR",
        "P1,2026-01-05,2,,EUR",
    )
    with settled(company, orders=lines, units=units("P1,KAR,,12,1,")) as night:
        assert night.aside == 3
        assert night.quarantine() == [("orders", n, "ROW_UOM") for n in (2, 3, 4)]
        assert night.detail("orders", 2) == "No factor leads from CS to EA."
        assert night.detail("orders", 3) == (
            "`FASS` is no unit code that the lists or the item's factors know."
        )
        assert night.detail("orders", 4) == (
            "No factor leads from KGM to EA: deliver the weight of one."
        )
        assert night.rows("select line_number from raw.order_lines order by all") == [
            ("1",),
            ("5",),
        ]
        books = (
            "select record_count, loaded_count, quarantined_count from control.raw_extracts"
            " where extract = 'orders'"
        )
        assert night.rows(books) == [(5, 2, 3)]


def test_contradicting_factors_and_what_hangs_on_them_go_to_quarantine(company: Company) -> None:
    lines = orders("P1,2026-01-05,3,ST,EUR", "P1,2026-01-05,2,KAR,EUR", "P2,2026-01-05,2,KAR,EUR")
    factors = units("P1,KAR,,12,1,", "P1,PAL,KAR,40,1,", "P1,PAL,,500,,", "P2,KAR,,10,1,")
    with settled(company, orders=lines, units=factors) as night:
        assert night.quarantine() == [
            ("orders", 2, "ROW_UOM"),
            *(("units", n, "ROW_UOM") for n in (1, 2, 3)),
        ]
        cycle = (
            "1 PAL = 40 CS, 1 CS = 12 EA, 500 EA = 1 PAL: round the cycle 1 PAL becomes 24/25 PAL."
        )
        assert night.detail("orders", 2) == night.detail("units", 1) == cycle
        assert night.rows("select product_id from raw.unit_conversions") == [("P2",)]


def test_a_factor_holds_on_the_day_of_the_order(company: Company) -> None:
    lines = orders("P1,2026-01-05,2,KAR,EUR", "P1,2026-03-05,2,KAR,EUR")
    with settled(company, orders=lines, units=units("P1,KAR,,12,1,2026-02-01")) as night:
        assert night.quarantine() == [("orders", 1, "ROW_UOM")]


@pytest.mark.parametrize("ingest", [settled, settled_by_parts])
def test_shipments_state_units_too_and_those_to_come_count_by_the_business_date(
    company: Company, ingest: Callable[..., AbstractContextManager[Settled]]
) -> None:
    lines = "id,product,day,units,unit\nS1,P1,2026-01-05,2,KAR\nS2,P2,2026-01-05,2,KAR\n"
    lines += "S3,P1,,2,KAR\nS4,P2,,2,KAR\nS5,P2,,2,ST\n"
    with ingest(company, shipments=lines, units=units("P1,KAR,,12,1,")) as night:
        assert night.quarantine() == [("shipments", n, "ROW_UOM") for n in (2, 4)]
        assert night.rows("select shipment_id from raw.shipment_lines order by all") == [
            ("S1",),
            ("S3",),
            ("S5",),
        ]


def test_stock_purchases_and_receipts_state_units_too(company: Company) -> None:
    with settled(
        company,
        units=units("P1,KAR,,12,1,"),
        stock="product,day,units,unit\nP1,2026-06-30,2,KAR\nP2,2026-06-30,2,KAR\n",
        purchases="order,product,day,units,unit\nB1,P1,2026-05-01,2,KAR\nB2,P2,2026-05-01,2,KAR\n",
        receipts=(
            "receipt,order,day,units,unit\nR1,B1,2026-05-09,24,ST\nR2,B2,2026-05-09,1,ST\n"
            "R3,B1,2026-05-10,1,PAL\n"
        ),
    ) as night:
        assert night.quarantine() == [
            ("purchases", 2, "ROW_UOM"),
            ("receipts", 2, "ROW_ORPHAN"),
            ("receipts", 3, "ROW_UOM"),
            ("stock", 2, "ROW_UOM"),
        ]
        assert night.rows("select receipt_number from raw.receipts") == [("R1",)]


def test_a_system_has_its_own_words_before_those_of_all(company: Company) -> None:
    codes = "system,code,means\n*,ST,SET\nerp,ST,EA\nwms,ST,H87\n*,KG,KGM\n"
    with settled(company, codes=codes) as night:
        assert night.rows("select * from control.unit_codes_found order by all") == [
            ("erp", "KG", "KGM"),
            ("erp", "ST", "EA"),
        ]


def test_a_line_whose_currency_has_no_rate_on_its_day_goes_to_quarantine(company: Company) -> None:
    lines = orders("P1,2026-01-05,3,ST,USD", "P1,2025-12-31,3,ST,USD", "P1,2026-01-05,3,ST,CHF")
    with settled(company, orders=lines) as night:
        assert night.quarantine() == [("orders", n, "ROW_RATE") for n in (2, 3)]
        assert night.detail("orders", 2) == (
            "No rate from USD to EUR holds on 2025-12-31: the first is of 2026-01-01"
        )
        assert night.detail("orders", 3) == "No rate from CHF to EUR holds on 2026-01-05"


@pytest.mark.parametrize(
    ("currency", "named"),
    [("CHF", "No rate from CHF to EUR holds on 2026-06-30"), ("", "without a currency")],
)
def test_a_cost_without_a_rate_holds_the_night(company: Company, currency: str, named: str) -> None:
    products = PRODUCTS.replace("P2,Nut,ST,2,EUR", f"P2,Nut,ST,2,{currency}")
    with pytest.raises(TierwiseError, match=named) as raised, settled(company, products=products):
        pass
    assert (raised.value.code, int(raised.value.exit)) == ("RATE_MISSING", 3)
    assert "erp:P2" in raised.value.cause


def test_a_rate_of_zero_is_no_rate(company: Company) -> None:
    lines = orders("P1,2026-01-05,3,ST,USD")
    with settled(company, orders=lines, rates="currency,day,rate\nUSD,2026-01-01,0\n") as night:
        assert night.quarantine() == [("orders", 1, "ROW_RATE"), ("rates", 1, "ROW_RANGE")]


def test_what_parts_know_sets_the_same_records_aside_as_the_rows_themselves(
    company: Company,
) -> None:
    delivery = {
        "orders": orders(
            "P1,2026-01-05,3,ST,EUR",
            "P1,2026-01-05,3,KAR,EUR",
            "P1,2026-03-05,3,KAR,USD",
            "P2,2026-01-05,2,KAR,EUR",
            "P1,2026-03-05,2,FASS,EUR",
            "P1,2025-03-05,2,ST,USD",
        ),
        "units": units("P1,KAR,,12,1,2026-02-01"),
        "stock": "product,day,units,unit\nP1,2026-06-30,2,KAR\nP2,2026-06-30,2,KAR\n",
        "purchases": "order,product,day,units,unit\nB1,P2,2026-05-01,2,KAR\n",
        "receipts": "receipt,order,day,units,unit\nR1,B1,2026-05-09,24,ST\n",
    }
    with settled(company, **delivery) as night:
        by_rows = night.quarantine(), night.rows("select * from control.conversions_found")
    with settled_by_parts(company, **delivery) as night:
        assert (
            night.quarantine(),
            night.rows("select * from control.conversions_found"),
        ) == by_rows
    assert by_rows[0] == [
        *(("orders", n, "ROW_UOM") for n in (2, 4, 5)),
        ("orders", 6, "ROW_RATE"),
        ("purchases", 1, "ROW_UOM"),
        ("receipts", 1, "ROW_ORPHAN"),
        ("stock", 2, "ROW_UOM"),
    ]


def test_a_company_that_states_no_units_counts_in_base_units(company: Company) -> None:
    workspace = company.open()
    with opened(workspace) as connection:
        source = workspace.sources["erp"].value
        for name in source.extracts:
            land(connection, workspace, source, name)
        for entity in entities():
            fill(connection, workspace, entity)
        assert set_aside(connection, workspace) == 0
        found = "select source_key, unit_code, status from control.conversions_found order by all"
        assert connection.execute(found).fetchall() == [
            ("P1", "EA", "base"),
            ("P2", "EA", "base"),
        ]


def test_units_of_products_that_are_counted_in_nothing_are_a_fault_of_the_contract(
    company: Company,
) -> None:
    assert check_units(company.configure("sources/erp.yml", text=WITH_UNITS).open()) == []
    text = WITH_UNITS.replace("      base_unit_code: base\n", "")
    workspace = company.configure("sources/erp.yml", text=text).open()
    faults = check_units(workspace)
    assert {fault.code for fault in faults} == {"CONFIG_VALUE"}
    assert len(faults) == len(MEASURED)
    line = line_of(text, "      unit_code: unit\n      net_amount")
    assert f"erp.yml:{line}:7" in [fault.place[-len(f"erp.yml:{line}:7") :] for fault in faults]
    assert faults[0].cause == (
        "The order_lines of erp state units, but no mapping gives its products a base_unit_code."
    )
