"""Customers and suppliers: who they truly are, and the accounts that systems keep for them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator import words
from data.generator.network import SITES, with_check_digit
from data.generator.plan import REFERENCE_DAYS, Plan

COUNTRIES_NEAR = {
    "HAM": ("DE", "DE", "DE", "CH"),
    "RTM": ("NL", "NL", "GB"),
    "LYO": ("FR", "FR", "CH"),
    "MMA": ("SE",),
    "ATL": ("US", "US", "US", "CA"),
    "DAL": ("US",),
}
SITE_WEIGHTS = (0.27, 0.16, 0.16, 0.08, 0.20, 0.13)
NEVER = 2**31 - 1
PLAIN_LETTERS = {ord("ö"): "oe", ord("ä"): "ae", ord("ü"): "ue", ord("é"): "e", ord("è"): "e"}
ACCOUNT_PREFIX = {"erp_north": "N", "erp_south": "S"}


def true_customers(plan: Plan) -> pl.DataFrame:
    """One row per true customer, those that appear after `as_of` included.

    `weight` is the customer's pull on orders, `discount` the share of list margin given away.
    """
    random = plan.stream("customers")
    count = round(plan.customers / 0.925)
    home = random.choice(len(SITES), count, p=SITE_WEIGHTS)
    country = np.array([random.choice(COUNTRIES_NEAR[SITES[at].code]) for at in home])
    is_southern = np.isin(home, [4, 5])
    is_both = random.random(count) < 0.14
    new_day = plan.start_day + random.integers(5, 2 * REFERENCE_DAYS, count)
    old_day = plan.start_day - random.integers(30, 4_000, count)
    created = np.where(random.random(count) < 0.85, old_day, new_day)
    closed = np.where(random.random(count) < 0.08, _later(random, plan, created), NEVER)
    return pl.DataFrame(
        {
            "customer": np.arange(count),
            "customer_id": [f"C{number:06d}" for number in range(1, count + 1)],
            "name": [_company(random, at) for at in country],
            "country": country,
            "city": [random.choice(words.CITIES[at]) for at in country],
            "postal_code": [f"{number:05d}" for number in random.integers(1_000, 99_999, count)],
            "tax_number": [_tax_number(random, at) for at in country],
            "duns_number": [
                f"{number:09d}" for number in _distinct(random, count, 10**7, 10**9 - 2)
            ],
            "gln": [with_check_digit(f"54{n:010d}") for n in _distinct(random, count, 0, 10**10)],
            "customer_group": random.choice(
                words.CUSTOMER_GROUPS, count, p=(0.3, 0.3, 0.2, 0.15, 0.05)
            ),
            "currency": [words.CURRENCY_OF[at] for at in country],
            "home": home,
            "erp_north": ~is_southern | is_both,
            "erp_south": is_southern | is_both,
            "crm": random.random(count) < 0.8,
            "created": created,
            "closed": closed,
            "weight": np.exp(1.15 * random.standard_normal(count)),
            "discount": np.minimum(random.gamma(2.0, 0.06, count), 0.35),
        }
    )


def customer_accounts(plan: Plan, customers: pl.DataFrame) -> pl.DataFrame:
    """One row per customer account of one system, with the identifiers that system holds.

    A customer may have two accounts in one system. `is_obsolete` marks accounts flagged for
    deletion, which never order. `cross_reference` is the number the CRM and one ERP share.
    """
    north = _erp_accounts(plan, customers, "erp_north", tax=0.90, duns=0.40, gln=0.30)
    south = _erp_accounts(plan, customers, "erp_south", tax=0.75, duns=0.55, gln=0.10)
    crm = _crm_accounts(plan, customers, pl.concat([north, south]))
    return pl.concat([north, south, crm])


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
        names=_spelt(random, rows["name"].to_list(), np.where(is_double, 0.8, 0.25)),
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
        names=_spelt(random, rows["name"].to_list(), np.where(is_double, 0.9, 0.4)),
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


def true_suppliers(plan: Plan) -> pl.DataFrame:
    """One row per supplier; lead times are gamma with this mean (days) and relative deviation."""
    random = plan.stream("suppliers")
    count = plan.suppliers
    countries = ("DE", "NL", "FR", "SE", "GB", "US", "CN")
    country = random.choice(countries, count, p=(0.28, 0.1, 0.12, 0.06, 0.08, 0.22, 0.14))
    mean = random.uniform(10, 60, count)
    return pl.DataFrame(
        {
            "supplier": np.arange(count),
            "supplier_id": [f"V{number:05d}" for number in range(1, count + 1)],
            "north_key": [f"{300_000 + 13 * number:010d}" for number in range(count)],
            "south_key": [f"V-{7_000 + 3 * number:05d}" for number in range(count)],
            "name": [_company(random, at) for at in country],
            "country": country,
            "currency": [words.CURRENCY_OF[at] for at in country],
            "tax_number": [_tax_number(random, at) for at in country],
            "duns_number": [
                f"{number:09d}" for number in _distinct(random, count, 10**7, 10**9 - 2)
            ],
            "has_duns_north": random.random(count) < 0.8,
            "has_duns_south": random.random(count) < 0.8,
            "is_blocked": random.random(count) < 0.03,
            "lead_mean_days": mean,
            "lead_cv": random.uniform(0.15, 0.55, count),
            "planned_days": np.rint(mean * random.uniform(0.85, 1.15, count)).astype(np.int64),
            "weight": random.pareto(1.3, count) + 0.2,
        }
    )


def _later(
    random: np.random.Generator, plan: Plan, created: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    first = np.maximum(created, plan.start_day) + 200
    return first + random.integers(0, 2 * REFERENCE_DAYS, len(created))


def _distinct(
    random: np.random.Generator, count: int, low: int, high: int
) -> npt.NDArray[np.int64]:
    """Draw numbers without repetition, one from each of `count` equal intervals, shuffled."""
    width = (high - low) // count
    return random.permutation(low + width * np.arange(count) + random.integers(0, width, count))


def _company(random: np.random.Generator, country: str) -> str:
    surname = random.choice(words.SURNAMES)
    partner = f" & {random.choice(words.SURNAMES)}" if random.random() < 0.45 else ""
    trade, form = random.choice(words.TRADES[country]), random.choice(words.LEGAL_FORMS[country])
    return f"{surname}{partner} {trade} {form}"


def _tax_number(random: np.random.Generator, country: str) -> str:
    number = int(random.integers(10**8, 10**9))
    if country == "US":
        return f"{number // 10**7:02d}-{number % 10**7:07d}"
    if country == "NL":
        return f"NL{number}B01"
    if country == "FR":
        return f"FR{random.integers(10, 98)}{number}"
    return f"{country}{number}"


def _spelt(
    random: np.random.Generator, names: list[str], change: npt.NDArray[np.float64]
) -> list[str]:
    """Spell names as different clerks do: `change` is the chance that a spelling differs."""
    differs = random.random(len(names)) < change
    manner = random.integers(0, 6, len(names))
    return [
        _respelt(name, int(how)) if other else name
        for name, other, how in zip(names, differs, manner, strict=True)
    ]


def _respelt(name: str, manner: int) -> str:
    if manner == 0:
        return name.upper()
    if manner == 1:
        return name.replace(" & ", " + ") if " & " in name else f"{name.split(' ')[0]}, {name}"
    if manner == 2:
        return name.rsplit(" ", 1)[0]
    if manner == 3:
        return name.translate(PLAIN_LETTERS)
    if manner == 4:
        middle = len(name) // 2
        return name[:middle] + name[middle + 1] + name[middle] + name[middle + 2 :]
    return f'{name} "{name.split(" ")[0]}"'
