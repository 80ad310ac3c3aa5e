"""What the CRM delivers: accounts of both ERPs' customers under numbers of its own."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.generator import contracts
from data.generator.extracts import Master, master_shape
from data.generator.network import SITES
from data.generator.plan import Plan
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEM = "crm"
DIALECT = Dialect(
    delimiter=",",
    encoding="utf-8",
    date_format="%Y-%m-%d",
    decimal_mark=".",
    thousands_mark="",
)
NO_DUNS = "999999999"
# The pick list of an administrator who has written one definition anew; see the vocabulary.
SEGMENTS = (
    ("TRADE", "Trade", "Builds in or repairs for others; buys for a job, mostly at short notice."),
    ("INDUSTRY", "Industry", "Uses the goods in a production or a plant of its own."),
    ("RETAIL", "Retail", "Sells on to consumers over a counter."),
    ("PUBLIC", "Public", "Buys under public procurement law."),
)


def masters(plan: Plan, world: World) -> dict[str, Master]:
    """Return the extracts that are delivered whole, by name."""
    listed = pl.DataFrame(SEGMENTS, schema=["segment_code", "label", "description"], orient="row")
    return {
        "accounts": _accounts(plan, world),
        "segments": Master(frame=listed, free_text=("description",)),
        **contracts.masters(plan, world, DIALECT),
    }


def _accounts(plan: Plan, world: World) -> Master:
    """One row per account; accounts changed since they were opened come a second time, older."""
    random = plan.stream("crm changes")
    rows = world.accounts.filter(pl.col("system") == SYSTEM)
    changed = random.random(rows.height) < 0.03
    delay = random.integers(20, 900, rows.height)
    no_duns = random.random(rows.height) < 0.04
    spaced = random.random(rows.height) < 0.3
    rows = rows.with_columns(
        is_changed=pl.Series(changed),
        modified=pl.col("created") + pl.Series(np.where(changed, delay, 0)),
        no_duns=pl.Series(no_duns),
        spaced=pl.Series(spaced),
    ).filter(pl.col("created") <= plan.as_of_day)
    newest = rows.with_columns(modified=pl.min_horizontal("modified", plan.as_of_day))
    older = rows.filter(
        "is_changed" and pl.col("is_changed") & (pl.col("modified") <= plan.as_of_day)
    )
    older = older.with_columns(modified=pl.col("created"), customer_group=pl.lit("Prospect"))
    frame = _written(plan, pl.concat([newest, older]).sort("account", "modified"))
    shape = master_shape(frame, "A-99", date="created_on", text="account_name", conflicts=False)
    return Master(frame=frame, free_text=("account_name",), shape=shape)


def _written(plan: Plan, rows: pl.DataFrame) -> pl.DataFrame:
    tax = pl.col("tax_number")
    spaced = (
        tax.str.slice(0, 2) + pl.lit(" ") + tax.str.slice(2, 3) + pl.lit(" ") + tax.str.slice(5)
    )
    closed = pl.col("closed") <= plan.as_of_day
    return rows.select(
        account_id="source_key",
        account_name="name",
        country="country",
        city="city",
        postal_code="postal_code",
        tax_number=pl.when("spaced").then(spaced).otherwise(tax),
        duns_number=pl.when(pl.col("no_duns") & pl.col("duns_number").is_null())
        .then(pl.lit(NO_DUNS))
        .otherwise("duns_number"),
        gln="gln",
        erp_reference="cross_reference",
        segment="customer_group",
        region=pl.col("home").replace_strict({at: s.name for at, s in enumerate(SITES)}),
        currency="currency",
        created_on=DIALECT.day(pl.col("created")),
        modified_on=DIALECT.day(pl.col("modified")),
        status=pl.when(closed).then(pl.lit("inactive")).otherwise(pl.lit("active")),
    )
