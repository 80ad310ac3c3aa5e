"""The dates on which files of an extract are due, as its contract states their sequence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from workspace.config.delivery_rules import DeliveryRules, Every

DAY = timedelta(days=1)
SATURDAY = 5


def start_of_period(every: Every, day: date) -> date:
    """Return the first day of the period that a day lies in; weeks begin on Monday."""
    if every == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if every == "month" else day


def last_due(rules: DeliveryRules, night: date) -> date | None:
    """Return the first day of the newest period whose file must be there on a night.

    A period is over before its file is due: a week's file may bear the date of any of its days.
    """
    if rules.every is None:
        return None
    over = night - timedelta(days=rules.due_after_days)
    day = start_of_period(rules.every, over)
    while not _is_due(rules, day) or _next_period(rules.every, day) - DAY > over:
        day = start_of_period(rules.every, day - DAY)
    return day


def due_dates(rules: DeliveryRules, first: date, night: date) -> Iterator[date]:
    """Yield the first day of every period from that of `first` whose file is due by a night."""
    last = last_due(rules, night)
    if rules.every is None or last is None:
        return
    day = start_of_period(rules.every, first)
    while day <= last:
        if _is_due(rules, day):
            yield day
        day = _next_period(rules.every, day)


def _next_period(every: Every, day: date) -> date:
    if every == "week":
        return day + timedelta(days=7)
    if every == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + DAY


def _is_due(rules: DeliveryRules, day: date) -> bool:
    closed = rules.every == "business_day" and day.weekday() >= SATURDAY
    return not closed and day not in rules.not_due
