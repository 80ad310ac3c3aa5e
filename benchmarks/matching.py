"""Prints how well and how fast records are matched: `python -m benchmarks.matching`.

Quality is measured on the demo's planted duplicates and on published data sets with true
identities, beside plain Splink on the same records; speed on a million generated customers. One
set of thresholds for all; nothing is chosen by data set.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from benchmarks.machine import machine
from benchmarks.matching_plain import plain_pairs
from benchmarks.matching_quality import HEAD, linked, resolved
from benchmarks.matching_sets import DATA_SETS, DataSet
from benchmarks.matching_speed import say, speed
from benchmarks.measure import peak_gib
from data.generator.accounts import customer_accounts
from data.generator.catalogue import product_records, true_products
from data.generator.parties import true_customers, true_suppliers
from data.generator.plan import BASE_ORDER_LINES, Plan
from workspace.matching.declaration import Declaration
from workspace.matching.objects import CUSTOMER, PRODUCT
from workspace.matching.scoring import score_records
from workspace.matching.settings import MatchSettings
from workspace.matching.training import train

SETTINGS = MatchSettings.model_validate({})
PLAIN_WEIGHT = 4.25  # a probability of 0.95, at which Splink's examples make clusters


def ours(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> None:
    """Train and score the table `records` into `pairs`."""
    model = train(
        connection, declaration, records="records", settings=SETTINGS, trained_on="2026-06-30"
    )
    score_records(
        connection,
        declaration,
        records="records",
        settings=SETTINGS,
        model=model,
        prior=None,
        into="pairs",
        basis_into="basis",
    )


def demo_frames(scale: int) -> dict[str, tuple[Declaration, pl.DataFrame]]:
    """Return the generator's customer and product records, before any defect, with their truth."""
    plan = Plan(order_lines=BASE_ORDER_LINES * scale, as_of=date(2026, 6, 30))
    accounts = customer_accounts(plan, true_customers(plan))
    products = product_records(true_products(plan, true_suppliers(plan)))
    key = pl.concat_str("system", pl.lit(":"), "source_key")
    file = {"_file": pl.col("system"), "_record": pl.col("source_key")}
    customers = accounts.select(
        "tax_number",
        "duns_number",
        "gln",
        "city",
        "postal_code",
        record_key=key,
        entity="customer_id",
        customer_name="name",
        global_customer_id="cross_reference",
        country_code="country",
        **file,
    ).with_columns(pl.col("tax_number").str.replace_all("[^A-Z0-9]", ""))
    items = products.select(
        "gtin",
        record_key=key,
        entity="product_id",
        product_name="name",
        manufacturer_part_number="part_number",
        manufacturer_name="manufacturer",
        base_unit_code="unit",
        **file,
    )
    return {"customers": (CUSTOMER, customers), "products": (PRODUCT, items)}


def demo(scale: int) -> None:
    """Print the quality on the demo's planted duplicates."""
    for name, (declaration, frame) in demo_frames(scale).items():
        with duckdb.connect() as connection:
            connection.register("frame", frame.to_arrow())
            connection.execute("create table records as select * from frame")
            ours(connection, declaration)
            found = resolved(connection, is_link=False)
        say(found.line(f"demo {name}, scale {scale} ({frame.height:,} records)"))


def published(wanted: DataSet) -> None:
    """Print the quality on a published data set, ours and plain Splink's."""
    for who in ("tierwise", "plain Splink"):
        with duckdb.connect() as connection:
            connection.execute(f"create table records as {wanted.query}")
            if who == "tierwise":
                ours(connection, wanted.declaration)
                found = resolved(connection, is_link=wanted.is_link)
            else:
                plain_pairs(
                    connection, wanted.plain, is_link=wanted.is_link, link_weight=PLAIN_WEIGHT
                )
                found = linked(connection)
        say(found.line(f"{wanted.name}, {who}"))


def main(arguments: list[str]) -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", choices=("demo", "published", "speed", "training", "from-nothing", "changed")
    )
    parser.add_argument("--records", type=int, default=1_000_000, help="Customers for speed.")
    parser.add_argument(
        "--folder",
        type=Path,
        help="Keep the nights of the speed parts here, so that `changed` finds the night before.",
    )
    options = parser.parse_args(arguments)
    say(machine())
    began = time.perf_counter()
    if options.only in (None, "demo", "published"):
        say(f"\n{HEAD}")
    if options.only in (None, "demo"):
        demo(1)
        demo(20)
    if options.only in (None, "published"):
        for wanted in DATA_SETS:
            published(wanted)
    if options.only not in ("demo", "published"):
        say()
        part = options.only if options.only != "speed" else None
        with tempfile.TemporaryDirectory() as scratch:
            speed(options.folder or Path(scratch), options.records, part)
    peak = peak_gib()
    say(f"\n{time.perf_counter() - began:.0f} s in all, at most {peak:.1f} GiB of memory")


if __name__ == "__main__":
    main(sys.argv[1:])
