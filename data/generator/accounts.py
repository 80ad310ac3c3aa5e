"""The accounts that systems keep for customers: incomplete, differently spelt, some twice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.plan import Plan
from data.generator.spelling import misremembered, spelt

ACCOUNT_PREFIX = {"erp_north": "N", "erp_south": "S"}


def customer_accounts(plan: Plan, customers: pl.DataFrame) -> pl.DataFrame:
    """One row per customer account of one system, with the identifiers that system holds.

    A customer may have two accounts in one system. `is_obsolete` marks accounts flagged for
    deletion, which never order. `cross_reference` is the number the CRM and one ERP share.
    """
    north = _erp_accounts(plan, customers, "erp_north", tax=0.90, duns=0.40, gln=0.30)
    south = _erp_accounts(plan, customers, "erp_south", tax=0.75, duns=0.55, gln=0.10)
    crm = _crm_accounts(plan, customers, pl.concat([north, south]))
    return misremembered(plan, pl.concat([north, south, crm]))


def _erp_accounts(
    plan: Plan, customers: pl.DataFrame, system: str, *, tax: float, duns: float, gln: float
) -> pl.DataFrame:
    random = plan.stream("accounts", len(system), ord(system[4]))
    known = customers.filter(pl.col(system))
    extra = known.filter(pl.Series(random.random(known.height) < 0.04))
    obsolete = known.filter(pl.Series(random.random(known.height) < 0.012))
    if system == "erp_south":
        obsolete = obsolete.clear()
    rows = pl.concat(
        [
            known.with_columns(is_double=pl.lit(False), is_obsolete=pl.lit(False)),
            extra.with_columns(is_double=pl.lit(True), is_obsolete=pl.lit(False)),
            obsolete.with_columns(is_double=pl.lit(True), is_obsolete=pl.lit(True)),
        ]
    )
    delay = np.where(rows["is_double"], random.integers(60, 700, rows.height), 0)
    rows = rows.with_columns(created=pl.col("created") + pl.Series(delay))
    rows = rows.sort("created", "customer", "is_double", "is_obsolete")
    numbers = np.arange(rows.height)
    if system == "erp_north":
        keys = [f"{100_000 + 7 * number:010d}" for number in numbers]
    else:
        keys = [f"CUST-{20_000 + 3 * number:05d}" for number in numbers]
    is_double = rows["is_double"].to_numpy()
    return _account_frame(
        rows,
        system=system,
        keys=keys,
        names=spelt(random, rows["name"].to_list(), np.where(is_double, 0.8, 0.25)),
        tax=random.random(rows.height) < np.where(is_double, tax / 2, tax),
        duns=random.random(rows.height) < np.where(is_double, duns / 2, duns),
        gln=random.random(rows.height) < np.where(is_double, 0.0, gln),
        cross_reference=[f"{ACCOUNT_PREFIX[system]}-{key}" for key in keys],
    )


def _crm_accounts(plan: Plan, customers: pl.DataFrame, erp: pl.DataFrame) -> pl.DataFrame:
    random = plan.stream("accounts crm")
    known = customers.filter(pl.col("crm"))
    extra = known.filter(pl.Series(random.random(known.height) < 0.05))
    rows = pl.concat(
        [
            known.with_columns(is_double=pl.lit(False), is_obsolete=pl.lit(False)),
            extra.with_columns(is_double=pl.lit(True), is_obsolete=pl.lit(False)),
        ]
    ).sort("created", "customer", "is_double")
    main = erp.filter(~pl.col("is_double")).sort("system", "account")
    main = main.unique("customer", keep="first", maintain_order=True)
    references = rows.select("customer").join(
        main.select("customer", "cross_reference"), on="customer", how="left", maintain_order="left"
    )["cross_reference"]
    is_double = rows["is_double"].to_numpy()
    holds = random.random(rows.height) < np.where(is_double, 0.1, 0.6)
    return _account_frame(
        rows,
        system="crm",
        keys=[f"A-{500_000 + 11 * number:07d}" for number in range(rows.height)],
        names=spelt(random, rows["name"].to_list(), np.where(is_double, 0.9, 0.4)),
        tax=random.random(rows.height) < np.where(is_double, 0.25, 0.60),
        duns=random.random(rows.height) < np.where(is_double, 0.15, 0.35),
        gln=random.random(rows.height) < 0.15,
        cross_reference=[r if held else None for r, held in zip(references, holds, strict=True)],
    )


def _account_frame(
    rows: pl.DataFrame,
    *,
    system: str,
    keys: list[str],
    names: list[str],
    tax: npt.NDArray[np.bool_],
    duns: npt.NDArray[np.bool_],
    gln: npt.NDArray[np.bool_],
    cross_reference: list[str | None],
) -> pl.DataFrame:
    return rows.select(
        system=pl.lit(system),
        account=pl.int_range(rows.height),
        source_key=pl.Series(keys),
        customer="customer",
        customer_id="customer_id",
        name=pl.Series(names),
        tax_number=pl.when(pl.Series(tax)).then("tax_number"),
        duns_number=pl.when(pl.Series(duns)).then("duns_number"),
        gln=pl.when(pl.Series(gln)).then("gln"),
        cross_reference=pl.Series(cross_reference, dtype=pl.String),
        country="country",
        city="city",
        postal_code="postal_code",
        currency="currency",
        customer_group="customer_group",
        home="home",
        created="created",
        closed="closed",
        weight="weight",
        discount="discount",
        is_double="is_double",
        is_obsolete="is_obsolete",
    )
