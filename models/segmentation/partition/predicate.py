"""Conditions as formulas over atoms: what can be told of them without running them.

An atom compares one column with a literal, or asks whether it is null. Linear arithmetic of one
whole or decimal column is solved for it: `units * 2 + 1 > 5` is `units > 2`. Whatever else a
condition may say (two columns, division, coalesce, …) is *opaque*: true, false or null, and nobody
knows which. Formulas have the three values of SQL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from models.segmentation.conditions import check_condition
from models.segmentation.partition.linear import line
from models.segmentation.sql_values import kind_of

Value = Fraction | str | bool  # of a number, a date as its ordinal, a text, a boolean


@dataclass(frozen=True, kw_only=True)
class Atom:
    """A column beside a literal, or a column that is null (`value` is None)."""

    column: str
    sign: Literal["<", "<=", "=", "null"]
    value: Value | None = None


@dataclass(frozen=True, kw_only=True)
class Opaque:
    """What is not understood: SQL of our own writing, and the columns it reads."""

    sql: str
    columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Constant:
    """True, false, or null."""

    value: bool | None


@dataclass(frozen=True, kw_only=True)
class Formula:
    """Parts joined by and, or, not; `null` is true where its part is null."""

    operator: Literal["and", "or", "not", "null"]
    parts: tuple[Predicate, ...]


Predicate = Atom | Opaque | Constant | Formula


def predicate(text: str, columns: Mapping[str, str]) -> Predicate:
    """Read a condition; raises RuleError where `check_condition` does."""
    check_condition(text, columns=columns)
    return _Reader(columns).read(sqlglot.parse_one(text, read="duckdb"))


@lru_cache(maxsize=4096)
def columns_of(text: str) -> tuple[str, ...]:
    """Return the columns that a condition names, first use first; none where it cannot be read."""
    try:
        tree = sqlglot.parse_one(text, read="duckdb")
    except (SqlglotError, RecursionError):
        return ()
    return tuple(dict.fromkeys(node.name for node in tree.dfs() if isinstance(node, exp.Column)))


def atoms(found: Predicate) -> Iterator[Atom | Opaque]:
    """Yield the atoms of a formula, from left to right."""
    if isinstance(found, Formula):
        for part in found.parts:
            yield from atoms(part)
    elif not isinstance(found, Constant):
        yield found


def negated(part: Predicate) -> Predicate:
    """Return `not part`."""
    return Formula(operator="not", parts=(part,))


class _Reader:
    """Reads a parse tree that check_condition has allowed."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns
        self.readers: dict[type[exp.Expr], Callable[[exp.Expr], Predicate | None]] = {
            exp.Paren: lambda node: self.read(node.this),
            exp.Boolean: lambda node: Constant(value=bool(node.this)),
            exp.Column: lambda node: Atom(column=node.name, sign="=", value=True),
            exp.And: lambda node: self._joined("and", node),
            exp.Or: lambda node: self._joined("or", node),
            exp.Not: lambda node: negated(self.read(node.this)),
            exp.Is: self._is_null,
            exp.In: self._in,
            exp.Between: lambda node: Formula(
                operator="and",
                parts=(
                    self.read(exp.GTE(this=node.this, expression=node.args["low"])),
                    self.read(exp.LTE(this=node.this, expression=node.args["high"])),
                ),
            ),
            exp.EQ: lambda node: self._equal(node.this, node.expression),
            exp.LT: lambda node: self._less(node.this, node.expression),
            # The rest are these two turned around, so that an opaque one is known as its opposite.
            exp.NEQ: lambda node: self._not(exp.EQ, node.this, node.expression),
            exp.GT: lambda node: self.read(exp.LT(this=node.expression, expression=node.this)),
            exp.GTE: lambda node: self._not(exp.LT, node.this, node.expression),
            exp.LTE: lambda node: self._not(exp.LT, node.expression, node.this),
        }

    def read(self, node: exp.Expr) -> Predicate:
        """Read one construct; what has no reader, or defeats it, is opaque."""
        reader = self.readers.get(type(node))
        found = reader(node) if reader else None
        return self._opaque(node) if found is None else found

    def _opaque(self, node: exp.Expr) -> Opaque:
        checked = check_condition(node.sql("duckdb"), columns=self.columns)
        return Opaque(sql=checked.sql, columns=checked.columns)

    def _joined(self, operator: Literal["and", "or"], node: exp.Expr) -> Predicate:
        return Formula(operator=operator, parts=(self.read(node.this), self.read(node.expression)))

    def _not(self, kind: type[exp.Expr], left: exp.Expr, right: exp.Expr) -> Predicate:
        return negated(self.read(kind(this=left, expression=right)))

    def _is_null(self, node: exp.Expr) -> Predicate | None:
        inner = node.this.unnest()
        if isinstance(inner, exp.Column):
            return Atom(column=inner.name, sign="null")
        if type(inner) in self.readers:
            return Formula(operator="null", parts=(self.read(inner),))
        found = line(inner, self.columns)
        if found is None:
            return Constant(value=False) if isinstance(inner, exp.Literal) else None
        return Atom(column=found.column, sign="null") if found.column else Constant(value=False)

    def _in(self, node: exp.Expr) -> Predicate:
        equal = [self.read(exp.EQ(this=node.this, expression=item)) for item in node.expressions]
        return equal[0] if len(equal) == 1 else Formula(operator="or", parts=tuple(equal))

    def _equal(self, left: exp.Expr, right: exp.Expr) -> Predicate | None:
        for one, other in ((left.unnest(), right.unnest()), (right.unnest(), left.unnest())):
            if isinstance(one, exp.Column) and (value := self._value(one.name, other)) is not None:
                return Atom(column=one.name, sign="=", value=value)
        if left.is_string and right.is_string:
            return Constant(value=left.name == right.name)
        return self._solved("=", left, right)

    def _less(self, left: exp.Expr, right: exp.Expr) -> Predicate | None:
        one, other = left.unnest(), right.unnest()
        if isinstance(one, exp.Column) and self._kind(one.name) == "date":
            value = self._value(one.name, other)
            return None if value is None else Atom(column=one.name, sign="<", value=value)
        if isinstance(other, exp.Column) and self._kind(other.name) == "date":
            value = self._value(other.name, one)
            if value is None:
                return None
            return negated(Atom(column=other.name, sign="<=", value=value))
        return self._solved("<", left, right)

    def _value(self, column: str, node: exp.Expr) -> Value | None:
        """The literal beside a column of texts, booleans or dates."""
        kind = self._kind(column)
        if kind == "boolean" and isinstance(node, exp.Boolean):
            return bool(node.this)
        if kind == "text" and node.is_string:
            return node.name
        if kind == "date" and node.is_string:
            return Fraction(date.fromisoformat(node.name).toordinal())
        return None

    def _solved(self, sign: Literal["<", "="], left: exp.Expr, right: exp.Expr) -> Predicate | None:
        """Solve left sign right for its only column, None where that is not possible exactly."""
        one, other = line(left, self.columns), line(right, self.columns)
        if one is None or other is None:
            return None
        column = one.column or other.column
        if other.column not in {None, column}:
            return None
        factor, offset = one.factor - other.factor, other.offset - one.offset
        if column is None:
            return Constant(value=offset > 0 if sign == "<" else offset == 0)
        if factor == 0:
            return None
        value = offset / factor
        if sign == "=" or factor > 0:
            return Atom(column=column, sign=sign, value=value)
        return negated(Atom(column=column, sign="<=", value=value))

    def _kind(self, column: str) -> str:
        return kind_of(self.columns[column])
