"""The trees that sales, logistics and finance hang customers in, and where they do not agree.

Each customer belongs to a group of its region, and all three functions know the same groups: sales
below a district, logistics below a depot, finance below a currency. Some customers have changed
group, one of them some weeks before anybody told; of some, sales says so and logistics does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from data.generator import words
from data.generator.network import SITES
from data.generator.parties import NEVER
from data.generator.plan import REFERENCE_DAYS, Plan, day_number
from data.generator.world import World

VIEWS = ("sales", "logistics", "finance")
CUSTOMERS_PER_GROUP = 6
# Shares of customers by what happens to their place, one after the other.
FATES = {"moved": 0.08, "two_views": 0.05, "two_views_open": 0.04, "two_systems": 0.03}
WITHOUT_FINANCE_GROUP = 0.15
# One customer changes on the first of these days, and no system says so before the second; another
# hangs on two groups at a time from the day of its fate on.
LATE, TWICE = 7, 11
LATE_DAYS = (date(2026, 6, 10), date(2026, 7, 1))
REGIONS = {"HAM": "EU", "RTM": "EU", "LYO": "EU", "MMA": "EU", "ATL": "US", "DAL": "US"}
CURRENCIES = {"HAM": "EUR", "RTM": "EUR", "LYO": "EUR", "MMA": "SEK", "ATL": "USD", "DAL": "USD"}
# What logistics and finance call the groups of customers that sales distinguishes.
SEGMENT_OF = {
    "Contractor": "TRADE",
    "Installer": "TRADE",
    "Industry": "INDUSTRY",
    "Retail": "RETAIL",
    "Public": "PUBLIC",
}
CODES = {
    ("erp_north", "logistics"): {"TRADE": "SITE", "INDUSTRY": "DOCK", "RETAIL": "SHOP",
                                 "PUBLIC": "OFFICE"},
    ("erp_north", "finance"): {"TRADE": "10", "INDUSTRY": "20", "RETAIL": "30", "PUBLIC": "40"},
    ("erp_south", "logistics"): {"TRADE": "JOBSITE", "INDUSTRY": "PLANT", "RETAIL": "STORE",
                                 "PUBLIC": "AGENCY"},
    ("erp_south", "finance"): {"TRADE": "T", "INDUSTRY": "I", "RETAIL": "R", "PUBLIC": "P"},
}  # fmt: skip
# How often a function takes a customer for something else than sales does.
MISJUDGED = {"logistics": 0.14, "finance": 0.09}
ACCOUNT = ("system", "source_key", "customer_group")


@dataclass(frozen=True, kw_only=True)
class Grown:
    """Rows of the trees as they stand on `as_of`, day numbers for days.

    nodes: view, node, parent, name; places: system, source_key, view, node, first, end, segment;
    planted: what the truth tells of the places in question.
    """

    nodes: pl.DataFrame
    places: pl.DataFrame
    planted: pl.DataFrame


def grow(plan: Plan, world: World) -> Grown:
    """Draw the trees of all systems."""
    customers = _fates(plan, world)
    accounts = world.accounts.filter((pl.col("created") <= plan.as_of_day) & ~pl.col("is_obsolete"))
    placed = accounts.select("system", "source_key", "customer", "created", "customer_group").join(
        customers, on="customer", how="left", maintain_order="left"
    )
    frames = [_places(placed, view) for view in VIEWS]
    places = pl.concat(frames).sort("view", "system", "source_key", "first")
    return Grown(
        nodes=_nodes(plan, world),
        places=_with_codes(plan, places),
        planted=_planted(customers, accounts),
    )


def _groups_of(world: World) -> list[int]:
    """Return the number of groups of each site's region."""
    counted = np.bincount(world.customers["home"].to_numpy(), minlength=len(SITES))
    return [max(2, round(count / CUSTOMERS_PER_GROUP)) for count in counted]


def _fates(plan: Plan, world: World) -> pl.DataFrame:
    """One row per true customer: its group, another one, and what happens when."""
    random = plan.stream("customer trees")
    home = world.customers["home"].to_numpy()
    groups = np.array(_groups_of(world))[home]
    first = (random.random(home.size) * groups).astype(int)
    drawn, day = random.random(home.size), random.integers(60, 2 * REFERENCE_DAYS, home.size)
    without = random.random(home.size) < WITHOUT_FINANCE_GROUP
    bounds = np.cumsum(list(FATES.values()))
    names = np.array([*FATES, "steady"])
    fate = names[np.searchsorted(bounds, drawn, side="right")]
    changed, told = plan.start_day + day, plan.start_day + day
    fate[LATE], changed[LATE], told[LATE] = "late", *(day_number(each) for each in LATE_DAYS)
    fate[TWICE], changed[TWICE], told[TWICE] = "two_parents", plan.start_day, plan.start_day
    fate = np.where(told > plan.as_of_day, "steady", fate)
    return pl.DataFrame(
        {
            "customer": np.arange(home.size),
            "group": [_group(at, number) for at, number in zip(home, first, strict=True)],
            "other": [
                _group(at, (number + 1) % count)
                for at, number, count in zip(home, first, groups, strict=True)
            ],
            "root": [CURRENCIES[SITES[at].code] for at in home],
            "fate": fate,
            "changed": changed,
            "without": (without | (fate == "two_views_open")) & (fate != "two_views"),
        }
    )


def _group(home: int, number: int) -> str:
    return f"G-{SITES[home].code}-{number + 1:03d}"


