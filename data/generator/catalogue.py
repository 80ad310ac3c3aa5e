"""Products: what they truly are, the records two ERPs keep of them, and their two hierarchies."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator import words
from data.generator.network import with_check_digit
from data.generator.parties import NEVER
from data.generator.plan import REFERENCE_DAYS, Plan, date_of

SOUTHERN_BANDS = ("Economy", "Standard", "Premium")
YEARLY_INFLATION = 1.025
LEAD_IN_DAYS = 90
UNITS = {"cable": "M", "pipe": "M", "Rivet": "KG", "Washer": "KG"}
SOUTHERN_RATE = 0.92
MISFILED = 0.03


def families() -> pl.DataFrame:
    """One row per product family with the path above it; a code begins with its parent's."""
    rows = [
        (
            f"{d:02d}000",
            f"{d:02d}000{g:02d}000",
            f"{d:02d}000{g:02d}000{f:08d}",
            division,
            group,
            name,
        )
        for d, (division, groups) in enumerate(words.ASSORTMENT.items(), start=1)
        for g, (group, names) in enumerate(groups.items(), start=1)
        for f, name in enumerate(names, start=1)
    ]
    schema = ["division_node", "group_node", "family_node", "division", "group", "family"]
    return pl.DataFrame(rows, schema=schema, orient="row").with_row_index("family_index")


def true_products(plan: Plan, suppliers: pl.DataFrame) -> pl.DataFrame:
    """One row per true product, those launched after `as_of` included.

    `cost` is in EUR at the start's price level; `margin` is the share of list price.
    """
    random = plan.stream("products")
    count = round(plan.products / 0.9)
    held = random.random(count)
    weight = suppliers["weight"].to_numpy()
    supplier = random.choice(suppliers.height, count, p=weight / weight.sum())
    second, has_second = random.integers(0, suppliers.height, count), random.random(count) < 0.2
    return pl.DataFrame(
        {
            "product": np.arange(count),
            "product_id": [f"P{number:06d}" for number in range(1, count + 1)],
            **_described(random, count),
            **_lives(random, plan, count),
            "cost": np.round(np.exp(1.7 + random.standard_normal(count)), 2) + 0.05,
            "margin": 0.10 + 0.38 * random.beta(1.6, 1.9, count),
            "has_standard_cost": random.random(count) > 0.02,
            "erp_north": held < 0.75,
            "erp_south": held > 0.50,
            "shared_by_gtin": random.random(count) < 0.7,
            "has_gtin": random.random(count) < 0.85,
            "supplier": supplier,
            "second_supplier": np.where(has_second & (second != supplier), second, -1),
            "band": random.integers(0, len(SOUTHERN_BANDS), count),
        }
    )


def _described(random: np.random.Generator, count: int) -> dict[str, list[str] | list[int]]:
    """Draw names and identifiers; a part number is unique with its manufacturer, a GTIN alone."""
    tree = families()
    family = random.integers(0, tree.height, count)
    nouns = tree["family"].gather(family).to_list()
    maker = random.integers(0, len(words.MANUFACTURERS), count)
    material, sizes = random.choice(words.MATERIALS, count), random.integers(2, 60, (count, 2))
    return {
        "family_index": family.tolist(),
        "name": [
            f"{noun} {a}x{5 * b} {of}"
            for noun, (a, b), of in zip(nouns, sizes.tolist(), material, strict=True)
        ],
        "unit": [UNITS.get(noun.split(" ")[-1], "EA") for noun in nouns],
        "manufacturer": [words.MANUFACTURERS[at] for at in maker],
        "part_number": [
            f"{words.MANUFACTURERS[of][:2].upper()}-{10_000 + 3 * number}"
            for of, number in zip(maker, random.permutation(count), strict=True)
        ],
        "gtin": [
            with_check_digit(f"{'0' if of % 3 == 0 else '4'}{of:03d}{number:08d}")
            for of, number in zip(maker, random.permutation(count) + 1, strict=True)
        ],
    }


def _lives(random: np.random.Generator, plan: Plan, count: int) -> dict[str, npt.NDArray[np.int64]]:
    """Draw launch days, one in five after the start, and the days on which some products end."""
    launch = np.where(
        random.random(count) < 0.2,
        plan.start_day + random.integers(30, 2 * REFERENCE_DAYS, count),
        plan.start_day - random.integers(200, 3_000, count),
    )
    end = np.maximum(launch, plan.start_day) + random.integers(250, 2 * REFERENCE_DAYS, count)
    return {
        "launch": launch,
        "discontinued": np.where(random.random(count) < 0.16, end, NEVER),
    }


def product_records(products: pl.DataFrame) -> pl.DataFrame:
    """One row per product and ERP that keeps it.

    A product of both ERPs shares its GTIN, or else its manufacturer and part number.
    """
    in_both = pl.col("erp_north") & pl.col("erp_south")
    shows_gtin = pl.when(in_both).then("shared_by_gtin").otherwise("has_gtin")
    shows_part = pl.when(in_both).then(~pl.col("shared_by_gtin")).otherwise(pl.col("band") > 0)
    frames = []
    for system, key in (("erp_north", "00{:06d}"), ("erp_south", "ITM{:06d}")):
        known = products.filter(pl.col(system)).sort("launch", "product")
        step = 7 if system == "erp_north" else 3
        keys = [key.format(100_000 + step * at) for at in range(known.height)]
        frames.append(
            known.with_columns(
                system=pl.lit(system),
                record=pl.int_range(known.height),
                source_key=pl.Series(keys),
                gtin=pl.when(shows_gtin).then("gtin"),
                part_number=pl.when(shows_part).then("part_number"),
                manufacturer=pl.when(shows_part).then("manufacturer"),
            )
        )
    return pl.concat(frames)


def delivered_products(records: pl.DataFrame, system: str, plan: Plan) -> pl.DataFrame:
    """Return the product records that a system holds on `as_of`."""
    known = pl.col("launch") - LEAD_IN_DAYS <= plan.as_of_day
    return records.filter((pl.col("system") == system) & known).sort("record")


def southern_divisions(plan: Plan, records: pl.DataFrame) -> pl.DataFrame:
    """Return the south's records with the division it files each in: of some, another than ours.

    Only products that the north keeps, too, are misfiled, so that there are two opinions.
    """
    tree = families()
    order = list(dict.fromkeys(tree["division"]))
    rows = records.with_columns(
        division=pl.col("family_index").replace_strict(dict(enumerate(tree["division"]))),
        drawn=pl.Series(plan.stream("misfiled products").random(records.height)),
    )
    is_misfiled = pl.col("erp_north") & (pl.col("drawn") < MISFILED)
    following = pl.col("division").replace_strict(
        {name: order[(at + 1) % len(order)] for at, name in enumerate(order)}
    )
    return rows.with_columns(
        is_misfiled=is_misfiled,
        true_division="division",
        division=pl.when(is_misfiled).then(following).otherwise("division"),
    ).drop("drawn")


def price_level(day: int, start_day: int) -> float:
    """Return the price level of a day: prices and costs rise at each turn of the year."""
    return float(YEARLY_INFLATION ** (date_of(day).year - date_of(start_day).year))
