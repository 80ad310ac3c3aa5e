"""Tables as CSV that a spreadsheet shows and never runs.

A delivered text may begin with a sign that makes a spreadsheet compute it, `=HYPERLINK(...)` say.
In the release it stands as it was delivered; here, on its way out, it gets an apostrophe before it.
"""

from __future__ import annotations

import json

import polars as pl

# What OWASP's page on CSV injection names, with the wide forms that some spreadsheets read alike.
STARTS_A_FORMULA = r"^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"


def csv_text(frame: pl.DataFrame) -> str:
    """Return a frame as CSV: UTF-8, comma, a header line, nothing for null.

    Numbers and dates stay as they are, a minus before them, too; lists and structs become JSON.
    """
    plain = frame.with_columns(
        *(_as_json(column) for column in frame.iter_columns() if column.dtype.is_nested()),
        *(pl.col(name).bin.encode("hex") for name in _of_type(frame, pl.Binary)),
        *(pl.col(name).cast(pl.String) for name in _of_type(frame, pl.Categorical, pl.Enum)),
    )
    guarded = plain.with_columns(_guarded(name) for name in _of_type(plain, pl.String))
    # A query may name its columns as it likes.
    names = pl.DataFrame({"name": frame.columns}, schema={"name": pl.String})
    header = names.select(_guarded("name")).transpose()
    return header.write_csv(include_header=False) + guarded.write_csv(include_header=False)


def _guarded(name: str) -> pl.Expr:
    text = pl.col(name)
    guarded = pl.lit("'") + text
    return pl.when(text.str.contains(STARTS_A_FORMULA)).then(guarded).otherwise(text).alias(name)


def _of_type(frame: pl.DataFrame, *kinds: type[pl.DataType]) -> list[str]:
    return [name for name, kind in frame.schema.items() if kind.base_type() in kinds]


def _as_json(column: pl.Series) -> pl.Series:
    """Return nested values as JSON."""
    values = [
        None if value is None else json.dumps(value, default=str, ensure_ascii=False)
        for value in column.to_list()
    ]
    return pl.Series(column.name, values, dtype=pl.String)
