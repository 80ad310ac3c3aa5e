"""`is_gtin(text)`: whether a GS1 trade item number of 8, 12, 13 or 14 digits checks out."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from workspace.errors import TierwiseError

NAME = "is_gtin"
LENGTH = 14


def with_gtins(tree: exp.Expression, place: str) -> exp.Expression:
    """Write every is_gtin of a checked expression out. Null is null: absence is no wrong digit.

    The digits of the number, filled up to 14 by zeros, times 3, 1, 3 … 1 add up to tens (GS1
    General Specifications, section 7.9).
    """

    def written_out(node: exp.Expression) -> exp.Expression:
        if not isinstance(node, exp.Anonymous) or node.name.lower() != NAME:
            return node
        if len(node.expressions) != 1:
            cause = f"`{node.sql(dialect='duckdb')}`: {NAME} takes one text."
            raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
        number = node.expressions[0].sql(dialect="duckdb")
        filled = f"lpad(cast({number} as varchar), {LENGTH}, '0')"
        digits = " + ".join(
            f"coalesce(try_cast(substr({filled}, {at}, 1) as integer), 0) * {3 if at % 2 else 1}"
            for at in range(1, LENGTH + 1)
        )
        shape = "'[0-9]{8}|[0-9]{12,14}'"
        found = sqlglot.parse_one(
            f"(regexp_full_match(cast({number} as varchar), {shape}) and ({digits}) % 10 = 0)",
            read="duckdb",
        )
        assert isinstance(found, exp.Expression)
        return found

    return tree.transform(written_out)
