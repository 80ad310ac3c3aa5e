from __future__ import annotations

import polars as pl
import pytest

from models.matching.reuse import recycled


def frame(name: str | None, tax: str | None, duns: str | None = None) -> pl.DataFrame:
    row = {"record_key": "erp:1", "name": name, "tax_number": tax, "duns_number": duns}
    return pl.DataFrame([row], schema=dict.fromkeys(row, pl.String))


def found(before: pl.DataFrame, now: pl.DataFrame) -> bool:
    rows = recycled(
        now,
        before,
        name="name",
        identifiers=["tax_number", "duns_number"],
        ignored=["GmbH", "Ltd"],
    )
    return rows.height == 1


@pytest.mark.parametrize(
    ("before", "now", "is_another"),
    [
        (("Stahl Nord GmbH", "DE1"), ("Blue Ocean Ltd", "GB2"), True),
        (("Stahl Nord GmbH", "DE1"), ("Blue Ocean GmbH", "DE2"), True),
        (("Stahl Nord GmbH", "DE1"), ("Blue Ocean Ltd", "DE1"), False),
        (("Stahl Nord GmbH", "DE1"), ("Stahl Nord Handel GmbH", "DE2"), False),
        (("Stahl Nord GmbH", "DE1"), ("Stahlwerke Nordost", "DE2"), False),
        (("Stahl Nord GmbH", "DE1"), ("Blue Ocean Ltd", None), False),
        (("Stahl Nord GmbH", None), ("Blue Ocean Ltd", None), False),
        (("Stahl Nord GmbH", "DE1"), (None, "DE2"), False),
        (("GmbH", "DE1"), ("GmbH", "DE2"), False),
        (("北方钢铁", "CN1"), ("蓝海", "CN2"), True),
    ],
)
def test_a_key_means_another_thing_when_name_and_number_both_say_so(
    before: tuple[str, str], now: tuple[str, str], *, is_another: bool
) -> None:
    assert found(frame(*before), frame(*now)) == is_another


def test_one_identifier_that_stays_is_enough_to_be_the_same() -> None:
    assert not found(frame("Stahl Nord", "DE1", "123"), frame("Blue Ocean", "GB2", "123"))
    assert found(frame("Stahl Nord", "DE1", "123"), frame("Blue Ocean", "GB2", "456"))


def test_a_key_that_was_not_there_before_means_nothing_else() -> None:
    assert not found(frame("A", "1").clear(), frame("B", "2"))
