"""What comes from outside has planted flaws: a signal that ended, a chain with silent stores."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from data.generator.market import CHAINS, GIVEN_UP
from data.generator.plan import Plan


@pytest.fixture(scope="module")
def market(company: Path) -> dict[str, pl.DataFrame]:
    files = (company / "inbox" / "market").iterdir()
    return {file.name.rsplit("_", 1)[0]: pl.read_csv(file, infer_schema=False) for file in files}


def test_one_signal_was_given_up_and_the_others_are_of_last_month(
    market: dict[str, pl.DataFrame], plan: Plan
) -> None:
    last = market["signals"].group_by("signal").agg(pl.col("published_at").max())
    by_signal = dict(last.iter_rows())
    assert by_signal.pop(GIVEN_UP) < "2026-02"
    assert set(by_signal.values()) == {f"{plan.as_of:%Y-%m}-10 08:00:00"}
    assert (market["signals"]["value_date"] < market["signals"]["published_at"]).all()


def test_all_stores_of_one_chain_report_every_week_and_of_the_other_four_in_ten_never(
    market: dict[str, pl.DataFrame],
) -> None:
    stores = market["pos_sales"].group_by("chain").agg(pl.col("store").n_unique())
    reporting = dict(stores.iter_rows())
    assert {chain.name: reporting[chain.name] / chain.stores for chain in CHAINS} == {
        "homestead": 1.0,
        "tradepoint": 0.6,
    }
