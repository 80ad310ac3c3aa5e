from __future__ import annotations

from datetime import date

import duckdb
import pytest

from workspace.errors import TierwiseError
from workspace.ingest.expressions import checked

COLUMNS = {"t": {"at", "zone"}, "site": {"zone"}}


def day(expression: str, instant: str, zone: str | None = None) -> date | None:
    tree = checked(expression, COLUMNS, default="t", place="erp.yml:1:1")
    query = f"select {tree.sql(dialect='duckdb')} from (select ?::timestamp as at, ? as zone) as t"
    with duckdb.connect() as connection:
        ((found,),) = connection.execute(query, [instant, zone]).fetchall()
    return found


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", date(2026, 7, 1)),
        ("America/New_York", date(2026, 6, 30)),
        ("UTC", date(2026, 6, 30)),
        ("Nowhere/Land", None),
        (None, None),
    ],
)
def test_the_day_of_an_instant_is_that_of_the_sites_own_clock(
    zone: str | None, expected: date | None
) -> None:
    assert day("day_in(at, zone)", "2026-06-30 23:30:00", zone) == expected


def test_a_zone_may_stand_in_the_expression() -> None:
    assert day("coalesce(day_in(at, 'Asia/Tokyo'), null)", "2026-06-30 16:00") == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("day_in(at, 'Europe/Berlyn')", "Did you mean `Europe/Berlin`"),
        ("day_in(at)", "takes an instant and a time zone"),
        ("day_in(at, zone, 1)", "takes an instant and a time zone"),
    ],
)
def test_a_call_that_cannot_work_is_refused_when_it_is_read(expression: str, words: str) -> None:
    with pytest.raises(TierwiseError, match=words) as error:
        checked(expression, COLUMNS, default="t", place="erp.yml:1:1")
    assert error.value.code == "CONFIG_EXPRESSION"
