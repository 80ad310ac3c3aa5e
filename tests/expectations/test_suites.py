from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from expectations import gate
from tests.expectations.sound_frames import NUMBERS, ROW_COUNT, SOUND_FRAMES, spoiled

LONG_AGO = [date(1900, 1, 1), *[date(2026, 1, 1)] * (ROW_COUNT - 1)]
NONE_AT_ALL = [0] * ROW_COUNT
NOTHING = [Decimal(0)] * ROW_COUNT
ONE_BELOW_ZERO = [-1.0, *NUMBERS[1:]]
ONE_UNIT_BELOW_ZERO = [Decimal(-1), *[Decimal(1)] * (ROW_COUNT - 1)]

BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
MATCH = "expect_column_values_to_match_regex"
NOT_MATCH = "expect_column_values_to_not_match_regex"
PROPORTION_UNIQUE = "expect_column_proportion_of_unique_values_to_be_between"
UNIQUE_COUNT = "expect_column_unique_value_count_to_be_between"
NOT_LESS = "expect_column_pair_values_a_to_be_greater_than_b"

# Table, what a column holds instead, and the only expectation that may then fail. Where a second
# column has to follow, the first is the one that fails.
SPOILED: list[tuple[str, dict[str, list[Any]], str]] = [
    ("raw.customers", {"customer_id": ["4.00638E+12"] * ROW_COUNT}, NOT_MATCH),
    ("raw.customers", {"customer_name": ["Cash sale"] * ROW_COUNT}, PROPORTION_UNIQUE),
    ("raw.products", {"product_id": ["4,00638e+12"] * ROW_COUNT}, NOT_MATCH),
    ("raw.products", {"product_name": ["(none)"] * ROW_COUNT}, PROPORTION_UNIQUE),
    ("raw.order_lines", {"transaction_type": ["return"] * ROW_COUNT}, IN_SET),
    ("raw.order_lines", {"is_cancelled": [True] * ROW_COUNT}, IN_SET),
    ("raw.order_lines", {"quantity_units": NOTHING}, BETWEEN),
    ("raw.order_lines", {"net_amount": NOTHING}, BETWEEN),
    ("raw.order_lines", {"order_date": LONG_AGO}, BETWEEN),
    ("raw.order_lines", {"currency_code": ["€", *["EUR"] * (ROW_COUNT - 1)]}, MATCH),
    ("raw.inventory_snapshots", {"on_hand_units": NOTHING}, BETWEEN),
    ("raw.inventory_snapshots", {"snapshot_date": LONG_AGO}, BETWEEN),
    ("raw.purchase_order_lines", {"ordered_units": NOTHING}, BETWEEN),
    ("raw.purchase_order_lines", {"is_cancelled": [True] * ROW_COUNT}, IN_SET),
    ("raw.purchase_order_lines", {"order_date": LONG_AGO}, BETWEEN),
    ("raw.receipts", {"received_units": NOTHING}, BETWEEN),
    ("raw.receipts", {"receipt_date": LONG_AGO}, BETWEEN),
    ("raw.unit_conversions", {"numerator": NOTHING}, BETWEEN),
    ("raw.unit_conversions", {"unit_code": ["12"] * ROW_COUNT}, NOT_MATCH),
    ("raw.unit_conversions", {"product_id": ["P1"] * ROW_COUNT}, PROPORTION_UNIQUE),
    ("raw.fx_rates", {"rate": NOTHING}, BETWEEN),
    ("raw.fx_rates", {"from_currency_code": ["US Dollar"] * ROW_COUNT}, MATCH),
    ("raw.fx_rates", {"to_currency_code": ["US Dollar"] * ROW_COUNT}, MATCH),
    ("raw.fx_rates", {"rate_date": LONG_AGO}, BETWEEN),
    (
        "features.feat_item_value",
        {"order_line_count_12m": NONE_AT_ALL, "customer_count_12m": NONE_AT_ALL},
        BETWEEN,
    ),
    ("features.feat_item_value", {"sold_units_12m": ONE_UNIT_BELOW_ZERO}, BETWEEN),
    ("features.feat_item_value", {"returned_units_12m": ONE_UNIT_BELOW_ZERO}, BETWEEN),
    ("features.feat_item_value", {"customer_count_12m": [99] * ROW_COUNT}, NOT_LESS),
    ("features.feat_item_value", {"revenue_12m_amount": [Decimal(-1)] * ROW_COUNT}, BETWEEN),
    ("features.feat_demand_profile", {"demand_weeks_count": NONE_AT_ALL}, BETWEEN),
    ("features.feat_demand_profile", {"history_weeks_count": NONE_AT_ALL}, NOT_LESS),
    ("features.feat_demand_profile", {"adi_ratio": [0.5] * ROW_COUNT}, BETWEEN),
    ("features.feat_demand_profile", {"weekly_mean_units": ONE_BELOW_ZERO}, BETWEEN),
    ("features.feat_demand_profile", {"syntetos_boylan_class": ["Smooth"] * ROW_COUNT}, IN_SET),
    ("features.feat_demand_profile", {"xyz_class": ["A"] * ROW_COUNT}, IN_SET),
    ("segments.segment_assignment", {"segment_id": ["A"] * ROW_COUNT}, UNIQUE_COUNT),
    ("segments.segment_assignment", {"segment_id": [" ", *["A"] * (ROW_COUNT - 1)]}, MATCH),
    ("segments.segment_assignment", {"rule_id": [""] * ROW_COUNT}, MATCH),
    ("segments.segment_assignment", {"as_of_date": LONG_AGO}, UNIQUE_COUNT),
    ("policies.policy_safety_stock", {"target_rate": [98.0] * ROW_COUNT}, BETWEEN),
    ("policies.policy_safety_stock", {"safety_stock_units": [-1.0] * ROW_COUNT}, BETWEEN),
    ("policies.policy_safety_stock", {"protection_sd_units": ONE_BELOW_ZERO}, BETWEEN),
    ("policies.policy_safety_stock", {"lead_time_mean_days": [9999.0] * ROW_COUNT}, BETWEEN),
    ("policies.policy_reorder", {"reorder_point_units": ONE_BELOW_ZERO}, BETWEEN),
    ("policies.policy_reorder", {"suggested_order_units": ONE_BELOW_ZERO}, BETWEEN),
    ("policies.policy_reorder", {"is_below_reorder_point": [True] * ROW_COUNT}, IN_SET),
]


