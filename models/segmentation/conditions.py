"""The conditions of rules: SQL boolean expressions on an allow-list.

A condition is parsed and then written again from its parse tree, one writer for each allowed
construct. What has no writer is refused, so the text that was delivered never runs. The written
form uses only what DuckDB and Spark read alike, in three-valued logic: null has not fired.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from models.segmentation.sql_values import is_portable, kind_of, quoted

MAX_LENGTH = 4_000  # characters
MAX_DEPTH = 64  # levels of the parse tree; a chain of n `and` has n levels
ALLOWED = (
    "Allowed: columns, literals, comparisons, arithmetic, and, or, not, in, between, is null, "
    "coalesce, abs, least, greatest."
)

Written = tuple[str, str]  # SQL, and the kind of its value: number, text, date, boolean, null, …


class RuleError(ValueError):
    """A condition that is refused: a stable code, where in the text, and what to write instead.

    `position` counts characters from 0. Codes: RULE_SYNTAX, RULE_UNSAFE (outside the allow-list,
    or too large), RULE_UNKNOWN_COLUMN, RULE_TYPE.
    """

    def __init__(self, code: str, detail: str, *, position: int = 0, remedy: str = "") -> None:
        super().__init__(f"{code} at character {position + 1}: {detail}. {remedy}".rstrip())
        self.code = code
        self.detail = detail
        self.position = position
        self.remedy = remedy


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A checked condition: SQL of our own writing, and the columns it reads, first use first."""

    sql: str
    columns: tuple[str, ...]


def check_condition(
    text: str, *, columns: Mapping[str, str], written_as: Mapping[str, str] | None = None
) -> Condition:
    """Check a condition against the columns (name to SQL type) that it may read.

    `written_as` puts other SQL, of our own, in the place of a column.
    """
    writer = _Writer(columns, written_as or {})
    sql, kind = writer.write(_parse(text))
    if kind != "boolean":
        raise RuleError("RULE_TYPE", f"a {kind} is not a condition", remedy="Compare it.")
    return Condition(sql=sql, columns=tuple(writer.used))


_NUMBER_LITERAL = re.compile(r"\d{1,30}(\.\d{1,12})?")
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
_CONNECTORS: dict[type[exp.Expr], str] = {exp.And: "and", exp.Or: "or"}
_TIGHT = (exp.Column, exp.Boolean, exp.Paren)  # need no brackets as one side of a comparison
_FUNCTIONS: dict[type[exp.Expr], str] = {
    f: f.__name__.lower() for f in (exp.Coalesce, exp.Least, exp.Greatest, exp.Abs)
}
# The parts that a writer writes. Another part that is filled (the subquery of an `in`, the table
# of a column, `symmetric`) would be lost in writing, so it is refused.
_PARTS = {"this", "expression", "expressions", "low", "high", "is_string", "ignore_nulls"}


def _parse(text: str) -> exp.Expr:
    if len(text) > MAX_LENGTH:
        raise RuleError("RULE_UNSAFE", f"{len(text)} characters, at most {MAX_LENGTH} are read")
    try:
        for token in sqlglot.tokenize(text, read="duckdb"):
            _refuse_hidden(token)
        tree = sqlglot.parse_one(text, read="duckdb")
    except RecursionError:
        raise RuleError("RULE_UNSAFE", "nested too deep", remedy="Split the rule.") from None
    except SqlglotError as error:
        raise _syntax_error(text, error) from None
    if max(node.depth for node in tree.walk()) > MAX_DEPTH:
        raise RuleError("RULE_UNSAFE", f"over {MAX_DEPTH} levels", remedy="Split the rule.")
    return tree


def _refuse_hidden(token: Token) -> None:
    """Refuse what leaves no trace in a parse tree: a comment, the end of a statement."""
    if token.token_type is TokenType.SEMICOLON:
        raise RuleError("RULE_UNSAFE", "a second statement", position=token.start)
    if token.comments:
        raise RuleError("RULE_UNSAFE", "a comment beside the condition", position=token.start)


def _syntax_error(text: str, error: SqlglotError) -> RuleError:
    if not isinstance(error, ParseError) or not error.errors:
        return RuleError("RULE_SYNTAX", "this cannot be read")
    first = error.errors[0]
    lines = text.splitlines(keepends=True)[: first["line"] - 1]
    position = sum(map(len, lines)) + first["col"] - len(first["highlight"] or "")
    return RuleError("RULE_SYNTAX", "this cannot be read", position=max(position, 0))


def _position(node: exp.Expr) -> int:
    """Where the first part of a construct that knows its place stands."""
    return min((n.meta["start"] for n in node.walk() if "start" in n.meta), default=0)


