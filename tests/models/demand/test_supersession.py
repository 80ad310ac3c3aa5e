"""Chains of products that take each other's place, and the demand that goes along them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.demand.supersession import inheritance, inherited

WEEK = date(2026, 1, 5)


def replacements(*rows: tuple[str, str, float]) -> pl.DataFrame:
    schema = {"product_id": pl.String, "successor_id": pl.String, "share": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def demand(*rows: tuple[str, float, bool]) -> pl.DataFrame:
    return pl.DataFrame(
        [(product, "s", WEEK, units, guessed) for product, units, guessed in rows],
        schema=["product_id", "site_id", "week_start_date", "demand_units", "is_estimated"],
        orient="row",
    )


def test_shares_multiply_along_a_chain_and_add_up_over_paths() -> None:
    chains = inheritance(
        replacements(("a", "b", 0.5), ("a", "c", 0.5), ("b", "d", 1.0), ("c", "d", 0.4))
    )
    assert list(chains.iter_rows()) == [
        ("a", "b", 0.5),
        ("a", "c", 0.5),
        ("a", "d", 0.7),
        ("b", "d", 1.0),
        ("c", "d", 0.4),
    ]


def test_demand_does_not_double_by_being_handed_on() -> None:
    chains = inheritance(replacements(("a", "b", 1.0), ("a", "c", 1.0)))
    assert chains["share"].to_list() == [0.5, 0.5]


def test_a_circle_hands_on_nothing_and_what_leads_there_does() -> None:
    rows = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("e", "e")]
    chains = inheritance(replacements(*((*pair, 1.0) for pair in rows)))
    assert list(chains.iter_rows()) == [("a", "b", 1.0), ("c", "d", 1.0)]


def test_a_successor_has_its_own_demand_and_that_of_what_it_replaces() -> None:
    rows = demand(("a", 10.0, False), ("b", 4.0, False), ("x", 7.0, True))
    found = inherited(rows, inheritance(replacements(("a", "b", 0.25), ("x", "y", 1.0))))
    units = {product: (size, guess) for product, _, _, size, guess in found.iter_rows()}
    assert units == {
        "a": (10.0, False),
        "b": (6.5, False),
        "x": (7.0, True),
        "y": (7.0, True),
    }


def test_without_replacements_demand_stays_as_it_is() -> None:
    rows = demand(("a", 10.0, False), ("b", 4.0, True))
    assert inherited(rows, inheritance(replacements())).equals(rows)


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.floats(0, 1)),
        max_size=12,
        unique_by=lambda row: row[:2],
    )
)
def test_no_chain_hands_on_more_than_all(rows: list[tuple[str, str, float]]) -> None:
    chains = inheritance(replacements(*rows))
    assert (chains["share"] <= 1 + 1e-12).all()
    assert (chains["product_id"] != chains["successor_id"]).all()
    assert chains.select("product_id", "successor_id").is_unique().all()
    assert chains["share"].to_list() == pytest.approx(
        inheritance(replacements(*reversed(rows)))["share"].to_list()
    )
