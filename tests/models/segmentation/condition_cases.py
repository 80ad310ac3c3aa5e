"""Conditions for property tests, and a table of units with every value that they name."""

from __future__ import annotations

from itertools import product

import duckdb
from hypothesis import strategies as st

COLUMNS = {
    "item_id": "bigint",
    "units": "bigint",
    "margin_amount": "decimal(18,4)",
    "cv_ratio": "double",
    "line": "string",
    "launch_date": "date",
    "is_active": "boolean",
    "value_amount": "decimal(18,4)",
}
VALUES: dict[str, list[object]] = {
    "units": [None, -1, 0, 1, 2, 3],
    "margin_amount": [None, "-2.5", "0", "0.0001", "1.2499", "1.25", "3"],
    "cv_ratio": [None, 0.0, 0.499999999999, 0.5, 0.500000000001, 1.32],
    "line": [None, "pumps", "seals", "hoses"],
    "launch_date": [None, "2025-12-31", "2026-01-01", "2026-01-02"],
    "is_active": [None, True, False],
}
_SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
_NUMBERS = {
    "units": ["-1", "0", "1", "1.5", "2"],
    "margin_amount": ["-2.5", "0", "1.25", "0.00005", "2"],
    "cv_ratio": ["0", "0.5", "1.32"],
}


def _compared(column: str) -> st.SearchStrategy[str]:
    literal = st.sampled_from(_NUMBERS[column])
    return st.tuples(st.just(column), _SIGNS, literal).map(" ".join)


PLAIN = (
    st.sampled_from(sorted(_NUMBERS)).flatmap(_compared)
    | st.tuples(st.sampled_from(sorted(_NUMBERS)), st.just("is null")).map(" ".join)
    | st.sampled_from(
        [
            "is_active",
            "is_active = false",
            "line = 'pumps'",
            "line <> 'seals'",
            "line in ('pumps', 'seals')",
            "launch_date > '2026-01-01'",
            "'2026-01-01' <= launch_date",
            "units between 0 and 2",
            "units not in (0, 2)",
            "units * 2 + 1 > 3",
            "1 - units * 2 >= 2",
            "margin_amount * -3 < 1",
            "- cv_ratio < 0.5",
            "(units > 1) is null",
            "(units + 1) is not null",
            "1 > 2",
            "true",
        ]
    )
)
OPAQUE = st.sampled_from(
    [
        "units > margin_amount",
        "margin_amount < units",
        "coalesce(units, 1) > 1",
        "margin_amount / units >= 1",
        "cv_ratio + 0.25 > 0.75",
        "line > 'pumps'",
    ]
)


def conditions(atoms: st.SearchStrategy[str], leaves: int = 5) -> st.SearchStrategy[str]:
    """Atoms under and, or and not."""
    return st.recursive(
        atoms,
        lambda inner: (
            st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
                lambda part: f"({' '.join(part)})"
            )
            | inner.map(lambda part: f"not ({part})")
        ),
        max_leaves=leaves,
    )


def every_unit(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Create `items`: a unit for each combination of the values of some columns, null in others."""
    types = ", ".join(f"{name} {data_type}" for name, data_type in COLUMNS.items())
    connection.execute(f"create or replace table items ({types})")
    rows = [
        (number, *[dict(zip(names, row, strict=True)).get(name) for name in VALUES], number)
        for number, row in enumerate(product(*(VALUES[name] for name in names)))
    ]
    marks = ", ".join([f"({', '.join('?' * len(COLUMNS))})"] * len(rows))
    connection.execute(f"insert into items values {marks}", [v for row in rows for v in row])
