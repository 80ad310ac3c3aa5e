"""Columns of a database's table: which are there, and how their values are kept exactly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from workspace.config.file_format import Format
from workspace.config.source_file import Extract
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError

LARGEST_PRECISION = 38
MOMENT, INSTANT = pa.timestamp("us"), pa.timestamp("us", "UTC")


@dataclass(frozen=True, kw_only=True)
class FetchedColumn:
    """A column as it is selected, and the Arrow type that holds each of its values."""

    name: str
    expression: sa.ColumnElement[Any]
    type: pa.DataType

    def array(self, values: list[Any], place: str) -> pa.Array:
        """Return values as they were stored; raises FILE_SCHEMA_DRIFT for one that does not fit."""
        if pa.types.is_string(self.type):
            values = [_text(value, self.name, place) for value in values]
        try:
            return pa.array(values, type=self.type)
        except (pa.ArrowException, OverflowError) as error:
            cause = f"{self.name} holds a value that is no {self.type}: {str(error)[:200]}."
            raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause) from error


def _text(value: Any, name: str, place: str) -> str | None:
    match value:
        case None | str():
            return value
        case bytes() | bytearray() | memoryview():
            cause = f"{name} is of bytes, which are no text."
            raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
        case Decimal():
            return f"{value:f}"
        case float():
            text = repr(value)
            return f"{Decimal(text):f}" if "e" in text else text.removesuffix(".0")
        case datetime():
            return value.isoformat(" ")
        case _:
            return str(value)


def quoted_table(dialect: Format) -> sa.TableClause:
    """Return the declared table or view."""
    schema, name = _names(dialect)
    return sa.table(name, schema=schema)


def _names(dialect: Format) -> tuple[str | None, str]:
    assert dialect.table is not None
    schema, _, name = dialect.table.rpartition(".")
    return schema or None, name


def checked_columns(
    connection: sa.Connection, extract: Extract, dialect: Format, place: str
) -> tuple[list[FetchedColumn], tuple[str, ...]]:
    """Return the declared columns of a table, and the names of those that are not declared.

    Raises FILE_SCHEMA_DRIFT where table or columns are not there, or a column is of bytes.
    """
    schema, name = _names(dialect)
    inspector = sa.inspect(connection)
    try:
        found = {str(one["name"]): one["type"] for one in inspector.get_columns(name, schema)}
    except sa.exc.NoSuchTableError as error:
        known = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        cause = f"The database has no table or view {dialect.table}.{suggestion(name, known)}"
        raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause) from error
    missing = [column for column in extract.columns if column not in found]
    unknown = tuple(column for column in found if column not in extract.columns)
    if missing:
        near = suggestion(missing[0], list(unknown))
        cause = f"{dialect.table} lacks the columns {', '.join(missing)}.{near}"
        raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
    bytes_ = [c for c in extract.columns if isinstance(found[c], sa.LargeBinary)]
    if bytes_:
        cause = f"{', '.join(bytes_)} of {dialect.table} holds bytes, which are no values."
        raise TierwiseError("FILE_SCHEMA_DRIFT", place=place, cause=cause)
    kinds = {column: _kind(found[column], connection) for column in extract.columns}
    columns = [_column(name, kind, found[name], connection) for name, kind in kinds.items()]
    if connection.dialect.name == "postgresql":
        odd = _without_a_type(connection, kinds, dialect)
        columns = [_as_text(one) if one.name in odd else one for one in columns]
    return columns, unknown


def _kind(type_: sa.types.TypeEngine[Any], connection: sa.Connection) -> pa.DataType:
    """Return the Arrow type that holds every value of a column's type, else text."""
    if connection.dialect.name == "sqlite":  # its columns hold values of any type
        return pa.string()
    match type_:
        case sa.Boolean():
            return pa.bool_()
        case sa.Integer():
            return pa.int64()
        case sa.Float():
            return pa.float64()
        case sa.Numeric(precision=int(precision), scale=int(scale)) if (
            precision <= LARGEST_PRECISION and 0 <= scale <= precision
        ):
            return pa.decimal128(precision, scale)
        case sa.DateTime():
            return INSTANT if type_.timezone else MOMENT
        case sa.Date():
            return pa.date32()
        case _:
            return pa.string()


def _column(
    name: str, kind: pa.DataType, type_: sa.types.TypeEngine[Any], connection: sa.Connection
) -> FetchedColumn:
    expression: sa.ColumnElement[Any] = sa.column(name)
    if connection.dialect.name == "postgresql":
        if pa.types.is_string(kind):  # enums, uuids, json, arrays, and numbers of any precision
            expression = sa.cast(expression, sa.Text).label(name)
    elif connection.dialect.name != "sqlite":
        expression = sa.column(name, type_)
    return FetchedColumn(name=name, expression=expression, type=kind)


def _without_a_type(
    connection: sa.Connection, kinds: dict[str, pa.DataType], dialect: Format
) -> list[str]:
    """Return columns with a value that only text can hold: NaN, infinity, a year before 1."""
    conditions = {
        name: _beyond(sa.column(name), kind)
        for name, kind in kinds.items()
        if pa.types.is_decimal(kind) or pa.types.is_temporal(kind)
    }
    if not conditions:
        return []
    flags = [sa.func.bool_or(condition) for condition in conditions.values()]
    row = connection.execute(sa.select(*flags).select_from(quoted_table(dialect))).one()
    return [name for name, flag in zip(conditions, row, strict=True) if flag]


def _as_text(column: FetchedColumn) -> FetchedColumn:
    """Return a column as text, so that an odd value reaches the quarantine of its own record.

    Moments are written as the contract's default format reads them, in UTC.
    """
    plain: sa.ColumnClause[Any] = sa.column(column.name)
    text: sa.ColumnElement[Any] = sa.cast(plain, sa.Text)
    if pa.types.is_timestamp(column.type):
        whole = sa.func.date_trunc("second", plain) == plain
        text = sa.case(
            (_beyond(plain, column.type), text),
            (whole, sa.func.to_char(plain, "YYYY-MM-DD HH24:MI:SS")),
            else_=sa.func.to_char(plain, "YYYY-MM-DD HH24:MI:SS.US"),
        )
    return FetchedColumn(name=column.name, expression=text.label(column.name), type=pa.string())


def _beyond(column: sa.ColumnClause[Any], kind: pa.DataType) -> sa.ColumnElement[bool]:
    if pa.types.is_decimal(kind):
        return column == sa.literal_column("'NaN'::numeric")
    return sa.or_(
        sa.not_(sa.func.isfinite(column)),
        column < sa.literal_column("date '0001-01-02'"),
        column >= sa.literal_column("date '9999-12-31' + 1"),
    )
