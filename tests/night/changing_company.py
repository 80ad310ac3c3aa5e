"""Four nights of a company that buys a firm, and whose customers merge, split and are sold.

`python -m tests.night.changing_company <folder>` runs them in one process, which costs half of what
four processes cost, and prints the release of each.
"""

from __future__ import annotations

import json
import sys
from datetime import date, timedelta
from pathlib import Path

from typer.testing import CliRunner

from cli.main import app
from orchestration.night import run_night
from serving.release_reader import open_release
from tests.workspace.small_company import STOCK, WORKSPACE, Company

DAY = date(2026, 6, 30)
CUSTOMERS, WEEKS, MONDAY = 40, 12, date(2026, 4, 6)
# What the firm knows, too, by the tax numbers of the company's own.
KNOWN_TO_BOTH, ACQUIRED = 3, 8
SCHEME = """\
scheme: customer_abc
title: Customers by revenue
description: ABC.
owner: sales
unit: customer
method: {kind: pareto_share, measure: revenue_12m_amount, cuts: {A: 0.8, B: 0.95, C: 1}}
review: {every: night}
value: revenue_12m_amount
"""
OVERLAY = """\
overlay: carver
title: Carver Ltd
description: Bought in July; its customers are served as they were until sales has looked.
owner: sales
namespace: carver
starter: {customer_abc: B}
"""
WITH_TAX = (
    ("columns: {id: text, name: text, created: date}",
     "columns: {id: text, name: text, created: date, tax: text}"),
    ("{customer_id: id, customer_name: name, created_date: created}",
     "{customer_id: id, customer_name: name, created_date: created, tax_number: tax, "
     "country_code: \"'DE'\"}"),
)  # fmt: skip


def found(root: Path) -> Company:
    """Return the company before it buys anybody."""
    return (
        Company(root=root)
        .configure("sources/erp.yml", ("mappings:\n", STOCK), *WITH_TAX)
        .configure("segmentation/customer_abc.yml", text=SCHEME)
        .configure("workspace.yml", text=f"{WORKSPACE}gates: {{maximum_churn_share: 1}}\n")
    )


def with_carver(company: Company) -> Company:
    """Return the company with the contract of the firm that it will buy; nothing is delivered."""
    source = company.configuration["sources/erp.yml"].replace("system: erp", "system: carver")
    source = source.replace("path: erp/", "required: false\n    path: carver/")
    return company.configure(
        "sources/carver.yml", text=source.replace("priority: 1", "priority: 2")
    )


def own_files() -> dict[str, str]:
    """Return files in which customer n buys (n + 1)² on some days; C3 and C4 are one."""
    customers = "".join(
        f"C{n},Customer {n},2024-01-01,DE{3 if n == 4 else n}\n" for n in range(CUSTOMERS)
    )
    orders = "".join(
        f"O{week}-{n},1,C{n},P{1 + n % 2},{MONDAY + timedelta(weeks=week)},{(n + 1) ** 2}\n"
        for week in range(WEEKS)
        for n in range(CUSTOMERS)
        if n % 2 or week % 4 == 0
    )
    return {
        "erp/customers_1.csv": f"id,name,created,tax\n{customers}",
        "erp/orders_1.csv": f"order,line,customer,product,day,units\n{orders}",
        "erp/stock_1.csv": "product,day,units\nP1,2026-06-28,0\nP2,2026-06-28,9000000\n",
    }


def carvers_files() -> dict[str, str]:
    """Return files of a firm that sells more than the company, to some of the same customers."""
    customers = "".join(
        f"K{n},Carver's {n},2024-01-01,DE{n if n < KNOWN_TO_BOTH else n + 900}\n"
        for n in range(ACQUIRED)
    )
    orders = "".join(
        f"O{week}-{n},1,K{n},Q1,{MONDAY + timedelta(weeks=week)},{10_000 * (n + 1)}\n"
        for week in range(WEEKS)
        for n in range(ACQUIRED)
    )
    return {
        "carver/customers_1.csv": f"id,name,created,tax\n{customers}",
        "carver/sites_1.csv": "id,name\nS1,Carver's\n",
        "carver/products_1.csv": "id,name\nQ1,Hinge\n",
        "carver/orders_1.csv": f"order,line,customer,product,day,units\n{orders}",
        "carver/stock_1.csv": "product,day,units\nQ1,2026-06-28,70\n",
    }


def night(root: Path, day: date) -> str:
    """Run a night; return its release."""
    outcome = run_night(root, None, day, lambda *_: None)
    if outcome.error is not None:
        raise outcome.error
    return str(outcome.release_id)


def declare(root: Path, *words: str) -> int:
    """Say something about an entity at the terminal; return the number of the ledger's entry."""
    reason = ("--reason", "As agreed.", "--by", "Ada", "--json")
    said = CliRunner().invoke(app, ["entity", *words, *reason, "--workspace", str(root)])
    assert said.exit_code == 0, said.output
    return int(json.loads(said.stdout)["entry"])


def golden_ids(release: Path) -> dict[str, str]:
    """Return the golden id of each customer record, by its name in the system."""
    with open_release(release) as reader:
        found = reader.query(
            "select namespace || ':' || source_key, golden_id from golden_xref "
            "where object_type = 'customer' and valid_to is null"
        )
    return dict(found.iter_rows())


def run(root: Path) -> dict[str, str]:
    """Run the nights: without the firm, with it kept apart, approved, and reversed."""
    company = with_carver(found(root))
    company.open(own_files())
    releases = {"without": night(root, DAY)}
    company = company.configure("segmentation/overlays/carver.yml", text=OVERLAY)
    company.open({**own_files(), **carvers_files()})
    releases["apart"] = night(root, DAY)
    ids = golden_ids(root / "releases" / releases["apart"])
    bought = declare(root, "acquire", "carver", *since(1))
    declare(root, "approve", str(bought))
    merged = declare(root, "merge", ids["erp:C5"], ids["erp:C6"], *since(1))
    declare(root, "split", ids["erp:C3"], "erp:C4", "--share", "0.3", *since(1))
    releases["approved"] = night(root, DAY + timedelta(days=1))
    declare(root, "reverse", str(bought))
    declare(root, "reverse", str(merged))
    declare(root, "divest", ids["erp:C7"], *since(2))
    releases["reversed"] = night(root, DAY + timedelta(days=2))
    return releases


def since(days: int) -> tuple[str, str]:
    """Return the option that something holds from some days after the first night."""
    return "--effective", (DAY + timedelta(days=days)).isoformat()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(Path(sys.argv[1]))))
