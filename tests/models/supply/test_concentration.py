"""How much hangs on few sources."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.supply.concentration import herfindahl


def bought(**amounts: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "product_id": ["p"] * len(amounts),
            "supplier_id": list(amounts),
            "amount": [Decimal(str(amount)) for amount in amounts.values()],
        }
    )


def index(**amounts: float) -> float | None:
    found = herfindahl(bought(**amounts), keys=["product_id"], amount="amount")
    value: float | None = found["hhi_ratio"].item()
    return value


def test_a_product_with_one_supplier_has_an_index_of_one() -> None:
    assert index(v=12.5) == 1


def test_shares_of_half_a_third_and_a_sixth_are_as_computed_by_hand() -> None:
    assert index(u=30, v=20, w=10) == pytest.approx(1 / 4 + 1 / 9 + 1 / 36)


@given(st.integers(1, 30))
def test_equal_sources_share_evenly(count: int) -> None:
    assert index(**{f"s{number}": 7 for number in range(count)}) == pytest.approx(1 / count)


def test_a_source_of_nothing_is_none() -> None:
    found = herfindahl(bought(v=5, w=0), keys=["product_id"], amount="amount").row(0, named=True)
    assert (found["source_count"], found["hhi_ratio"]) == (1, 1)


def test_without_purchases_there_is_no_concentration() -> None:
    assert index(v=0, w=0) is None


def test_a_negative_amount_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        index(v=-1, w=2)
