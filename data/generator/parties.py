"""Customers and suppliers as they truly are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator import words
from data.generator.network import SITES, with_check_digit
from data.generator.plan import REFERENCE_DAYS, Plan
from data.generator.tax_numbers import tax_number

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

Days = npt.NDArray[np.int64]


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
    created, closed = _lives(random, plan, count)
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
            "planned_days": np.rint(mean * random.uniform(1.0, 1.35, count)).astype(np.int64),
            "weight": random.pareto(1.3, count) + 0.2,
        }
    )


def _lives(random: np.random.Generator, plan: Plan, count: int) -> tuple[Days, Days]:
    """Draw the days on which customers come, most before the start, and on which some go."""
    new_day = plan.start_day + random.integers(5, 2 * REFERENCE_DAYS, count)
    old_day = plan.start_day - random.integers(30, 4_000, count)
    created = np.where(random.random(count) < 0.85, old_day, new_day)
    later = (
        np.maximum(created, plan.start_day) + 200 + random.integers(0, 2 * REFERENCE_DAYS, count)
    )
    return created, np.where(random.random(count) < 0.08, later, NEVER)


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
    """Draw a number of the form its country gives, with the check digits where we know them."""
    number = int(random.integers(10**8, 10**9))
    if country == "FR":
        random.integers(10, 98)  # what was the key before it was computed: draws after it stay
    return tax_number(country, number)
