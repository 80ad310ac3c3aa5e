"""Packages and weights: what the systems know of units beyond the one a product is counted in.

Some products counted in pieces come in cases and pallets and have a weight. A line whose quantity
fills whole cases is written in cases, one of a product by weight at times in grams; what is true
stays the same number of base units. One product's factors contradict each other, and no line of
it is written in anything but its base unit, so that only what is planted hangs on them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from data.generator.catalogue import delivered_products
from data.generator.plan import Plan

CASE_SIZES = (4, 5, 6, 10, 12)
CASED_SHARE = 0.4
CASES_ON_A_PALLET = 40
GRAMS_IN_A_KILOGRAM = 1_000
LARGEST_IN_GRAMS = 50
# of the product whose factors contradict each other: a pallet of 40 cases of 12 is not 500 pieces
WRONG_CASE, WRONG_PALLET = 12, 500

# our words for units, and the codes of UN/ECE Recommendations 20 and 21
STANDARD = {"EA": "EA", "M": "MTR", "KG": "KGM", "G": "GRM", "CS": "CS", "PAL": "PX"}


def packages(plan: Plan, products: pl.DataFrame) -> pl.DataFrame:
    """One row per product: pieces in a case, 0 where there are none, and grams of a piece."""
    random = plan.stream("packages")
    size = random.choice(CASE_SIZES, products.height)
    is_piece = (products["unit"] == "EA").to_numpy()
    is_cased = (random.random(products.height) < CASED_SHARE) & is_piece
    grams = 5 * random.integers(1, 800, products.height)
    return products.select("product").with_columns(
        case_size=pl.Series(np.where(is_cased, size, 0)), grams=pl.Series(grams)
    )


def in_stated_units(lines: pl.DataFrame) -> pl.DataFrame:
    """Add stated_units and stated_unit to lines with unit, units, order and case_size."""
    cases = (pl.col("case_size") > 0) & (pl.col("units") % pl.col("case_size") == 0)
    grams = (pl.col("unit") == "KG") & (pl.col("units") <= LARGEST_IN_GRAMS)
    grams &= pl.col("order") % 5 == 0
    return lines.with_columns(
        stated_units=pl.when(cases)
        .then(pl.col("units") // pl.col("case_size").replace(0, 1))
        .when(grams)
        .then(pl.col("units") * GRAMS_IN_A_KILOGRAM)
        .otherwise("units"),
        stated_unit=pl.when(cases)
        .then(pl.lit("CS"))
        .when(grams)
        .then(pl.lit("G"))
        .otherwise("unit"),
    )


def unit_factors(plan: Plan, records: pl.DataFrame, packed: pl.DataFrame, erp: str) -> pl.DataFrame:
    """One row per factor that an ERP keeps of a product it delivers.

    1 unit = numerator / denominator to_unit. Each product has its base unit, one in pieces its
    weight; `is_wrong` marks the factors that contradict each other, which only the north has.
    """
    known = delivered_products(records, erp, plan).join(
        packed, on="product", how="left", maintain_order="left"
    )
    clashing, bare = odd_products(records, packed, erp)
    known = known.filter(pl.col("source_key") != bare)
    pieces, cased = known.filter(unit="EA"), known.filter(pl.col("case_size") > 0)
    frames = [_factors(rows, unit, unit, pl.lit(1)) for (unit,), rows in known.group_by("unit")]
    frames += [
        _factors(pieces, "KG", "EA", pl.lit(GRAMS_IN_A_KILOGRAM), pl.col("grams")),
        _factors(cased, "CS", "EA", pl.col("case_size")),
        _factors(cased, "PAL", "CS", pl.lit(CASES_ON_A_PALLET)),
    ]
    if clashing and plan.defect_share:
        wrong = known.filter(source_key=clashing)
        frames += [
            _factors(wrong, "CS", "EA", pl.lit(WRONG_CASE), is_wrong=True),
            _factors(wrong, "PAL", "CS", pl.lit(CASES_ON_A_PALLET), is_wrong=True),
            _factors(wrong, "PAL", "EA", pl.lit(WRONG_PALLET), is_wrong=True),
        ]
    return pl.concat(frames).sort("source_key", "unit", "to_unit")


def _factors(
    rows: pl.DataFrame,
    unit: str,
    to_unit: str,
    numerator: pl.Expr,
    denominator: pl.Expr | None = None,
    *,
    is_wrong: bool = False,
) -> pl.DataFrame:
    return rows.select(
        "source_key",
        unit=pl.lit(unit),
        to_unit=pl.lit(to_unit),
        numerator=numerator.cast(pl.Int64),
        denominator=(pl.lit(1) if denominator is None else denominator).cast(pl.Int64),
        is_wrong=pl.lit(is_wrong),
    )


def contradicting(factors: pl.DataFrame) -> tuple[tuple[int, str, str], ...]:
    """Return row, kind and code of the factors that contradict each other."""
    rows = factors.with_row_index("row").filter("is_wrong")["row"]
    return tuple((row, "contradiction", "ROW_UOM") for row in rows)


def odd_products(records: pl.DataFrame, packed: pl.DataFrame, erp: str) -> tuple[str, str]:
    """Return two products of an ERP in pieces without cases: of contradicting and of no factors.

    They are the oldest, so that every plan delivers them. Factors contradict each other only in
    the north; elsewhere the first is empty.
    """
    loose = records.join(packed, on="product", how="left", maintain_order="left").filter(
        (pl.col("system") == erp) & (pl.col("unit") == "EA") & (pl.col("case_size") == 0)
    )
    first, second = loose.sort("record")["source_key"].head(2)
    return first if erp == "erp_north" else "", second


def unit_codes(written: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """One row per code that a system writes otherwise than the standard; both write KG."""
    rows = [
        (system, code, STANDARD[word])
        for system, codes in written.items()
        for word, code in codes.items()
        if code not in {STANDARD[word], "KG"}
    ]
    schema = ["system", "delivered_code", "unit_code"]
    return pl.DataFrame([*rows, ("*", "KG", "KGM")], schema=schema, orient="row")
