from __future__ import annotations

import duckdb
import pytest

from workspace.errors import TierwiseError
from workspace.ingest.expressions import checked


def is_gtin(value: str) -> bool | None:
    tree = checked(f"is_gtin({value})", {"t": set()}, default="t", place="erp.yml:1:1")
    (found,) = duckdb.execute(f"select {tree.sql(dialect='duckdb')}").fetchone() or (None,)
    return found


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("4006381333931", True),  # EAN-13
        ("4006381333932", False),
        ("4006381339331", False),  # two digits that changed places
        ("96385074", True),  # EAN-8
        ("036000291452", True),  # UPC-A
        ("36000291452", False),  # the same without its zero
        ("10614141000415", True),  # GTIN-14
        ("00000000", True),
        ("400638133393x", False),
        ("", False),
        (" 96385074", False),
        ("9" * 40, False),
    ],
)
def test_a_trade_item_number_checks_out_or_not(number: str, *, is_right: bool) -> None:
    assert is_gtin(f"'{number}'") is is_right


def test_an_absent_number_is_not_wrong() -> None:
    assert is_gtin("cast(null as varchar)") is None


def test_a_call_without_a_number_is_refused() -> None:
    with pytest.raises(TierwiseError, match=r"CONFIG_EXPRESSION.*takes one text"):
        checked("is_gtin()", {"t": set()}, default="t", place="erp.yml:1:1")
