"""Items whose factors cannot contradict each other, converted all at once.

Most items are plain: each unit has one factor, straight into the base unit and without a date, and
no two units (the base unit among them) measure the same dimension, so that their graph is a tree.
What the walk of `models.units.graph` would say of them, whole columns say in a hundredth of the
time.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from models.units.constants import DIMENSION

ITEM = ("namespace", "source_key")
SCALE = 10**8  # factors come with eight decimals


def whole(name: str) -> pl.Expr:
    """A factor as a whole number of its last decimals: exact, below 10**18."""
    return (pl.col(name).cast(pl.Decimal(38, 8)) * SCALE).cast(pl.Int128).cast(pl.Int64)


def plain_items(items: pl.DataFrame, factors: pl.DataFrame, used: pl.DataFrame) -> pl.DataFrame:
    """Return item and base_unit_code of the items that are plain."""
    based = items.filter(pl.col("base_unit_code").is_not_null())
    stated = factors.join(based, on=ITEM, how="inner")
    is_itself = pl.col("unit_code") == pl.col("base_unit_code")
    goes_to_base = pl.col("to_unit_code").fill_null(pl.col("base_unit_code")) == pl.col(
        "base_unit_code"
    )
    says_nothing = is_itself & goes_to_base & (pl.col("numerator") == pl.col("denominator"))
    tree = stated.group_by(ITEM).agg(
        is_star=(goes_to_base & pl.col("valid_from").is_null() & (~is_itself | says_nothing)).all(),
        has_one_each=pl.col("unit_code").is_duplicated().any().not_(),
    )
    units = pl.concat(
        [
            stated.select(*ITEM, "unit_code"),
            used.select(*ITEM, "unit_code"),
            based.select(*ITEM, unit_code="base_unit_code"),
        ]
    ).unique()
    dimension = pl.col("unit_code").replace_strict(DIMENSION, default=None)
    measured = units.group_by(ITEM).agg(
        is_measured_once=dimension.drop_nulls().is_duplicated().any().not_()
    )
    known = pl.concat(
        [stated.select(*ITEM, "unit_code"), based.select(*ITEM, unit_code="base_unit_code")]
    )
    loose = used.join(known, on=[*ITEM, "unit_code"], how="anti").select(ITEM).unique()
    return (
        based.join(tree, on=ITEM, how="left")
        .join(measured, on=ITEM, how="left")
        .filter(
            pl.col("is_star").fill_null(value=True),
            pl.col("has_one_each").fill_null(value=True),
            pl.col("is_measured_once"),
        )
        .join(loose, on=ITEM, how="anti")
        .select(*ITEM, "base_unit_code")
    )


def plain_rows(plain: pl.DataFrame, factors: pl.DataFrame, *, since: pl.Expr) -> pl.DataFrame:
    """Return the conversions of plain items, that of the base unit among them."""
    base = plain.with_columns(
        unit_code="base_unit_code",
        numerator=pl.lit(1, pl.Int64),
        denominator=pl.lit(1, pl.Int64),
        status=pl.lit("base"),
    )
    stated = factors.join(plain, on=ITEM, how="inner").filter(
        pl.col("unit_code") != pl.col("base_unit_code")
    )
    numerator, denominator = (
        stated.select(whole(name)).to_series().to_numpy() for name in ("numerator", "denominator")
    )
    divisor = np.gcd(numerator, denominator)
    converted = stated.select(
        *ITEM,
        "base_unit_code",
        "unit_code",
        numerator=pl.Series(numerator // divisor, dtype=pl.Int64),
        denominator=pl.Series(denominator // divisor, dtype=pl.Int64),
        status=pl.lit("converted"),
    )
    return pl.concat([base.select(converted.columns), converted]).with_columns(
        valid_from=since,
        valid_to=pl.lit(None, pl.Date),
        detail=pl.lit(None, pl.String),
    )
