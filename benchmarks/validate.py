"""Prints what a check before saving takes: `python -m benchmarks.validate`, with machine and date.

A release of that many products, customers and units is published into a temporary workspace and
served by `tierwise serve`, a process of its own. Clients keep their connection, as screens do. All
records sent are as published: one that is not accepted is counted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.machine import machine
from workspace.folder import Folder
from workspace.releases import file_hashes, publish

LIMIT_MILLISECONDS = 100.0
RELEASE = "2026-06-30_000000000001"
SCHEMES = ("abc_margin", "xyz", "abc_xyz", "demand_pattern")
TABLES = """
create table publish_manifest as
select '{release}' as release_id, date '2026-06-30' as as_of_date,
    cast(null as varchar) as previous_release_id, 'Measured' as company_title,
    'EUR' as reporting_currency_code;
create table golden_product as
select 'p-' || left(md5('p' || n), 16) as product_id, 'P' || lpad(cast(n as varchar), 8, '0')
        as product_code, cast(null as varchar) as gtin, 'EA' as base_unit_code,
    cast(null as varchar) as manufacturer_part_number, true as is_active
from range({count}) as t(n) order by product_id;
create table golden_customer as
select 'c-' || left(md5('c' || n), 16) as customer_id, 'C' || lpad(cast(n as varchar), 8, '0')
        as leading_source_key, 'DE' as country_code, 'EUR' as currency_code,
    'DE' || (100000000 + n) as tax_number, cast(null as varchar) as duns_number,
    cast(null as varchar) as gln, true as is_active
from range({count}) as t(n) order by customer_id;
create table golden_location as
select 's-' || n as site_id, 'S' || n as site_code from range(10) as t(n);
create table golden_xref as
select * from (
    select 'product' as object_type, 'erp' as namespace, product_code as source_key,
        product_id as golden_id, cast(null as date) as valid_to from golden_product
    union all select 'customer', 'erp', leading_source_key, customer_id, null from golden_customer
    union all select 'site', 'erp', site_code, site_id, null from golden_location
) order by object_type, namespace, source_key;
create table uom_conversion as
select 'erp' as namespace, product_code as source_key, unit_code, cast(null as date) as valid_to,
    factor as numerator, 'converted' as status
from golden_product, (values ('EA', 1), ('CS', 12)) as u(unit_code, factor)
order by namespace, source_key, unit_code;
create table segment_assignment as
select scheme_id, 'product_site' as unit_type, product_id || '@' || site_id as unit_id, site_id,
    product_id, ['A', 'B', 'C'][1 + cast(hash(product_id || scheme_id) % 3 as bigint)]
        as segment_id, date '2026-01-01' as valid_from
from (select product_id, 's-' || (hash(product_id) % 10) as site_id from golden_product),
    (select unnest({schemes}) as scheme_id) order by scheme_id, unit_id;
"""
RECORDS = """
select p.product_code, a.site_id, a.segment_id,
    (select leading_source_key from golden_customer limit 1 offset 17) as customer