def _places(placed: pl.DataFrame, view: str) -> pl.DataFrame:
    """Return where accounts hang in a view: one row, or two where they have changed."""
    changes = {
        "sales": ("moved", "late", "two_views", "two_views_open"),
        "logistics": ("moved", "late"),
        "finance": ("moved", "late", "two_views"),
    }[view]
    if view != "sales":
        placed = placed.filter(pl.col("system") != "crm")
    own = pl.when((pl.lit(view) == "finance") & pl.col("without")).then(
        pl.lit("F-") + pl.col("root")
    )
    moves = pl.col("fate").is_in(changes) & (pl.col("changed") > pl.col("created"))
    has_moved = pl.col("fate").is_in(changes)
    disagrees = (pl.col("system") == "crm") & (pl.col("fate") == "two_systems")
    now = own.when(has_moved | disagrees).then("other").otherwise("group")
    first = placed.filter(moves).select(
        *ACCOUNT,
        view=pl.lit(view),
        node=own.otherwise(pl.col("group")),
        first="created",
        end="changed",
    )
    last = placed.select(
        *ACCOUNT,
        view=pl.lit(view),
        node=now,
        first=pl.when(moves).then("changed").otherwise("created"),
        end=pl.lit(NEVER, pl.Int64),
    )
    parts = _moved_or_stayed(first, last)
    return pl.concat([*parts, _second_places(placed, view)] if view == "sales" else parts)


def _moved_or_stayed(first: pl.DataFrame, last: pl.DataFrame) -> list[pl.DataFrame]:
    """Make one row of an account whose first place and last place are the same."""
    stayed = first.join(last, on=["system", "source_key", "view", "node"], how="semi")
    first = first.join(stayed, on=["system", "source_key", "view"], how="anti")
    same = stayed.select("system", "source_key", created="first")
    last = last.join(same, on=["system", "source_key"], how="left", maintain_order="left")
    last = last.with_columns(first=pl.coalesce("created", "first")).drop("created")
    return [first, last]


def _second_places(placed: pl.DataFrame, view: str) -> pl.DataFrame:
    """Return where accounts that hang on two groups at a time hang besides."""
    again = placed.filter((pl.col("fate") == "two_parents") & (pl.col("system") != "crm"))
    return again.select(
        *ACCOUNT,
        view=pl.lit(view),
        node=pl.col("other"),
        first=pl.max_horizontal("changed", pl.col("created") + 1),
        end=pl.lit(NEVER, pl.Int64),
    )


def _nodes(plan: Plan, world: World) -> pl.DataFrame:
    """Return the grouping nodes of the three views, each with the one above it."""
    random = plan.stream("customer groups")
    rows: list[tuple[str, str, str | None, str]] = []
    for region, name in (("EU", "Europe"), ("US", "Americas")):
        rows += [("sales", f"S-{region}", None, name), ("logistics", f"L-{region}", None, name)]
    rows.append(("finance", "F-ALL", None, "Hollin Trading"))
    rows += [("finance", f"F-{code}", "F-ALL", code) for code in ("EUR", "SEK", "USD")]
    for site, count in zip(SITES, _groups_of(world), strict=True):
        region = REGIONS[site.code]
        rows.append(("sales", f"S-{site.code}", f"S-{region}", f"District {site.name}"))
        rows.append(("logistics", f"L-{site.code}", f"L-{region}", f"Depot {site.name}"))
        surnames = random.permutation(words.SURNAMES)
        for number in range(count):
            turn, at = divmod(number, surnames.size)
            name = f"{surnames[at]} Group {site.name}" + (f" {turn + 1}" if turn else "")
            parents = (f"S-{site.code}", f"L-{site.code}", f"F-{CURRENCIES[site.code]}")
            group = f"G-{site.code}-{number + 1:03d}"
            rows += [
                (view, group, parent, name) for view, parent in zip(VIEWS, parents, strict=True)
            ]
    return pl.DataFrame(rows, schema=["view", "node", "parent", "name"], orient="row")


def _with_codes(plan: Plan, places: pl.DataFrame) -> pl.DataFrame:
    """Add the class that each function gives the account; a misjudged one is the next class."""
    segments = list(dict.fromkeys(SEGMENT_OF.values()))
    frames = []
    for (view, system), frame in places.group_by("view", "system", maintain_order=True):
        codes = CODES.get((str(system), str(view)))
        keys = frame["source_key"].unique(maintain_order=True)
        random = plan.stream("segment codes", VIEWS.index(str(view)), len(str(system)))
        wrong = random.random(keys.len()) < MISJUDGED.get(str(view), 0)
        shifts = frame.join(
            pl.DataFrame({"source_key": keys, "shift": wrong.astype(int)}),
            on="source_key",
            how="left",
            maintain_order="left",
        )["shift"]
        named = [
            None if codes is None else codes[_shifted(segments, SEGMENT_OF[group], shift)]
            for group, shift in zip(frame["customer_group"], shifts, strict=True)
        ]
        frames.append(frame.with_columns(segment=pl.Series(named, dtype=pl.String)))
    return pl.concat(frames).drop("customer_group")


def _shifted(segments: list[str], segment: str, shift: int) -> str:
    return segments[(segments.index(segment) + shift) % len(segments)]


def _planted(customers: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """One row per account whose place has changed or is in question."""
    known = accounts.select("system", "source_key", "customer", "customer_id", "created")
    told = known.join(
        customers.filter(pl.col("fate") != "steady"), on="customer", maintain_order="left"
    )
    return told.select(
        "system",
        "source_key",
        "customer_id",
        "fate",
        "group",
        "other",
        since_date=pl.max_horizontal("changed", "created").cast(pl.Int32).cast(pl.Date),
    )
