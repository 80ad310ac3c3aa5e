"""On which basis an item's supply is measured, and what follows from it."""

from __future__ import annotations

import polars as pl
import pytest

from models.supply.profile import Supply, supply_profile

ITEMS = pl.DataFrame(
    {
        "product_id": ["p", "p", "q", "r"],
        "site_id": ["s", "t", "s", "s"],
        "supplier_id": ["v", "v", "w", None],
        "is_imported": [True, True, False, None],
        "possible_source_count": [1, 1, 2, 0],
        "planned_lead_time_days": [None, None, 30, None],
    },
    schema_overrides={"planned_lead_time_days": pl.Int64},
)
PERFORMANCE = pl.DataFrame(
    {
        "product_id": ["p", "p", "p"],
        "site_id": ["s", "t", None],
        "due_line_count": [3, 1, 4],
        "on_time_rate": [1.0, 0.0, 0.75],
        "in_full_rate": [1.0, 1.0, 1.0],
        "otif_rate": [1.0, 0.0, 0.75],
        "yield_rate": [1.0, 0.9, 0.98],
    }
)
PURCHASES = pl.DataFrame(
    {"product_id": ["p", "q", "q"], "supplier_id": ["v", "w", "x"], "ordered_units": [9, 3, 1]}
)


def portions(*lines: tuple[str, str, int, bool]) -> pl.DataFrame:
    """One whole order line for each product, site, number of days, and whether it came."""
    return pl.DataFrame(
        [
            {
                "purchase_order_line_id": str(number),
                "product_id": product,
                "site_id": site,
                "is_received": came,
                "share_rate": 1.0,
                "calendar_days": days,
                "business_days": days // 7 * 5 + min(days % 7, 5),
            }
            for number, (product, site, days, came) in enumerate(lines)
        ]
    )


def profile(lines: pl.DataFrame) -> dict[tuple[str, str], dict[str, object]]:
    supply = Supply(items=ITEMS, portions=lines, performance=PERFORMANCE, purchases=PURCHASES)
    rows = supply_profile(supply, minimum_receipts=3).to_dicts()
    return {(row["product_id"], row["site_id"]): row for row in rows}


RECEIVED = [("p", "s", 7, True), ("p", "s", 14, True), ("p", "s", 21, True), ("p", "t", 42, True)]
FOUND = profile(portions(*RECEIVED, ("q", "s", 99, True)))


def test_every_item_has_one_row() -> None:
    assert list(FOUND) == [("p", "s"), ("p", "t"), ("q", "s"), ("r", "s")]


@pytest.mark.parametrize(
    ("item", "source", "mean", "receipts"),
    [
        (("p", "s"), "site receipts", 14, 3),
        (("p", "t"), "product receipts", 21, 4),
        (("q", "s"), "planned", 30, 0),
        (("r", "s"), "none", None, 0),
    ],
)
def test_the_basis_is_the_narrowest_with_enough_receipts(
    item: tuple[str, str], source: str, mean: float | None, receipts: int
) -> None:
    found = FOUND[item]
    assert found["lead_time_source"] == source
    assert found["lead_time_mean_days"] == pytest.approx(mean)
    assert found["receipt_count"] == receipts


def test_all_measures_of_an_item_stand_on_one_basis() -> None:
    assert FOUND["p", "t"]["otif_rate"] == 0.75
    assert FOUND["p", "t"]["due_line_count"] == 4
    assert FOUND["q", "s"]["otif_rate"] is None
    assert FOUND["q", "s"]["lead_time_sd_days"] is None


def test_calendar_and_business_days_of_the_same_receipts_say_the_same() -> None:
    for item in (("p", "s"), ("p", "t")):
        calendar, business = (
            FOUND[item]["lead_time_mean_days"],
            FOUND[item]["lead_time_mean_business_days"],
        )
        assert isinstance(calendar, float)
        assert isinstance(business, float)
        assert business == pytest.approx(calendar * 5 / 7)


def test_supply_is_profiled_by_the_receipts_of_orders_that_stand_and_by_those_still_open() -> None:
    assert FOUND["p", "s"]["source_hhi_ratio"] == 1
    assert FOUND["p", "s"]["is_sole_source"] is True
    assert FOUND["p", "s"]["lead_time_sd_days"] == pytest.approx(7)  # of 7, 14 and 21
    overdue = profile(portions(*RECEIVED, ("p", "s", 60, False)))["p", "s"]
    assert overdue["open_line_count"] == 1
    assert overdue["lead_time_unresolved_rate"] == pytest.approx(0.25)
    assert overdue["lead_time_mean_days"] == pytest.approx((7 + 14 + 21 + 21) / 4)


def test_without_a_source_nothing_is_said_of_it() -> None:
    assert FOUND["r", "s"]["is_sole_source"] is None
    assert FOUND["r", "s"]["source_hhi_ratio"] is None
    assert FOUND["q", "s"]["is_sole_source"] is False
    assert FOUND["q", "s"]["source_hhi_ratio"] == pytest.approx(10 / 16)


def test_nothing_received_anywhere_leaves_the_plan() -> None:
    found = profile(portions(("p", "s", 7, False)))
    assert found["p", "s"]["lead_time_source"] == "none"
    assert found["q", "s"]["lead_time_mean_days"] == 30