from segment_assignment as a join golden_product as p using (product_id)
where a.scheme_id = 'abc_xyz' order by hash(p.product_code) limit ?
"""


@dataclass(frozen=True, kw_only=True)
class Times:
    """Milliseconds of single requests, and how many records were not accepted."""

    milliseconds: list[float]
    not_accepted: int

    def at(self, share: float) -> float:
        """Return the time that a share of the requests kept within."""
        ordered = sorted(self.milliseconds)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def found_workspace(root: Path, count: int, wanted: int) -> list[bytes]:
    """Publish a release of that many entities; return requests that are as published."""
    staged = root / "staged"
    staged.mkdir()
    with duckdb.connect(staged / "tierwise.duckdb") as connection:
        connection.execute(TABLES.format(release=RELEASE, count=count, schemes=list(SCHEMES)))
        rows = connection.execute(RECORDS, [wanted]).fetchall()
    manifest = {
        "release_id": RELEASE,
        "as_of_date": "2026-06-30",
        "previous_release_id": None,
        "files": file_hashes(staged),
    }
    publish(Folder(root=root), staged, manifest)
    return [request(*row) for row in rows]


def request(product: str, site: str, segment: str, customer: str) -> bytes:
    """Return the body of one check of an order line with the segment it was priced by."""
    return json.dumps(
        {
            "kind": "order_line",
            "namespace": "erp",
            "fields": {
                "order_id": "4711",
                "line_number": "10",
                "transaction_type": "sale",
                "customer_id": customer,
                "product_id": product,
                "site_id": site.replace("s-", "S"),
                "order_date": "2026-06-30",
                "quantity_units": "12",
                "unit_code": "CS",
                "net_amount": "99.50",
                "currency_code": "EUR",
                "is_cancelled": False,
            },
            "segments": [{"scheme_id": "abc_xyz", "segment_id": segment}],
        }
    ).encode()


@contextmanager
def served(root: Path, port: int) -> Iterator[None]:
    """Serve a workspace, and end the process that does."""
    program = str(Path(sys.executable).with_name("tierwise"))
    command = [program, "serve", "--workspace", str(root), "--port", str(port)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            time.sleep(0.1)
            try:
                ask(http.client.HTTPConnection("127.0.0.1", port), b"", "GET", "/readyz")
                break
            except OSError:
                continue
        yield
    finally:
        process.terminate()
        process.wait()


def ask(
    connection: http.client.HTTPConnection,
    body: bytes,
    method: str = "POST",
    path: str = "/validate",
) -> str:
    """Return the decision of one request; empty for other routes."""
    connection.request(method, path, body=body, headers={"Content-Type": "application/json"})
    document = json.loads(connection.getresponse().read())
    return str(document.get("decision", ""))


def measured(port: int, bodies: list[bytes]) -> Times:
    """Send requests one after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    milliseconds: list[float] = []
    not_accepted = 0
    for body in bodies:
        began = time.perf_counter()
        decision = ask(connection, body)
        milliseconds.append(1000 * (time.perf_counter() - began))
        not_accepted += decision != "accept"
    return Times(milliseconds=milliseconds, not_accepted=not_accepted)


def together(port: int, bodies: list[bytes], clients: int) -> Times:
    """Send the same requests from several clients at once."""
    with ThreadPoolExecutor(clients) as pool:
        found = list(pool.map(lambda n: measured(port, bodies[n::clients]), range(clients)))
    return Times(
        milliseconds=[one for times in found for one in times.milliseconds],
        not_accepted=sum(times.not_accepted for times in found),
    )


def main() -> int:
    """Measure and print; 1 where P95 of a single client is over the limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validate", description=__doc__)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=2_000)
    parser.add_argument("--port", type=int, default=8_765)
    asked = parser.parse_args()
    lines = [machine(), "", f"{asked.entities:,} products, customers and units"]
    lines.append(f"{'clients':<10}{'P50 ms':>10}{'P95 ms':>10}{'P99 ms':>10}{'not accepted':>14}")
    with tempfile.TemporaryDirectory(prefix="tierwise-validate-") as folder:
        bodies = found_workspace(Path(folder), asked.entities, asked.requests)
        with served(Path(folder), asked.port):
            measured(asked.port, bodies[:50])
            alone = measured(asked.port, bodies)
            for clients, times in ((1, alone), (4, together(asked.port, bodies, 4))):
                shown = "".join(f"{times.at(share):>10.1f}" for share in (0.5, 0.95, 0.99))
                lines.append(f"{clients:<10}{shown}{times.not_accepted:>14}")
    sys.stdout.write("\n".join(lines) + "\n")
    return int(alone.at(0.95) >= LIMIT_MILLISECONDS or alone.not_accepted > 0)


if __name__ == "__main__":
    raise SystemExit(main())
