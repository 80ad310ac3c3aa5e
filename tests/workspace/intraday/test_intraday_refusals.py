from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.workspace.intraday.lane_company import FIRST, HEADER, june, lane_company, orders
from tests.workspace.small_company import Company
from workspace.errors import TierwiseError
from workspace.intraday.look import look
from workspace.lease import lease

TUESDAY = june(30)


def test_two_looks_at_once_are_refused(company: Company) -> None:
    lane = lane_company(company)
    lane.open(orders(29, "O1,1,C1,P1,2026-06-29,3"))
    lane.night(FIRST)
    with (
        lease(lane.company.root / "intraday" / "lease.json"),
        pytest.raises(TierwiseError, match="NIGHT_BUSY"),
    ):
        lane.look(TUESDAY)


def test_a_company_without_an_intraday_feed_is_told_so(company: Company) -> None:
    with pytest.raises(TierwiseError, match="mode: intraday"):
        look(company.open(), TUESDAY, datetime.now(UTC))


def test_a_company_without_a_release_is_told_so(company: Company) -> None:
    lane = lane_company(company)
    lane.open({"erp/orders_2026-06-30.csv": HEADER})
    with pytest.raises(TierwiseError, match="RELEASE_MISSING"):
        lane.look(TUESDAY)
