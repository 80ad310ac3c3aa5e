"""Fault cases 37, 38, 39 and 70: what a date, an hour or a sign may mean, and what is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.faults.kept_promises import (
    books_add_up,
    bytes_are_kept,
    nothing_is_left_over,
    quarantine_says_all,
    rows_are_loaded,
)
from tests.workspace.small_company import DELIVERY, SOURCE, Company, ingested

HEADER = "order,line,customer,product,day,units,kind,wanted,at,site"
DATED = 'wanted: {type: date, format: "%d.%m.%Y", null_words: ["31.12.9999"]}'
TIMED = 'at: {type: timestamp, format: "%Y-%m-%d %H:%M", time_zone: Europe/Berlin}'
OFFSET = 'at: {type: timestamp, format: "%Y-%m-%dT%H:%M:%S%z"}'
EXCEL = "wanted: {type: date, format: excel}"
ZONED = "columns: {id: text, name: text, zone: text}"
ORDERS = (
    *("order: text", "line: text", "customer: text", "product: text", "day: date"),
    *("units: decimal", "kind: text", "site: text"),
)
MAPPING = """\
  - entity: order_lines
    extract: orders
    lookups: {place: {extract: sites, on: {id: site}}}
    columns:
      order_id: order
      line_number: line
      transaction_type: kind
      customer_id: customer
      product_id: product
      site_id: site
      order_date: DAY
      ordered_at: at
      requested_date: wanted
      quantity_units: case when kind = 'return' then abs(units) else units end
      net_amount: abs(units) * 2
      currency_code: "'EUR'"
      is_cancelled: "false"
"""
SITES = "id,name,zone\nS1,Berlin,Europe/Berlin\nS2,Boston,America/New_York\nS3,Nowhere,Mars/Base\n"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One fault: what is delivered, what the contract says, and what becomes of the record."""

    number: int
    says: str
    columns: tuple[str, ...] = (DATED, TIMED)
    wanted: str = ""
    at: str = ""
    site: str = "S1"
    units: str = "3"
    kind: str = "sale"
    code: str | None = None
    column: str = ""
    loaded: tuple[object, ...] = ()


CASES = [
    Case(number=37, says="00000000 that no contract maps", wanted="00000000", code="ROW_TYPE"),
    Case(number=37, says="31.12.9999 means without end", wanted="31.12.9999", loaded=(None,)),
    Case(
        number=37,
        says="31.12.9999 that no contract maps",
        columns=(DATED.replace("31.12.9999", "-"), TIMED),
        wanted="31.12.9999",
        code="ROW_TYPE",
    ),
    Case(number=37, says="1900-01-00", wanted="00.01.1900", code="ROW_TYPE"),
    Case(
        number=37,
        says="an Excel serial as declared",
        columns=(EXCEL, TIMED),
        wanted="46203",
        loaded=(date(2026, 6, 30),),
    ),
    Case(number=37, says="an Excel serial undeclared", wanted="46203", code="ROW_TYPE"),
    Case(number=38, says="29 February of 2025", wanted="29.02.2025", code="ROW_TYPE"),
    Case(number=38, says="29 February of 2024", wanted="29.02.2024", loaded=(date(2024, 2, 29),)),
    Case(
        number=38,
        says="an hour that the clocks skip",
        at="2026-03-29 02:30",
        code="ROW_TYPE",
        column="at",
    ),
    Case(
        number=38,
        says="an hour that the clocks repeat, the earlier by rule",
        at="2025-10-26 02:30",
        loaded=(None, datetime(2025, 10, 26, 0, 30)),
    ),
    Case(
        number=38,
        says="an hour that the clocks repeat, the later by rule",
        columns=(DATED, TIMED.replace("}", ", repeated_hour: later}")),
        at="2025-10-26 02:30",
        loaded=(None, datetime(2025, 10, 26, 1, 30)),
    ),
    Case(
        number=39,
        says="an offset, and the next day in Berlin",
        columns=(DATED, OFFSET),
        at="2026-06-29T19:30:00-04:00",
        loaded=(None, datetime(2026, 6, 29, 23, 30), date(2026, 6, 30)),
    ),
    Case(
        number=39,
        says="the same instant by another offset, and the day before in Boston",
        columns=(DATED, OFFSET),
        at="2026-06-29T23:30:00Z",
        site="S2",
        loaded=(None, datetime(2026, 6, 29, 23, 30), date(2026, 6, 29)),
    ),
    Case(
        number=39,
        says="a site whose zone is none",
        columns=(DATED, OFFSET),
        at="2026-06-29T23:30:00Z",
        site="S3",
        code="ROW_NULL",
        column="order_date",
    ),
    Case(number=70, says="a negative return", units="-3", kind="return", loaded=(None,)),
    Case(
        number=70,
        says="a negative sale",
        units="-3",
        code="ROW_RANGE",
        column="quantity_units",
    ),
]


def contracted(company: Company, case: Case) -> Company:
    """Say in the contract what the case says, and let it feed order lines."""
    day = "day_in(at, place.zone)" if case.columns[1] == OFFSET else "day"
    before, _, rest = SOURCE.partition("    columns: {order: text")
    mappings = rest[rest.index("mappings:") : rest.index("  - entity: order_lines")]
    before = before.replace("columns: {id: text, name: text}\n  prod", f"{ZONED}\n  prod", 1)
    columns = "".join(f"      {column}\n" for column in (*ORDERS, *case.columns))
    text = f"{before}    columns:\n{columns}{mappings}{MAPPING.replace('DAY', day)}"
    return company.configure("sources/erp.yml", text=text)


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.number}: {c.says}") for c in CASES])
def test_what_a_date_an_hour_or_a_sign_means_is_declared_or_set_aside(
    case: Case, tmp_path: Path
) -> None:
    company = contracted(Company(root=tmp_path / "company"), case)
    sound = "O1,1,C1,P1,2026-01-05,3,sale,,,S1"
    if case.columns[1] == OFFSET:
        sound = "O1,1,C1,P1,2026-01-05,3,sale,,2026-01-05T12:00:00+01:00,S1"
    odd = f"O1,2,C1,P1,2026-01-05,{case.units},{case.kind},{case.wanted},{case.at},{case.site}"
    files = {
        **DELIVERY,
        "erp/sites_1.csv": SITES,
        "erp/orders_1.csv": f"{HEADER}\n{sound}\n{odd}\n",
    }
    workspace = company.open(files)
    with ingested(workspace) as night:
        books_add_up(night)
        rows_are_loaded(night, {"orders": "order_lines"})
        quarantine_says_all(night, workspace)
        odd_one = night.rows(
            "select requested_date, ordered_at, order_date, quantity_units from raw.order_lines"
            " where line_number = '2'"
        )
        if case.code is None:
            assert night.quarantine() == []
            assert odd_one[0][: len(case.loaded)] == case.loaded
            assert odd_one[0][3] == 3
        else:
            assert odd_one == []
            column = case.column or "wanted"
            assert night.quarantine() == [("orders", 2, case.code, column)]
    bytes_are_kept(workspace)
    nothing_is_left_over(workspace)
