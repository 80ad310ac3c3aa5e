"""Orders: how a week's demand becomes customers' order lines, with prices, returns and numbers."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.catalogue import price_level
from data.generator.demand import RETURN_SHARE, Demand
from data.generator.network import CURRENCIES, ERPS, SITES, month_indexes, monthly_rates
from data.generator.patience import lag_of
from data.generator.plan import Plan
from data.generator.world import World, erp_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WEEKDAY_SHARES = (0.18, 0.17, 0.17, 0.16, 0.14, 0.12, 0.06)
OFF_DAY_SHARE = 0.25
CANCELLED_SHARE = 0.01
NAMED_ORDER_SHARE = 0.85
AHEAD_SHARE = 0.03
HOME_PULL = 6.0
FIRST_ORDER = (4_000_000, 700_000)
CURRENCY_INDEX = {code: at for at, code in enumerate(CURRENCIES)}


class _Accounts:
    """The accounts of one ERP that may order, as arrays by account index."""

    def __init__(self, world: World, erp: str) -> None:
        rows = world.accounts.filter(pl.col("system") == erp)
        self.weight = rows["weight"].to_numpy() * ~rows["is_obsolete"].to_numpy()
        self.home = rows["home"].to_numpy()
        self.created = rows["created"].to_numpy()
        self.closed = rows["closed"].to_numpy()
        self.discount = rows["discount"].to_numpy()
        self.currency = (
            rows["currency"].replace_strict(CURRENCY_INDEX, return_dtype=pl.Int64).to_numpy()
        )

    def chosen(self, random: np.random.Generator, count: int, site: int, day: int) -> Ints:
        """Draw the accounts that place orders at a site, those at home there more often."""
        pull = self.weight * np.where(self.home == site, HOME_PULL, 1.0)
        pull = pull * ((self.created <= day) & (day + 7 < self.closed))
        cumulative = np.cumsum(pull)
        return np.searchsorted(cumulative, random.random(count) * cumulative[-1], side="right")


class OrderBook:
    """Writes orders week by week; it remembers order numbers and what may still be returned."""

    def __init__(self, plan: Plan, world: World, demand: Demand) -> None:
        """Begin with empty books."""
        self._plan, self._demand = plan, demand
        self._accounts = [_Accounts(world, erp) for erp in ERPS]
        items = world.items
        self._erp = erp_of(items).to_numpy()
        self._site = items["site"].to_numpy()
        self._season_of_price = plan.start_day
        products = world.products
        at = items["product"].to_numpy()
        self._cost = products["cost"].to_numpy()[at]
        self._margin = products["margin"].to_numpy()[at]
        self._rates = monthly_rates(plan.as_of + timedelta(days=14))
        self._last_number = list(FIRST_ORDER)
        self._returnable: pl.DataFrame | None = None

    def week(self, week: int, units: Ints) -> pl.DataFrame:
        """Return the lines that units sold in a week, by item, are ordered with.

        One row per line, sorted by ERP and number: erp, order, line, kind, is_return, day,
        requested, shipped (day numbers), account, item, units, amount, list and cost (hundredths of
        the currency; list is before discount), currency, is_cancelled, and for most returns
        original_order and original_line.
        """
        monday = self._plan.first_monday + 7 * week
        lines = self._sales(week, monday, units).with_row_index("drawn")
        if self._returnable is not None:
            lines = pl.concat([lines, self._returns(week, monday)], how="diagonal")
        lines = self._numbered(lines)
        sold = ~pl.col("is_return") & ~pl.col("is_cancelled")
        self._returnable = lines.filter(sold).sort("drawn")
        return lines.drop("drawn", "site").with_columns(kind=pl.lit("standard"))

    def _sales(self, week: int, monday: int, units: Ints) -> pl.DataFrame:
        random = self._plan.stream("orders", week)
        asked = np.flatnonzero(units)
        lines = 1 + random.poisson(self._demand.extra_lines[asked])
        event = np.repeat(np.arange(len(asked)), lines)
        part = _split(random, units[asked], lines, event)
        ahead = np.where(
            random.random(len(asked)) < AHEAD_SHARE, random.integers(1, 4, len(asked)), 0
        )
        ahead, item = ahead[event], asked[event]
        account = self.chosen_accounts(random, item, monday)
        weekday = _weekday(random, account)
        usual = np.minimum(random.integers(0, 4, len(item)), 6 - weekday)
        day = monday + weekday
        requested = day + lag_of(account, weekday, usual=usual) + 7 * ahead
        late = np.where(random.random(len(item)) < 0.08, random.geometric(0.3, len(item)), 0)
        priced = self.priced(random, week, monday, day, item, account, part)
        frame = pl.DataFrame(
            {
                "erp": self._erp[item],
                "is_return": np.zeros(len(item), dtype=bool),
                "day": day,
                "requested": requested,
                "shipped": requested + late,
                "account": account,
                "item": item,
                "units": part,
                **priced,
                "is_cancelled": random.random(len(item)) < CANCELLED_SHARE,
            }
        ).with_columns(_NO_ORDER)
        return frame.filter(pl.col("units") > 0)

    def chosen_accounts(self, random: np.random.Generator, item: Ints, monday: int) -> Ints:
        """Draw who orders each item, by the account's number in the item's ERP."""
        account = np.zeros(len(item), dtype=np.int64)
        erp, site = self._erp[item], self._site[item]
        for at in range(len(ERPS)):
            for place in range(len(SITES)):
                here = np.flatnonzero((erp == at) & (site == place))
                if len(here):
                    account[here] = self._accounts[at].chosen(random, len(here), place, monday)
        return account

    def priced(
        self,
        random: np.random.Generator,
        week: int,
        monday: int,
        day: Ints,
        item: Ints,
        account: Ints,
        units: Ints,
    ) -> dict[str, Ints]:
        """Return amount, list value and cost of lines.

        A discount takes part of the list margin, never all.
        """
        level = price_level(monday, self._plan.start_day)
        is_north = self._erp[item] == 0
        north, south = self._accounts
        pick = np.where(is_north, account, 0), np.where(is_north, 0, account)
        discount = np.where(is_north, north.discount[pick[0]], south.discount[pick[1]])
        currency = np.where(is_north, north.currency[pick[0]], south.currency[pick[1]])
        promoted = self._demand.promotions(week).at(week)[item] > 1
        given = np.minimum(discount + 0.15 * promoted, 0.5)
        rate = self._rates[month_indexes(day), currency]
        cost = self._cost[item] * level
        listed = self._cost[item] / (1 - self._margin[item])
        price = listed * (1 - given * self._margin[item]) * level
        cents = np.maximum(1, np.rint(100 * price / rate)).astype(np.int64)
        before = np.maximum(1, np.rint(100 * listed * level / rate)).astype(np.int64)
        spread = 1 + 0.02 * random.standard_normal(len(item))
        return {
            "amount": units * cents,
            "list": units * before,
            "cost": np.rint(100 * units * cost * spread / rate).astype(np.int64),
            "currency": currency,
        }

    def _returns(self, week: int, monday: int) -> pl.DataFrame:
        """Send back part of what last week's lines ordered, at the price they were sold for."""
        assert self._returnable is not None
        random = self._plan.stream("returns", week)
        sold = self._returnable
        back = sold.filter(pl.Series(random.random(sold.height) < RETURN_SHARE))
        share = random.random(back.height)
        units = np.ceil(back["units"].to_numpy() * share).astype(np.int64).clip(1)
        day = monday + random.choice(5, back.height)
        named = self._plan.stream("named orders", week).random(back.height) < NAMED_ORDER_SHARE
        return (
            back.drop("site", "drawn")
            .with_columns(
                pl.col("amount", "list") // pl.col("units") * pl.Series(units),
                original_order=pl.when(pl.Series(named)).then("order"),
                original_line=pl.when(pl.Series(named)).then("line"),
                cost=pl.col("cost") * pl.Series(units) // pl.col("units"),
                units=pl.Series(units),
                is_return=pl.lit(True),
                day=pl.Series(day),
                requested=pl.lit(None, pl.Int64),
                shipped=pl.lit(None, pl.Int64),
            )
            .drop("order", "line")
        )

    def _numbered(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Put lines of one customer, day and site under one order number."""
        order = ["erp", "day", "is_return", "account", "site"]
        site = pl.Series("site", self._site[lines["item"].to_numpy()])
        lines = lines.with_columns(site).sort(*order, "item", "units", maintain_order=True)
        starts = pl.struct(order).rle_id()
        lines = lines.with_columns(order=starts)
        first = pl.col("order").min().over("erp")
        base = pl.col("erp").replace_strict(
            dict(enumerate(self._last_number)), return_dtype=pl.Int64
        )
        lines = lines.with_columns(
            order=pl.col("order").cast(pl.Int64) - first.cast(pl.Int64) + 1 + base
        )
        for erp, last in lines.group_by("erp").agg(pl.col("order").max()).iter_rows():
            self._last_number[erp] = last
        return lines.with_columns(line=pl.int_range(pl.len()).over("erp", "order") + 1)


def _weekday(random: np.random.Generator, account: Ints) -> Ints:
    """Draw weekdays: every account has its ordering day, and at times orders on another."""
    other = random.choice(7, len(account), p=WEEKDAY_SHARES)
    return np.where(random.random(len(account)) < OFF_DAY_SHARE, other, account * 3 % 5)


_NO_ORDER = [pl.lit(None, pl.Int64).alias(name) for name in ("original_order", "original_line")]


def _split(random: np.random.Generator, units: Ints, lines: Ints, event: Ints) -> Ints:
    """Divide the units of each event over its lines in random parts that add up; some may be 0."""
    share = random.standard_gamma(2.0, len(event))
    running = np.cumsum(share)
    last = np.cumsum(lines) - 1
    before = np.concatenate([[0.0], running[last][:-1]]) if len(last) else running
    total = running[last] - before
    upto = np.rint(units[event] * np.minimum((running - before[event]) / total[event], 1.0))
    upto = upto.astype(np.int64)
    upto[last] = units
    is_first = np.ones(len(event), dtype=bool)
    is_first[1:] = event[1:] != event[:-1]
    previous = np.where(is_first, 0, np.concatenate([[0], upto[:-1]]))
    return upto - previous