class _Writer:
    """Writes a parse tree as SQL, and notes the columns it reads."""

    def __init__(self, columns: Mapping[str, str], written_as: Mapping[str, str]) -> None:
        self.written_as = written_as
        self.kinds = {name: kind_of(data_type) for name, data_type in columns.items()}
        self.used: dict[str, None] = {}
        self.writers: dict[type[exp.Expr], Callable[[exp.Expr], Written]] = {
            exp.Column: self._column, exp.Literal: self._literal, exp.Paren: self._paren,
            exp.Boolean: lambda node: (str(node.this).lower(), "boolean"),
            exp.Neg: self._negative, exp.Not: self._not,
            exp.Is: self._is_null, exp.In: self._in, exp.Between: self._between,
            **dict.fromkeys(_COMPARISONS, self._comparison),
            **dict.fromkeys(_ARITHMETIC, self._arithmetic),
            **dict.fromkeys(_CONNECTORS, self._connection),
            **dict.fromkeys(_FUNCTIONS, self._function),
        }  # fmt: skip

    def write(self, node: exp.Expr) -> Written:
        """Write one construct, or refuse it."""
        writer = self.writers.get(type(node))
        if writer is None or any(value and part not in _PARTS for part, value in node.args.items()):
            detail = f"{type(node).__name__} is not allowed in a condition"
            raise RuleError("RULE_UNSAFE", detail, position=_position(node), remedy=ALLOWED)
        return writer(node)

    def _column(self, node: exp.Expr) -> Written:
        name = node.name
        if name not in self.kinds:
            near = get_close_matches(name.lower(), self.kinds, n=1)
            remedy = f"Did you mean {near[0]!r}?" if near else ""
            detail = f"there is no column {name!r}"
            raise RuleError("RULE_UNKNOWN_COLUMN", detail, position=_position(node), remedy=remedy)
        self.used[name] = None
        return self.written_as.get(name, name), self.kinds[name]

    def _literal(self, node: exp.Expr) -> Written:
        if node.is_string:
            if not is_portable(node.name):
                raise RuleError("RULE_UNSAFE", "a backslash or control", position=_position(node))
            return quoted(node.name), "text"
        if not _NUMBER_LITERAL.fullmatch(node.name):
            raise RuleError("RULE_UNSAFE", "write the number plainly", position=_position(node))
        return node.name, "number"

    def _paren(self, node: exp.Expr) -> Written:
        sql, kind = self.write(node.this)
        return f"({sql})", kind

    def _operand(self, node: exp.Expr) -> Written:
        """Write one side of a comparison, in brackets when it is itself a truth value."""
        sql, kind = self.write(node)
        return (sql if type(node) in _TIGHT or kind != "boolean" else f"({sql})"), kind

    def _negative(self, node: exp.Expr) -> Written:
        # `- -x` must not come out as `--x`, which would begin a comment.
        return f"-{self._bracketed(node.this, 'number')}", "number"

    def _not(self, node: exp.Expr) -> Written:
        return f"not {self._bracketed(node.this, 'boolean')}", "boolean"

    def _is_null(self, node: exp.Expr) -> Written:
        if type(node.expression) is not exp.Null:
            raise RuleError("RULE_UNSAFE", "only `is null` is allowed", position=_position(node))
        return f"{self._operand(node.this)[0]} is null", "boolean"

    def _in(self, node: exp.Expr) -> Written:
        items = [self._alike(node, node.this, item) for item in node.expressions]
        if not items:
            raise RuleError("RULE_UNSAFE", "only a list may follow `in`", position=_position(node))
        return f"{items[0][0]} in ({', '.join(right for _, right in items)})", "boolean"

    def _between(self, node: exp.Expr) -> Written:
        subject, low = self._alike(node, node.this, node.args["low"])
        _, high = self._alike(node, node.this, node.args["high"])
        return f"{subject} between {low} and {high}", "boolean"

    def _comparison(self, node: exp.Expr) -> Written:
        left, right = self._alike(node, node.this, node.expression)
        return f"{left} {_COMPARISONS[type(node)]} {right}", "boolean"

    def _arithmetic(self, node: exp.Expr) -> Written:
        left, right = (self._of_kind(side, "number") for side in (node.this, node.expression))
        if type(node) is exp.Div:
            # As doubles, and null for a zero divisor: engines differ on both.
            return f"cast({left} as double) / nullif({right}, 0)", "number"
        return f"{left} {_ARITHMETIC[type(node)]} {right}", "number"

    def _connection(self, node: exp.Expr) -> Written:
        left, right = (self._of_kind(side, "boolean") for side in (node.this, node.expression))
        return f"{left} {_CONNECTORS[type(node)]} {right}", "boolean"

    def _function(self, node: exp.Expr) -> Written:
        written = [self.write(argument) for argument in (node.this, *node.expressions)]
        kinds = {kind for _, kind in written}
        if len(kinds) > 1 or (type(node) is exp.Abs and kinds != {"number"}):
            raise self._mismatch(node, *sorted(kinds))
        return f"{_FUNCTIONS[type(node)]}({', '.join(sql for sql, _ in written)})", written[0][1]

    def _of_kind(self, node: exp.Expr, wanted: str) -> str:
        sql, kind = self.write(node)
        if kind != wanted:
            raise self._mismatch(node, kind, wanted)
        return sql

    def _bracketed(self, node: exp.Expr, wanted: str) -> str:
        sql = self._of_kind(node, wanted)
        return sql if type(node) is exp.Paren else f"({sql})"

    def _alike(self, node: exp.Expr, left: exp.Expr, right: exp.Expr) -> tuple[str, str]:
        """Write two sides that are compared; a text literal beside a date is an ISO date."""
        (left_sql, left_kind), (right_sql, right_kind) = self._operand(left), self._operand(right)
        if {left_kind, right_kind} == {"date", "text"}:
            if left_kind == "date":
                return left_sql, self._date(right)
            return self._date(left), right_sql
        if left_kind != right_kind:
            raise self._mismatch(node, left_kind, right_kind)
        return left_sql, right_sql

    def _date(self, node: exp.Expr) -> str:
        try:
            day = date.fromisoformat(node.name if type(node) is exp.Literal else "")
        except ValueError:
            raise self._mismatch(node, "text", "date") from None
        return f"date '{day}'"

    def _mismatch(self, node: exp.Expr, *kinds: str) -> RuleError:
        detail = f"{' and '.join(kinds)} do not go together"
        return RuleError("RULE_TYPE", detail, position=_position(node))
