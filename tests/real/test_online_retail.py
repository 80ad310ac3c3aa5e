"""Half a million real invoice lines in Parquet: cancellations, and sales that name no customer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.workspace.small_company import POLICY, SCHEME, Ingested, ingested
from workspace.folder import open_workspace
from workspace.ingest.contract import contract_of
from workspace.ingest.parts.part import read_part
from workspace.ingest.parts.part_rows import rows_of

ROOT = Path(__file__).parents[2]
DELIVERED = ROOT.parent / "shared" / "data" / "online_retail" / "online_retail.parquet"
NIGHT = date(2011, 12, 9)

pytestmark = pytest.mark.skipif(
    not DELIVERED.is_file(), reason="the public extract is not beside this clone"
)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingested]:
    """Return what ingest makes of the invoices; the masters are what the lines name."""
    root = tmp_path_factory.mktemp("online_retail")
    shutil.copytree(Path(__file__).parent / "online_retail", root, dirs_exist_ok=True)
    for file, text in (("segmentation/xyz.yml", SCHEME), ("policies/stock.yml", POLICY)):
        (root / file).parent.mkdir()
        (root / file).write_text(text, encoding="utf-8")
    inbox = root / "inbox"
    inbox.mkdir()
    shutil.copy(DELIVERED, inbox / "online_retail.parquet")
    lines = duckdb.connect().read_parquet(str(DELIVERED))
    articles = lines.project("trim(StockCode) as id").distinct().fetchall()
    named = lines.filter("CustomerID is not null")
    customers = named.project("cast(cast(CustomerID as integer) as varchar) as id").distinct()
    for name, ids in (
        ("articles.csv", articles),
        ("customers.csv", [*customers.fetchall(), ("NOT NAMED",)]),
    ):
        text = "\n".join(["id", *sorted(one for (one,) in ids)])
        (inbox / name).write_text(text + "\n", encoding="utf-8")
    with ingested(open_workspace(root), NIGHT) as done:
        yield done


def of_all_lines(night: Ingested, values: str, condition: str = "true") -> tuple:
    """Return values over all lines as they were typed, before any was set aside."""
    (folder,) = night.rows("select folder from control.parts where extract = 'lines'")[0]
    workspace = open_workspace(Path(folder).parents[2])
    part = read_part(Path(folder))
    assert part is not None
    contract = contract_of(workspace, workspace.sources["shop"].value, "lines")
    rows = rows_of(workspace, contract, [part])
    return night.rows(f"select {values} from ({rows}) where {condition}")[0]


def test_every_line_is_accounted_for(night: Ingested) -> None:
    assert night.books("lines") == [
        ("online_retail.parquet", 541_909, 535_298, 4, 6_607, "loaded"),
    ]
    skips = night.rows("select reason, count(*) from control.row_skips group by all order by all")
    assert skips == [
        ("ROW_DUPLICATE: identical row", 5_268),
        ("bad debt written off", 3),
        ("stock found missing or broken", 1_336),
    ]


def test_lines_without_a_customer_are_known(night: Ingested) -> None:
    assert of_all_lines(night, "count(*)", "CustomerID is null") == (135_080,)
    loaded, named = night.rows(
        "select count(*), count(*) filter (customer_id <> 'NOT NAMED') from raw.order_lines"
    )[0]
    # Of the lines that name none, 43 are duplicates, 1,336 stock corrections and 3 bad debts.
    assert loaded - named == 135_080 - 43 - 1_336 - 3


def test_income_of_positive_lines_with_a_customer_is_exact(night: Ingested) -> None:
    is_income = "Quantity > 0 and CustomerID is not null"
    assert of_all_lines(night, "count(*), sum(Quantity * UnitPrice)", is_income) == (
        397_924,
        Decimal("8911407.904"),
    )


def test_a_cancellation_is_a_return_of_positive_amount(night: Ingested) -> None:
    is_cancelled = "starts_with(InvoiceNo, 'C')"
    assert of_all_lines(night, "count(*), max(Quantity)", is_cancelled) == (9_288, -1)
    found = night.rows(
        "select count(*), min(quantity_units) > 0, min(net_amount) >= 0 from raw.order_lines "
        "where transaction_type = 'return'"
    )
    assert found == [(9_251, True, True)]


def test_two_spellings_of_one_line_contradict_each_other(night: Ingested) -> None:
    found = night.rows(
        "select code, raw_text from control.quarantine where extract = 'lines' order by all"
    )
    assert {code for code, _ in found} == {"ROW_KEY_DUP"}
    assert sorted(json.loads(text)["Description"] for _, text in found) == [
        "BUNTING , SPOTTY ",
        "JUMBO BAG DOILEY PATTERNS",
        "JUMBO BAG VINTAGE DOILY ",
        "SPOTTY BUNTING",
    ]
