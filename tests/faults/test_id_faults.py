"""Fault case 40: the same id with leading zeros in one source and without them in another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.steward import Steward
from tests.workspace.small_company import Company, ingested

CRM = """\
system: crm
description: Accounts of the same customers.
kind: crm
priority: 2
extracts:
  accounts:
    path: crm/accounts_*.csv
    description: Accounts, by the number that the ERP gave them.
    key: [number]
    columns: {number: text, name: text}
mappings:
  - entity: customers
    extract: accounts
    namespace: erp
    columns: {customer_id: number, customer_name: name}
"""
CUSTOMERS = "id,name,created\n0000004711,Ada,2024-01-01\nC2,Bob,2024-01-02\n"
HEAD = "order,line,customer,product,day,units\n"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What the CRM calls an account, or an order its customer, and what becomes of that record."""

    says: str
    account: str = "C9"
    customer: str = "0000004711"
    quarantined: tuple[tuple[str, int, str], ...] = ()
    detail: str = ""


CASES = [
    Case(says="as its owner writes it"),
    Case(
        says="an account without the zeros",
        account="4711",
        quarantined=(("accounts", 1, "ROW_ID_MANGLED"),),
        detail="4711 is 0000004711 but for leading zeros",
    ),
    Case(
        says="an account with fewer zeros",
        account="004711",
        quarantined=(("accounts", 1, "ROW_ID_MANGLED"),),
        detail="004711 is 0000004711",
    ),
    Case(says="a number of its own", account="471100"),
    Case(says="letters with a zero before them are another id", account="0C2"),
    Case(
        says="an order without the zeros",
        customer="4711",
        quarantined=(("orders", 1, "ROW_ID_MANGLED"),),
        detail="4711 is not among the customers of erp; 0000004711 is",
    ),
    Case(
        says="an order of a customer that nobody has",
        customer="4712",
        quarantined=(("orders", 1, "ROW_ORPHAN"),),
        detail="4712 is not among the customers of erp",
    ),
]


def company_of(folder: Path) -> Company:
    return Company(root=folder).configure("sources/crm.yml", text=CRM)


def files_of(case: Case) -> dict[str, str | bytes | None]:
    return {
        "erp/customers_1.csv": CUSTOMERS,
        "crm/accounts_1.csv": f"number,name\n{case.account},Ada\n",
        "erp/orders_1.csv": f"{HEAD}O1,1,{case.customer},P1,2026-01-05,3\n",
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_an_id_that_differs_in_zeros_is_neither_the_same_nor_another(
    case: Case, tmp_path: Path
) -> None:
    with ingested(company_of(tmp_path).open(files_of(case))) as night:
        found = night.rows(
            "select extract, record_number, code, detail, remedy from control.quarantine"
        )
        assert [row[:3] for row in found] == list(case.quarantined)
        assert all(case.detail in row[3] for row in found)
        assert all("as the system writes it" in row[4] for row in found if "MANGLED" in row[2])
        for extract in ("customers", "accounts", "orders"):
            assert all(row[1] == sum(row[2:5]) for row in night.books(extract))
        ids = {key for (key,) in night.rows("select customer_id from raw.customers")}
        numbers = [key for key in ids if key.isdigit()]
        assert len({int(key) for key in numbers}) == len(numbers)


def test_two_ids_that_really_differ_in_zeros_alone_can_be_confirmed(tmp_path: Path) -> None:
    company = company_of(tmp_path)
    steward = Steward(company=company)
    delivered = files_of(Case(says="", account="4711", customer="471"))
    for file, text in delivered.items():
        steward.delivered[file] = text
    steward.night()
    record = steward.names()["ROW_ID_MANGLED"]
    steward.decide(f"{record}:ROW_ID_MANGLED", reason="An account of its own.")
    steward.night()
    assert "ROW_ID_MANGLED" not in steward.names()
    with ingested(company.open(delivered)) as night:
        assert night.rows("select customer_id from raw.customers order by all") == [
            ("0000004711",),
            ("4711",),
            ("C2",),
        ]
