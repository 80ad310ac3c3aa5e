"""`day_in(instant, zone)`: the day that a UTC instant falls on by the clocks of a zone."""

from __future__ import annotations

from functools import cache

import duckdb
from sqlglot import exp

from workspace.config.strict import suggestion
from workspace.errors import TierwiseError

NAME = "day_in"


@cache
def known_zones() -> tuple[str, ...]:
    """Return the time zones that DuckDB knows, sorted."""
    with duckdb.connect() as connection:
        rows = connection.execute("select distinct name from pg_timezone_names() order by name")
        return tuple(name for (name,) in rows.fetchall())


def with_days(tree: exp.Expression, place: str) -> exp.Expression:
    """Write out each `day_in` of a checked expression as functions of DuckDB's.

    A zone that comes from a column is looked up first, since DuckDB stops at an unknown one: the
    day is then null. Raises CONFIG_EXPRESSION for a zone in the text that is none.
    """

    def written_out(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Anonymous) and node.name.lower() == NAME:
            return _day(node, place)
        return node

    return tree.transform(written_out)


def _day(call: exp.Anonymous, place: str) -> exp.Expression:
    if len(call.expressions) != 2:
        cause = f"`{call.sql(dialect='duckdb')}`: {NAME} takes an instant and a time zone."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
    instant, zone = call.expressions
    in_utc = exp.Anonymous(this="timezone", expressions=[exp.Literal.string("UTC"), instant])
    there = exp.Anonymous(this="timezone", expressions=[zone.copy(), in_utc])
    day = exp.Cast(this=there, to=exp.DataType.build("date"))
    if isinstance(zone, exp.Literal):
        if zone.name not in known_zones():
            near = suggestion(zone.name, list(known_zones()))
            cause = f"`{zone.name}` is no time zone of the IANA data base.{near}"
            raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause)
        return day
    known = [exp.Literal.string(name) for name in known_zones()]
    is_known = exp.In(this=zone.copy(), expressions=known)
    return exp.Case(ifs=[exp.If(this=is_known, true=day)])
