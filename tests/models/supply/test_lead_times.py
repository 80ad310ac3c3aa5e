"""Lead times with open orders censored, on a published curve, on samples, and by properties."""

from __future__ import annotations

import math
import statistics
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.supply.lead_times import lead_times, survival

# Weeks of remission under 6-mercaptopurine, a plus marking what was still going on: Freireich et
# al. (1963), the worked example of the product-limit estimator in Kalbfleisch & Prentice.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
REMISSION_CURVE = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


def lines(text: str, key: str = "p") -> pl.DataFrame:
    """One order line per number of days; a plus marks a line that is still open."""
    parts = text.split()
    return pl.DataFrame(
        {
            "product_id": [key] * len(parts),
            "order_line_id": [f"{key}{number}" for number in range(len(parts))],
            "lead_days": [int(part.rstrip("+")) for part in parts],
            "share_rate": [1.0] * len(parts),
            "is_received": [not part.endswith("+") for part in parts],
        }
    )


def estimate(frame: pl.DataFrame) -> dict[str, Any]:
    return lead_times(frame, keys=["product_id"], days="lead_days").row(0, named=True)


def test_the_curve_of_freireich_is_the_published_one() -> None:
    curve = survival(lines(REMISSION), keys=["product_id"], days="lead_days")
    found = dict(zip(curve["lead_days"], curve["survival_rate"], strict=True))
    assert found == pytest.approx(REMISSION_CURVE, abs=5e-4)
    assert curve["at_risk"].to_list() == [
        1_000_000 * at_risk for at_risk in (21, 17, 15, 12, 11, 7, 6)
    ]


def test_the_median_of_freireich_is_the_published_one() -> None:
    found = estimate(lines(REMISSION))
    assert found["p50_days"] == 23
    assert found["p90_days"] is None
    assert found["unresolved_rate"] == pytest.approx(0.448, abs=5e-4)
    assert (found["line_count"], found["open_count"]) == (9, 12)


@given(st.lists(st.integers(0, 400), min_size=2, max_size=40))
def test_without_open_orders_mean_and_deviation_are_the_samples_own(days: list[int]) -> None:
    found = estimate(lines(" ".join(map(str, days))))
    assert found["mean_days"] == pytest.approx(statistics.mean(days), abs=1e-9)
    assert found["sd_days"] == pytest.approx(statistics.stdev(days), rel=1e-6, abs=1e-5)
    assert found["p50_days"] == sorted(days)[math.ceil(len(days) / 2) - 1]
    assert found["unresolved_rate"] == pytest.approx(0, abs=1e-9)


@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=20),
    st.lists(st.integers(1, 200), min_size=1, max_size=20),
)
def test_an_order_still_open_never_makes_a_supplier_look_quicker(
    came: list[int], waiting: list[int]
) -> None:
    received = " ".join(map(str, came))
    with_open = f"{received} {' '.join(f'{days}+' for days in waiting)}"
    assert estimate(lines(with_open))["mean_days"] >= estimate(lines(received))["mean_days"] - 1e-9


@given(st.lists(st.tuples(st.integers(1, 99), st.booleans()), min_size=1, max_size=20), st.data())
def test_the_order_of_rows_changes_no_bit(
    parts: list[tuple[int, bool]], data: st.DataObject
) -> None:
    frame = lines(" ".join(f"{days}{'' if came else '+'}" for days, came in parts))
    frame = pl.concat([frame, lines("12 30", key="q")])
    order = data.draw(st.permutations(range(frame.height)))
    assert lead_times(frame, keys=["product_id"], days="lead_days").equals(
        lead_times(frame[order], keys=["product_id"], days="lead_days")
    )


def test_a_line_received_in_parts_weighs_as_one_line() -> None:
    parted = lines("10 20 40").with_columns(
        order_line_id=pl.Series(["a", "a", "b"]), share_rate=pl.Series([0.25, 0.75, 1.0])
    )
    found = estimate(parted)
    assert found["mean_days"] == pytest.approx((0.25 * 10 + 0.75 * 20 + 40) / 2)
    assert found["line_count"] == 2


def test_a_line_of_which_the_rest_is_open_counts_as_both() -> None:
    parted = lines("10 30+ 20").with_columns(
        order_line_id=pl.Series(["a", "a", "b"]), share_rate=pl.Series([0.5, 0.5, 1.0])
    )
    found = estimate(parted)
    assert (found["line_count"], found["open_count"]) == (2, 1)
    # Of two lines half a line comes on day 10, one of the 1.5 left on day 20, and half never.
    assert found["unresolved_rate"] == pytest.approx(0.25)
    assert found["mean_days"] == pytest.approx(0.25 * 10 + 0.75 * 20)


def test_nothing_received_is_no_estimate() -> None:
    assert lead_times(lines("10+ 20+"), keys=["product_id"], days="lead_days").is_empty()


def test_one_receipt_has_a_mean_and_no_deviation() -> None:
    found = estimate(lines("17"))
    assert (found["mean_days"], found["sd_days"], found["p95_days"]) == (17, None, 17)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [("lead_days", -1, "negative"), ("share_rate", 0.0, "share"), ("share_rate", 1.5, "share")],
)
def test_impossible_portions_are_refused(column: str, value: float, said: str) -> None:
    frame = lines("10").with_columns(pl.lit(value).alias(column))
    with pytest.raises(ValueError, match=said):
        estimate(frame)
