"""On which basis an item's supply is measured, and what follows from it."""

from __future__ import annotations

import polars as pl
import pytest

from models.supply.geography import Geography
from models.supply.profile import Supply, supply_profile
from tests.models.supply.bought import bought

ITEMS = pl.DataFrame(
    {
        "product_id": ["p", "p", "q", "r"],
        "site_id": ["s", "t", "s", "s"],
        "site_country_code": ["DE", "SE", "DE", None],
        "supplier_id": ["v", "v", "w", None],
        "possible_source_count": [1, 1, 2, 0],
        "planned_lead_time_days": [None, None, 30, None],
    },
    schema_overrides={"planned_lead_time_days": pl.Int64},
)
PURCHASES = [("p", "s", "v", 9), ("q", "s", "w", 3), ("q", "s", "x", 1)]
SUPPLIERS = pl.DataFrame({"supplier_id": ["v", "w", "x"], "country_code": ["CN", "DE", None]})
RISKS = pl.DataFrame(
    {
        "place": ["CN", "DE", "world"],
        "score_ratio": [0.6, 0.1, 0.4],
        "score_grade": ["own", "partly", "own"],
    }
)
COMPONENTS = pl.DataFrame(
    {"product_id": ["p"], "component_product_id": ["q"], "is_phantom": [False]}
)
Line = tuple[str, str, int, bool]


def profile(
    lines: list[Line], components: pl.DataFrame | None = COMPONENTS
) -> dict[tuple[str, str], dict[str, object]]:
    seller = {"p": "v", "q": "w", "r": "v"}
    supply = Supply(
        items=ITEMS,
        purchased=bought(
            [(product, site, seller[product], days, came) for product, site, days, came in lines],
            purchases=PURCHASES,
        ),
        suppliers=SUPPLIERS,
        components=components,
        risks=RISKS,
        geography=Geography(territory_of={"DE": "EU", "SE": "EU"}),
    )
    rows = supply_profile(supply, minimum_receipts=3).to_dicts()
    return {(row["product_id"], row["site_id"]): row for row in rows}


RECEIVED = [("p", "s", 7, True), ("p", "s", 14, True), ("p", "s", 21, True), ("p", "t", 42, True)]
FOUND = profile([*RECEIVED, ("q", "s", 99, True)])


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
    assert FOUND["p", "t"]["otif_rate"] == 0.5
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
    overdue = profile([*RECEIVED, ("p", "s", 60, False)])["p", "s"]
    assert overdue["open_line_count"] == 1
    assert overdue["lead_time_unresolved_rate"] == pytest.approx(0.25)
    assert overdue["lead_time_mean_days"] == pytest.approx((7 + 14 + 21 + 21) / 4)


def test_without_a_source_nothing_is_said_of_it() -> None:
    assert FOUND["r", "s"]["is_sole_source"] is None
    assert FOUND["r", "s"]["source_hhi_ratio"] is None
    assert FOUND["q", "s"]["is_sole_source"] is False
    assert FOUND["q", "s"]["source_hhi_ratio"] == pytest.approx(10 / 16)


def test_nothing_received_anywhere_leaves_the_plan() -> None:
    found = profile([("p", "s", 7, False)])
    assert found["p", "s"]["lead_time_source"] == "none"
    assert found["q", "s"]["lead_time_mean_days"] == 30


def test_borders_are_counted_between_customs_territories_and_not_inside_one() -> None:
    assert (FOUND["p", "s"]["source_supplier_id"], FOUND["p", "s"]["import_step_count"]) == ("v", 1)
    assert FOUND["p", "t"]["is_imported"] is True
    # q comes from w in the site's own country, and a little from x of no known country.
    assert (FOUND["q", "s"]["source_supplier_id"], FOUND["q", "s"]["import_step_count"]) == ("w", 0)
    assert (FOUND["r", "s"]["is_imported"], FOUND["r", "s"]["import_step_count"]) == (None, None)


def test_the_risk_of_an_item_is_that_of_its_sources_by_volume_and_graded_by_the_worst() -> None:
    assert FOUND["p", "s"]["geo_risk_ratio"] == 0.6
    # A supplier without a country has the risk of the world.
    assert FOUND["q", "s"]["geo_risk_ratio"] == pytest.approx(0.75 * 0.1 + 0.25 * 0.4)
    assert FOUND["q", "s"]["geo_risk_grade"] == "partly"
    assert (FOUND["r", "s"]["geo_risk_ratio"], FOUND["r", "s"]["geo_risk_grade"]) == (None, "none")


def test_a_product_made_of_nothing_has_no_levels_unless_nobody_delivers_any() -> None:
    assert FOUND["p", "s"]["process_level_count"] == FOUND["p", "t"]["component_count"] == 1
    assert (FOUND["q", "s"]["process_level_count"], FOUND["q", "s"]["component_count"]) == (0, 0)
    unknown = profile(RECEIVED, components=None)
    assert {row["process_level_count"] for row in unknown.values()} == {None}


def test_nothing_in_a_profile_is_no_number() -> None:
    for row in FOUND.values():
        assert not [name for name, value in row.items() if value != value]
