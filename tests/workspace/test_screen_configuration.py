from __future__ import annotations

import pytest

from tests.workspace import stewarded_company
from tests.workspace.small_company import Company
from tests.workspace.stewarded_company import faults_of


@pytest.fixture
def stewarded(company: Company) -> Company:
    return stewarded_company.stewarded(company)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (("fct_order_line", "order_lines"), "CONFIG_REFERENCE", "`order_lines` is no fact"),
        (("[product_id]", "[produkt_id]"), "CONFIG_UNKNOWN_COLUMN", "mean `product_id`?"),
        (("not is_cancelled", "is_canceled"), "CONFIG_UNKNOWN_COLUMN", "mean `is_cancelled`?"),
        (
            ("quantity_units: quantity_units", "quantity_units: sum(quantity_units)"),
            "CONFIG_EXPRESSION",
            "not allowed",
        ),
        (("quantity_units: quantity_units", "id: order_id"), "CONFIG_VALUE", "gives varchar"),
        (("not is_cancelled", "quantity_units"), "CONFIG_VALUE", "a condition is needed"),
        (
            ("not is_cancelled", "order_date > quantity_units"),
            "CONFIG_EXPRESSION",
            "cannot be computed",
        ),
        (("decision: hold", "decision: drop"), "CONFIG_VALUE", "'confirm', 'hold' or 'cap'"),
        (("median_deviation", "minimum_covariance"), "CONFIG_VALUE", "two values or more"),
        (
            ("{quantity_units: quantity_units}", "{a: quantity_units, b: revenue_amount}"),
            "CONFIG_VALUE",
            "median_deviation judges one value",
        ),
        (
            (": hold\n", ": hold\nconfirmed: [{metric: size, unit: a, value: 1, reason: b}]\n"),
            "CONFIG_VALUE",
            "size is confirmed, but is no metric",
        ),
    ],
)
def test_a_fault_in_the_screens_is_named_with_its_place(
    stewarded: Company, change: tuple[str, str], code: str, words: str
) -> None:
    (fault, *_) = faults_of(stewarded.configure("quality/outliers.yml", change))
    assert fault[0] == code
    assert fault[1].startswith("quality/outliers.yml")
    assert words in fault[2]


def test_a_point_in_several_columns_cannot_be_capped(stewarded: Company) -> None:
    capped = stewarded.configure(
        "quality/outliers.yml",
        ("{quantity_units: quantity_units}", "{a: quantity_units, b: revenue_amount}"),
        ("median_deviation", "minimum_covariance"),
        ("decision: hold", "decision: cap"),
    )
    (fault,) = faults_of(capped)
    assert "has no fence to be capped at" in fault[2]


@pytest.mark.parametrize(
    ("limit", "code", "words"),
    [
        (
            "field: golden_product.gtin, minimum_rate: 0.9}, "
            "{field: golden_product.gtin, minimum_rate: 0.5, weight: margin_12m_amount",
            "CONFIG_VALUE",
            "`golden_product.gtin` has two limits.",
        ),
        ("field: golden_product.gtn, minimum_rate: 0.9", "CONFIG_UNKNOWN_COLUMN", "`gtin`?"),
        ("field: golden_customer.city, minimum_rate: 1", "CONFIG_UNKNOWN_COLUMN", "no field of"),
        (
            "field: golden_product.gtin, minimum_rate: 0.9, weight: revenue",
            "CONFIG_UNKNOWN_COLUMN",
            "`revenue` is no column of features.feat_item_value",
        ),
        (
            "field: golden_product.gtin, minimum_rate: 0.9, by: xzy",
            "CONFIG_REFERENCE",
            "Did you mean `xyz`?",
        ),
    ],
)
def test_a_limit_on_a_field_that_is_not_there_is_refused(
    company: Company, limit: str, code: str, words: str
) -> None:
    limited = company.configure(
        "workspace.yml", ("reporting", f"gates: {{field_fill: [{{{limit}}}]}}\nreporting")
    )
    (fault,) = faults_of(limited)
    assert fault[0] == code
    assert words in fault[2]
