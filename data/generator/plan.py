"""What is asked of the generator, and the random streams that make its answer repeatable."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

BASE_ORDER_LINES = 150_000
REFERENCE_DAYS = 1_096
REFERENCE_WEEKS = 157


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Size, horizon and seed of one generated company.

    `order_lines` is what the first three years from `start` hold; a later `as_of` extends history
    at the same pace and changes no line of an earlier day. Customers, products and suppliers grow
    with the square root of the order lines above 150,000, and in proportion below.
    """

    seed: int = 7
    order_lines: int = BASE_ORDER_LINES
    start: date = date(2023, 7, 1)
    as_of: date = date(2026, 6, 30)
    defect_share: float = 0.001

    def __post_init__(self) -> None:
        """Refuse a plan that cannot be carried out."""
        if self.as_of <= self.start:
            raise ValueError(f"as_of {self.as_of} must lie after start {self.start}")
        if self.order_lines < 2_000:
            raise ValueError(f"order_lines is {self.order_lines}; the smallest plan has 2,000")
        if not 0 <= self.defect_share <= 0.01:
            raise ValueError(f"defect_share is {self.defect_share}; it lies between 0 and 0.01")

    @property
    def growth(self) -> float:
        """Factor on the number of customers, products and suppliers."""
        scale = self.order_lines / BASE_ORDER_LINES
        return scale if scale < 1 else math.sqrt(scale)

    @property
    def customers(self) -> int:
        """True customers known about three years after the start."""
        return max(40, round(600 * self.growth))

    @property
    def products(self) -> int:
        """True products known about three years after the start."""
        return max(20, round(1_500 * self.growth))

    @property
    def suppliers(self) -> int:
        """True suppliers."""
        return max(8, round(120 * self.growth))

    @property
    def start_day(self) -> int:
        """First day of history, counted from 1970-01-01."""
        return day_number(self.start)

    @property
    def as_of_day(self) -> int:
        """Last day of history, counted from 1970-01-01."""
        return day_number(self.as_of)

    @property
    def first_monday(self) -> int:
        """Monday on or before the start: week 0 begins here."""
        return day_number(self.start - timedelta(days=self.start.weekday()))

    @property
    def weeks(self) -> int:
        """Weeks to run, the last one perhaps cut by `as_of`."""
        return (self.as_of_day - self.first_monday) // 7 + 1

    def stream(self, subject: str, *keys: int) -> np.random.Generator:
        """Return the random numbers of one subject, independent of every other subject's."""
        branch = (zlib.crc32(subject.encode()), *keys)
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=branch))
        )


def day_number(day: date) -> int:
    """Return days since 1970-01-01, the unit of all day arrays here."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def date_of(day: int) -> date:
    """Return the date of a day number."""
    return date(1970, 1, 1) + timedelta(days=int(day))
