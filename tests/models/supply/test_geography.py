"""Borders on the way, and the risk of countries."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.supply.geography import INDICES, WORLD, Geography, Index, IndexName, geo_risk
from models.supply.lead_time_risk import lead_time_risk

EUROPE = Geography(
    territory_of=dict.fromkeys(("DE", "NL", "SE"), "EU"),
    region_of={"DE": "Europe", "NL": "Europe", "Benelux": "Europe", "LU": "Benelux"},
    routes={("CN", "SE"): ("NL",), ("CN", "CH"): ("NL",)},
)
EVEN: dict[IndexName, Index] = {name: Index(weight=0.2, best=0, worst=1) for name in INDICES}
STABLE = {**EVEN, "regional_stability": Index(weight=0.2, best=10, worst=0)}


def scored(
    values: dict[tuple[str, str], float],
    places: list[str],
    indices: dict[IndexName, Index] = EVEN,
) -> dict[str, dict[str, object]]:
    rows = [(place, name, value) for (place, name), value in values.items()]
    schema = {"place": pl.String, "index": pl.String, "value": pl.Float64}
    known = pl.DataFrame(rows, schema=schema, orient="row")
    return {row["place"]: row for row in geo_risk(known, places, EUROPE, indices).to_dicts()}


@pytest.mark.parametrize(
    ("origin", "destination", "steps"),
    [
        ("DE", "DE", 0),
        ("DE", "SE", 0),
        ("CN", "DE", 1),
        ("CN", "SE", 1),  # by way of the Netherlands, which is the same territory
        ("CN", "CH", 2),
        (None, "DE", None),
        ("DE", None, None),
    ],
)
def test_borders_are_those_of_customs_on_the_way(
    origin: str | None, destination: str | None, steps: int | None
) -> None:
    assert EUROPE.import_steps(origin, destination) == steps


def test_what_is_not_known_of_a_country_is_taken_from_above() -> None:
    values = {("DE", "duty"): 0.1, ("Europe", "duty"): 0.3, ("Europe", "hazard"): 0.5}
    found = scored({**values, (WORLD, "hazard"): 0.9}, ["DE", "LU", "US", "Europe"])
    assert (found["DE"]["duty_ratio"], found["DE"]["hazard_ratio"]) == (0.1, 0.5)
    assert (found["DE"]["score_grade"], found["DE"]["inherited_count"]) == ("partly", 1)
    assert found["DE"]["score_ratio"] == pytest.approx(0.3)
    for column in ("score_ratio", "duty_share_ratio", "known_weight_ratio"):
        assert found["LU"][column] == found["Europe"][column]
    assert (found["LU"]["score_grade"], found["LU"]["parent_place"]) == ("parent", "Benelux")
    assert (found["US"]["score_ratio"], found["US"]["parent_place"]) == (0.9, WORLD)


def test_of_a_country_that_nobody_knows_anything_there_is_no_score() -> None:
    found = scored({("DE", "duty"): 0.1}, ["US", WORLD])
    for place in ("US", WORLD):
        assert (found[place]["score_ratio"], found[place]["score_grade"]) == (None, "none")
        assert found[place]["known_weight_ratio"] == 0
    assert found[WORLD]["parent_place"] is None


def test_an_index_may_be_better_the_larger_it_is_and_is_cut_at_its_ends() -> None:
    values = {("DE", "regional_stability"): 8.0, ("US", "regional_stability"): 99.0}
    found = scored(values, ["DE", "US"], STABLE)
    assert (found["DE"]["score_ratio"], found["US"]["score_ratio"]) == (pytest.approx(0.2), 0)


@given(
    st.dictionaries(
        st.tuples(st.sampled_from(["DE", "LU", "Europe", WORLD]), st.sampled_from(INDICES)),
        st.floats(-3, 3),
    )
)
def test_scores_lie_between_0_and_1_and_are_the_sum_of_their_parts(
    values: dict[tuple[str, str], float],
) -> None:
    for row in scored(values, ["DE", "LU", "US", WORLD]).values():
        shares = [row[f"{name}_share_ratio"] for name in INDICES]
        told = [share for share in shares if isinstance(share, float)]
        if row["score_ratio"] is None:
            assert told == []
        else:
            assert sum(told) == pytest.approx(row["score_ratio"], abs=1e-11)
            assert 0 <= sum(told) <= 1 + 1e-11


MONTH_END = date(2026, 5, 31)


def portions(country: str | None, *days: int, ordered: date = date(2026, 1, 5)) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "country": pl.Series([country] * len(days), dtype=pl.String),
            "order_date": [ordered] * len(days),
            "order_line_id": [f"{country}{at}" for at in range(len(days))],
            "calendar_days": list(days),
            "share_rate": [1.0] * len(days),
            "is_received": [True] * len(days),
        }
    )


def risks(frame: pl.DataFrame, business_date: date = date(2026, 6, 30)) -> dict[str, float]:
    found = lead_time_risk(frame, EUROPE, business_date=business_date, minimum_lines=3)
    return dict(found.select("place", "value").iter_rows())


def test_lead_time_risk_is_the_deviation_by_the_mean_of_countries_and_regions() -> None:
    frame = pl.concat([portions("DE", 10, 20, 30), portions("NL", 20), portions(None, 99)])
    found = risks(frame)
    assert found["DE"] == pytest.approx(0.5)
    assert "NL" not in found  # one receipt is too few
    assert found["Europe"] == found[WORLD] == pytest.approx((200 / 3) ** 0.5 / 20)


def test_lead_time_risk_is_that_of_the_end_of_the_month_before() -> None:
    late = portions("DE", 10, 20, 30, 170)
    assert risks(late, date(2026, 6, 1)) == risks(late, date(2026, 6, 30))
    # What came in June was still open at the end of May: its 146 days are the least it takes.
    assert risks(late) == pytest.approx(risks(portions("DE", 10, 20, 30, 180)))
    assert risks(portions("DE", 10, 20, 30, ordered=MONTH_END + timedelta(days=1))) == {}


def test_equal_lead_times_are_no_risk() -> None:
    assert risks(portions("SE", 12, 12, 12))["SE"] == 0
