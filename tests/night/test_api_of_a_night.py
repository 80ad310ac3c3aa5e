"""The API on the release of a whole night: the examples of its page, and the golden set."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serving.release_reader import open_release
from tests.docs.pages import code_blocks
from tests.night.company import current
from tests.night.conftest import Night
from tests.serving.api_company import TestClient, client_of
from workspace.folder import Folder

BATCH = 1_000
UNIT_OF_THE_PAGE = "00100553@ATL-1"
ORDERS = """
with keys as (
    select object_type, namespace, golden_id, min(source_key) as source_key
    from golden_xref where valid_to is null group by all
)
select l.namespace, l.order_id, l.transaction_type, l.order_date::varchar as order_date,
    l.requested_date::varchar as requested_date, l.is_cancelled, l.stated_unit_code,
    l.stated_quantity_units::varchar as quantity, abs(l.revenue_amount)::varchar as amount,
    p.source_key as product, s.source_key as site, c.source_key as customer,
    l.product_id, l.site_id, l.customer_id
from fct_order_line as l
join keys as p on p.object_type = 'product' and p.namespace = l.namespace
    and p.golden_id = l.product_id
join keys as s on s.object_type = 'site' and s.namespace = l.namespace and s.golden_id = l.site_id
join keys as c on c.object_type = 'customer' and c.namespace = l.namespace
    and c.golden_id = l.customer_id
order by l.order_line_id
"""
SEGMENTS = "select unit_type, unit_id, scheme_id, segment_id from segment_assignment"
MASTERS = {
    "customer": "select customer_id, customer_name, country_code, city, currency_code, tax_number, "
    "duns_number, gln, is_active from golden_customer order by customer_id",
    "product": "select product_id, product_name, gtin, base_unit_code from golden_product "
    "order by product_id",
}


def order_of(row: dict[str, Any], segments: dict[str, str]) -> dict[str, Any]:
    """Return a published order line as order capture would send it."""
    return {
        "kind": "order_line",
        "namespace": row["namespace"],
        "fields": {
            "order_id": row["order_id"],
            "line_number": "1",
            "transaction_type": row["transaction_type"],
            "customer_id": row["customer"],
            "product_id": row["product"],
            "site_id": row["site"],
            "order_date": row["order_date"],
            "requested_date": row["requested_date"],
            "quantity_units": row["quantity"],
            "unit_code": row["stated_unit_code"],
            "net_amount": row["amount"],
            "currency_code": "EUR",
            "is_cancelled": row["is_cancelled"],
        },
        "segments": [
            {"scheme_id": scheme, "segment_id": segment} for scheme, segment in segments.items()
        ],
    }


def golden_orders(release: Path) -> list[dict[str, Any]]:
    """Return every published order line with the published segments of its unit and customer."""
    with open_release(release) as reader:
        segments: dict[str, dict[str, str]] = {}
        for row in reader.rows(SEGMENTS):
            segments.setdefault(row["unit_id"], {})[row["scheme_id"]] = row["segment_id"]
        return [
            order_of(
                row,
                {
                    **segments.get(f"{row['product_id']}@{row['site_id']}", {}),
                    **segments.get(row["customer_id"], {}),
                },
            )
            for row in reader.rows(ORDERS)
        ]


def golden_masters(release: Path) -> list[dict[str, Any]]:
    """Return every golden customer and product as a screen would send it, by its golden id."""
    with open_release(release) as reader:
        return [
            {
                "kind": kind,
                "fields": {name: value for name, value in row.items() if value is not None},
            }
            for kind, query in MASTERS.items()
            for row in reader.rows(query)
        ]


def verdicts(client: TestClient, records: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the result of each record."""
    for first in range(0, len(records), BATCH):
        answer = client.post("/validate", json={"records": records[first : first + BATCH]})
        assert answer.status_code == 200, answer.text
        yield from answer.json()["results"]


def codes(results: Iterator[dict[str, Any]], decision: str) -> set[str]:
    """Return the codes with which records met a decision."""
    return {
        reason["code"]
        for result in results
        for reason in result["reasons"]
        if reason["decision"] == decision
    }


@pytest.fixture(scope="module")
def release(first_night: Night) -> Path:
    return first_night.workspace / "releases" / current(first_night.workspace)


@pytest.fixture(scope="module")
def client(first_night: Night) -> Iterator[TestClient]:
    with client_of(Folder(root=first_night.workspace)) as opened:
        yield opened


# P95 below 100 ms on 100,000 entities is measured by benchmarks/validate.py.
@pytest.mark.requirement("S1.M6.B5")
def test_wrong_segments_are_rejected_with_a_reason_and_the_golden_set_never_is(
    client: TestClient, release: Path
) -> None:
    golden = [*golden_orders(release), *golden_masters(release)]
    assert len(golden) > 5_000
    assert codes(verdicts(client, golden), "reject") == set()
    stated = [record for record in golden if record.get("segments")]
    for change, code in (
        ({"segment_id": "nobody"}, "SEGMENT_UNKNOWN"),
        ({"valid_to": "2000-01-01"}, "SEGMENT_EXPIRED"),
        ({"scheme_id": "nothing"}, "SCHEME_UNKNOWN"),
    ):
        wrong = [
            record | {"segments": [{**record["segments"][0], **change}]}
            for record in stated[:2_000]
        ]
        results = list(verdicts(client, wrong))
        assert {result["decision"] for result in results} == {"reject"}
        assert codes(iter(results), "reject") == {code}
    swapped = mismatched(stated)
    results = list(verdicts(client, swapped))
    assert {result["decision"] for result in results} == {"reject"}
    assert codes(iter(results), "reject") == {"SEGMENT_MISMATCH"}


def mismatched(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return records that state a segment which their scheme gives to others."""
    by_scheme: dict[str, set[str]] = {}
    for record in records:
        for one in record["segments"]:
            by_scheme.setdefault(one["scheme_id"], set()).add(one["segment_id"])
    found: list[dict[str, Any]] = []
    for record in records[:2_000]:
        one = record["segments"][0]
        others = sorted(by_scheme[one["scheme_id"]] - {one["segment_id"]})
        if others:
            found.append(record | {"segments": [{**one, "segment_id": others[0]}]})
    return found


def test_every_example_of_the_page_is_answered(client: TestClient) -> None:
    lines = "\n".join("\n".join(block) for block in code_blocks("api.md", "sh"))
    commands = [shlex.split(command) for command in re.split(r"\n(?=curl )", lines)]
    assert len(commands) >= 6
    first = client.get("/segments", params={"scheme": "abc_margin"}).json()["items"][0]
    unit = f"{first['product_code']}@{first['site_code']}"
    for words in commands:
        assert words[:2] == ["curl", "-s"]
        # The unit of the page is the demo's; this company is smaller.
        route = words[2].removeprefix("$API").replace(UNIT_OF_THE_PAGE, unit)
        given = dict(zip(words[3::2], words[4::2], strict=True))
        if "-d" in given:
            name, _, value = given["-H"].partition(": ")
            answer = client.post(route, content=given["-d"], headers={name: value})
        else:
            answer = client.get(route)
        assert answer.status_code == 200, (words, answer.text)
        assert answer.json()["release_id"]
