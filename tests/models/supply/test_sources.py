"""What an item may expect of those it comes from."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.supply.sources import MEASURES, Purchased, source_records, source_shares, weighted
from tests.models.supply.bought import bought

ITEMS = pl.DataFrame({"product_id": ["p", "q"], "site_id": ["s", "s"], "supplier_id": ["v", "v"]})
# Of p, v has delivered in 10 and 20 days and once too late, w in 40 and 60 and too late always.
LINES = [
    *(("p", "s", "v", days, True) for days in (10, 20, 30)),
    *(("p", "s", "w", days, True) for days in (40, 60, 50)),
]


def expected_of(purchased: Purchased, items: pl.DataFrame = ITEMS) -> dict[str, dict[str, object]]:
    shares = source_shares(items, purchased)
    records = source_records(shares, purchased, minimum_receipts=3)
    joined = shares.join(records, on=["product_id", "source_supplier_id"])
    found = weighted(joined, MEASURES).join(
        joined.group_by("product_id").agg(grades=pl.col("grade").sort()), on="product_id"
    )
    return {row["product_id"]: row for row in found.to_dicts()}


@pytest.mark.requirement("S2.M9.B3")
def test_an_item_has_the_record_of_its_sources_by_volume_until_they_change() -> None:
    volumes = [("p", "s", "v", 300.0), ("p", "s", "w", 100.0)]
    found = expected_of(bought(LINES, purchases=volumes, rejected=1.0))["p"]
    assert found["lead_time_days"] == pytest.approx(0.75 * 20 + 0.25 * 50)
    assert found["otif_rate"] == pytest.approx(0.75 * 2 / 3 + 0.25 * 0)
    assert found["yield_rate"] == pytest.approx(0.9)
    # On the day on which v is no source any more, all of it is w's.
    ended = [("p", "v", False, 15), ("p", "w", True, 45)]
    after = expected_of(bought(LINES, purchases=volumes, listings=ended))["p"]
    assert (after["lead_time_days"], after["otif_rate"]) == (50, 0)
    # q has had no receipts: it goes by what its source does for others, and says so.
    assert found["grades"] == ["product receipts", "product receipts"]
    other = expected_of(bought(LINES))["q"]
    assert (other["lead_time_days"], other["grades"]) == (20, ["source receipts"])
    planned = expected_of(bought([], listings=[("q", "v", True, 15)]))["q"]
    assert (planned["lead_time_days"], planned["grades"]) == (15, ["planned"])
    assert planned["otif_rate"] is None
    nothing = expected_of(bought([]))["q"]
    assert (nothing["lead_time_days"], nothing["grades"]) == (None, ["none"])


def test_volume_at_the_site_comes_before_volume_elsewhere() -> None:
    items = pl.DataFrame(
        {"product_id": ["p"] * 2, "site_id": ["s", "t"], "supplier_id": ["v", "v"]}
    )
    shares = source_shares(
        items, bought([], purchases=[("p", "s", "v", 30.0), ("p", "u", "w", 90.0)])
    )
    assert shares.rows() == [
        ("p", "s", "v", 1.0),
        ("p", "t", "v", 0.25),
        ("p", "t", "w", 0.75),
    ]


def test_an_item_without_a_supplier_has_no_source() -> None:
    items = ITEMS.with_columns(supplier_id=pl.lit(None, pl.String))
    assert source_shares(items, bought([])).is_empty()


def test_what_is_not_known_of_a_source_does_not_count() -> None:
    volumes = [("p", "s", "v", 1.0), ("p", "s", "new", 1.0)]
    found = expected_of(bought(LINES, purchases=volumes))["p"]
    assert (found["lead_time_days"], found["otif_rate"]) == (20, pytest.approx(2 / 3))
    assert found["grades"] == ["none", "product receipts"]


@given(st.lists(st.floats(0.5, 1_000), min_size=1, max_size=5))
def test_shares_add_up_to_one_in_whatever_order_rows_come(
    volumes: Sequence[float],
) -> None:
    purchases = [("p", "s", f"v{at}", units) for at, units in enumerate(volumes)]
    forward = source_shares(ITEMS, bought([], purchases=purchases))
    backward = source_shares(ITEMS[::-1], bought([], purchases=purchases[::-1]))
    assert forward.equals(backward)
    total = forward.filter(pl.col("product_id") == "p")["share_rate"].sum()
    assert total == pytest.approx(1)
