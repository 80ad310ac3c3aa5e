"""Waiting for files that are due, until a time of day by the company's clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from workspace.folder import Workspace

PAUSE_SECONDS = 15
# A time longer ago than this is one of tomorrow: a night may begin before midnight.
HALF_A_DAY = timedelta(hours=12)


def deadline(clock: str, now: datetime) -> datetime:
    """Return the instant that HH:MM stands for; `now` is in the company's time zone."""
    try:
        hour, minute = (int(part) for part in clock.split(":"))
        until = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError as error:
        raise typer.BadParameter(f"`{clock}` is no time such as 04:30.") from error
    return until + timedelta(days=1) if now - until > HALF_A_DAY else until


def wait_for_files(
    folder: Workspace,
    night: date,
    until: datetime,
    *,
    say: Callable[[str], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Return once every file that is due has arrived whole, or when the deadline has passed."""
    from workspace.ingest.delivery import decide_night

    said: list[str] = []
    while now() < until:
        awaited = [
            f"{delivery.system}.{delivery.extract}"
            for delivery in decide_night(folder, night)
            if delivery.is_awaited
        ]
        if not awaited:
            return
        if awaited != said:
            say(f"Waiting until {until:%H:%M} for {', '.join(awaited)}.")
            said = awaited
        pause(min(PAUSE_SECONDS, max((until - now()).total_seconds(), 0)))
