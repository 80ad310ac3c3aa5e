from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from serving.wording import Kind, amount, counted, share, shown, spoken


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "amount", "\u2013"),
        (1234567, "count", "1,234,567"),
        (Decimal("-1234.5600"), "amount", "\u22121,235"),
        (12.0, "units", "12"),
        (12.34, "units", "12.3"),
        (0.5, "share", "50\u00a0%"),
        (date(2024, 2, 29), "date", "2024-02-29"),
        (True, "text", "yes"),
        ("a\x1b[31m\x00\u202eb", "raw", "a\u241b[31m\u2400\ufffdb"),
    ],
)
def test_a_value_reads_by_its_kind(value: object, kind: Kind, text: str) -> None:
    assert shown(value, kind) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(999, "999"), (4_999, "5.0 k"), (45_600, "45.6 k"), (1_234_567, "1.23 M"), (2e9, "2.00 bn")],
)
def test_an_amount_in_running_text_has_three_digits(value: float, text: str) -> None:
    assert amount(value).replace("\u00a0", " ") == text


def test_small_shares_keep_decimals() -> None:
    assert [share(x).replace("\u00a0", "") for x in (0, 0.0006, 0.052, 0.98)] == [
        "0%", "0.06%", "5.2%", "98%",
    ]  # fmt: skip


def test_nouns_follow_their_number() -> None:
    assert [counted(1, "item"), counted(2_000, "item")] == ["1 item", "2,000 items"]


def test_a_column_name_is_spoken_without_its_unit() -> None:
    assert [spoken(name) for name in ("margin_12m_amount", "weekly_cv_ratio")] == [
        "12-month margin", "weekly cv",
    ]  # fmt: skip
