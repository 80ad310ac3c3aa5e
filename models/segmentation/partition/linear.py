"""Arithmetic of one column that is a straight line, so that a comparison can be solved for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlglot import exp

from models.segmentation.grid import decimals_of
from models.segmentation.sql_values import kind_of


@dataclass(frozen=True, kw_only=True)
class Line:
    """factor * column + offset; a number where there is no column."""

    column: str | None
    factor: Fraction
    offset: Fraction


def line(node: exp.Expr, columns: Mapping[str, str]) -> Line | None:
    """Read arithmetic as a line, None where it is none.

    Arithmetic of doubles rounds, so that only a double itself, or its negative, is a line.
    """
    node = node.unnest()
    if isinstance(node, exp.Column) and kind_of(columns[node.name]) == "number":
        return Line(column=node.name, factor=Fraction(1), offset=Fraction(0))
    if isinstance(node, exp.Literal) and not node.is_string:
        return Line(column=None, factor=Fraction(0), offset=Fraction(node.name))
    if isinstance(node, exp.Neg):
        inner = line(node.this, columns)
        return inner and _scaled(inner, Fraction(-1))
    if not isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return None
    left, right = line(node.this, columns), line(node.expression, columns)
    found = left and right and _joined(node, left, right)
    if not found or (found.column and decimals_of(columns[found.column]) is None):
        return None
    return found


def _joined(node: exp.Expr, left: Line, right: Line) -> Line | None:
    if isinstance(node, exp.Mul):
        if left.column and right.column:
            return None
        scaled, by = (left, right) if left.column else (right, left)
        return _scaled(scaled, by.offset)
    if left.column and right.column and left.column != right.column:
        return None
    sign = 1 if isinstance(node, exp.Add) else -1
    return Line(
        column=left.column or right.column,
        factor=left.factor + sign * right.factor,
        offset=left.offset + sign * right.offset,
    )


def _scaled(found: Line, by: Fraction) -> Line:
    return Line(column=found.column, factor=found.factor * by, offset=found.offset * by)