def test_each_suite_has_a_sound_frame() -> None:
    assert sorted(SOUND_FRAMES) == list(gate.tables())


@pytest.mark.parametrize("table", sorted(SOUND_FRAMES))
def test_a_sound_frame_passes(table: str) -> None:
    result = gate.validate(table, SOUND_FRAMES[table])
    assert result.failures == ()
    assert result.is_passed
    assert result.evaluated_count > 1


@pytest.mark.parametrize(("table", "columns", "expectation"), SPOILED)
def test_a_spoiled_column_fails_its_expectation_and_no_other(
    table: str, columns: dict[str, list[Any]], expectation: str
) -> None:
    result = gate.validate(table, spoiled(table, columns))
    assert not result.is_passed
    assert [failure.expectation for failure in result.failures] == [expectation]
    assert next(iter(columns)) in result.failures[0].column


@pytest.mark.parametrize("table", sorted(SOUND_FRAMES))
def test_each_suite_opens_with_a_row_count(table: str) -> None:
    document = gate.validate(table, SOUND_FRAMES[table]).document
    assert document["results"][0]["expectation_config"]["type"] == (
        "expect_table_row_count_to_be_between"
    )


@pytest.mark.parametrize("table", sorted(SOUND_FRAMES))
def test_each_column_expectation_is_spoiled_by_a_case(table: str) -> None:
    document = gate.validate(table, SOUND_FRAMES[table]).document
    stated = {
        (outcome["expectation_config"]["type"], column)
        for outcome in document["results"]
        for name, column in outcome["expectation_config"]["kwargs"].items()
        if name == "column"
    }
    spoiled_by_a_case = {
        (expectation, next(iter(columns)))
        for name, columns, expectation in SPOILED
        if name == table
    }
    assert stated <= spoiled_by_a_case
