"""Mapping expressions: SQL on an allow-list, checked on the parse tree and never on the text."""

from __future__ import annotations

from collections.abc import Mapping, Set

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.ingest.check_digits import with_gtins
from workspace.ingest.zones import with_days

LENGTH_LIMIT = 4_000
NODE_LIMIT = 400
ALLOWED: frozenset[type[exp.Expression]] = frozenset({
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Boolean, exp.Paren, exp.Neg,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.DPipe, exp.Concat, exp.ConcatWs,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is,
    exp.In, exp.Between, exp.Like, exp.ILike, exp.Case, exp.If, exp.Cast, exp.TryCast,
    exp.DataType, exp.DataTypeParam, exp.Coalesce, exp.Nullif, exp.Trim, exp.Upper, exp.Lower,
    exp.Substring, exp.Replace, exp.Length, exp.Abs, exp.Round, exp.Least, exp.Greatest,
    exp.Pad, exp.Left, exp.Right, exp.Tuple, exp.Interval, exp.Var, exp.StartsWith,
    exp.SplitPart,
})  # fmt: skip
ALLOWED_BY_NAME = frozenset({"ltrim", "rtrim", "replace", "strip_accents", "day_in", "is_gtin"})


def checked(
    expression: str, columns: Mapping[str, Set[str]], *, default: str, place: str
) -> exp.Expression:
    """Parse one expression and qualify its columns.

    `columns` gives the columns of each table alias, `default` the alias of bare names. Raises
    TierwiseError with CONFIG_EXPRESSION or CONFIG_UNKNOWN_COLUMN at `place`.
    """
    tree = _parsed(expression, place)
    for node in tree.walk():
        _refuse_unlisted(node, place)
    for column in list(tree.find_all(exp.Column)):
        alias = column.table or default
        known = {name.lower(): name for name in columns.get(alias, ())}
        if column.name.lower() not in known:
            near = suggestion(column.name, sorted(known.values()))
            cause = f"`{column.sql()}` is no column of {alias}.{near}"
            raise TierwiseError("CONFIG_UNKNOWN_COLUMN", place=place, cause=cause)
        real = exp.column(known[column.name.lower()], table=alias, quoted=True)
        if column is tree:
            tree = real
        else:
            column.replace(real)
    return with_gtins(with_days(tree, place), place)


def _parsed(expression: str, place: str) -> exp.Expression:
    if len(expression) > LENGTH_LIMIT:
        cause = f"The expression is longer than {LENGTH_LIMIT} characters."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
    try:
        statements = sqlglot.parse(f"select {expression}", read="duckdb")
    except SqlglotError as error:
        reason = error
        if isinstance(error, ParseError) and error.errors:
            reason = error.errors[0].get("description", error)
        cause = f"`{expression}` is not SQL: {reason}."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause) from error
    select = statements[0] if len(statements) == 1 else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        cause = f"`{expression}` is not one expression."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
    extra = [name for name, value in select.args.items() if value and name != "expressions"]
    if extra:
        cause = f"`{expression}` holds more than an expression: {', '.join(extra)}."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
    tree: exp.Expression = select.expressions[0].copy()
    if sum(1 for _ in tree.walk()) > NODE_LIMIT:
        cause = f"The expression has over {NODE_LIMIT} parts."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
    return tree


def _refuse_unlisted(node: exp.Expr, place: str) -> None:
    if isinstance(node, exp.Anonymous):
        allowed = node.name.lower() in ALLOWED_BY_NAME
    else:
        allowed = type(node) in ALLOWED
    if not allowed or node.comments:
        cause = f"`{node.sql(dialect='duckdb')}` is not allowed here."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
