"""What was bought in a few lines, as the frames that the supply models take."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from models.supply.sources import Purchased

Line = tuple[str, str, str, int, bool]  # product, site, source, days, whether it came
Purchase = tuple[str, str, str, float]  # product, site, source, units of 12 months
Listing = tuple[str, str, bool, int | None]  # product, supplier, in force, planned days
DUE_DAYS = 20  # what came within them was on time


def bought(
    lines: Sequence[Line],
    *,
    purchases: Sequence[Purchase] = (),
    listings: Sequence[Listing] = (),
    rejected: float = 0.0,
) -> Purchased:
    """One whole order line of ten units for each line, due after DUE_DAYS.

    Sources take their own orders; of what comes, `rejected` units of each line are refused.
    """
    portions = pl.DataFrame(
        [
            (str(at), product, site, source, source, came, 1.0, days, _business(days))
            for at, (product, site, source, days, came) in enumerate(lines)
        ],
        schema={
            **dict.fromkeys(("order_line_id", "product_id", "site_id"), pl.String),
            **dict.fromkeys(("supplier_id", "source_supplier_id"), pl.String),
            "is_received": pl.Boolean,
            "share_rate": pl.Float64,
            "calendar_days": pl.Int64,
            "business_days": pl.Int64,
        },
        orient="row",
    )
    came = pl.col("is_received")
    in_time = came & (pl.col("calendar_days") <= DUE_DAYS)
    delivered = portions.select(
        *("order_line_id", "product_id", "site_id", "supplier_id", "source_supplier_id"),
        is_due=pl.lit(True),
        on_time_millionths=pl.when(in_time).then(1_000_000).otherwise(0).cast(pl.Int64),
        is_in_full=came,
        is_on_time_in_full=in_time,
        received_units=pl.when(came).then(10.0).otherwise(0.0),
        accepted_units=pl.when(came).then(10.0 - rejected).otherwise(0.0),
    )
    return Purchased(
        listings=pl.DataFrame(listings, schema=_LISTING, orient="row"),
        portions=portions,
        lines=delivered,
        purchases=pl.DataFrame(
            [(product, site, source, source, units) for product, site, source, units in purchases],
            schema={
                **dict.fromkeys(("product_id", "site_id", "supplier_id"), pl.String),
                "source_supplier_id": pl.String,
                "ordered_units": pl.Float64,
            },
            orient="row",
        ),
    )


_LISTING = {
    "product_id": pl.String,
    "supplier_id": pl.String,
    "is_in_force": pl.Boolean,
    "planned_lead_time_days": pl.Int64,
}


def _business(days: int) -> int:
    """Working days in so many calendar days from a Monday on."""
    return days // 7 * 5 + min(days % 7, 5)
