"""What was delivered beside what is true of it, as frames."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.data.delivered_text import DeliveredFile


def rows_of(files: list[DeliveredFile], extract: str, company: Path) -> pl.DataFrame:
    """Return the sound records of an extract, typed by its contract."""
    defects = pl.read_csv(company / "truth" / "defects.csv")
    rows = []
    for file in files:
        if file.extract == extract:
            mine = defects.filter(pl.col("file") == file.name)
            broken = set(mine["record_number"])
            rows += [
                {name: file.value(name, text) for name, text in file.row(number).items()}
                for number in range(1, len(file.lines) + 1)
                if number not in broken
            ]
    return pl.DataFrame(rows, infer_schema_length=None)


def in_base_units(lines: pl.DataFrame, company: Path) -> pl.DataFrame:
    """Count what was ordered in cases by the piece, and what was in grams by the kilogram."""
    cases = truth(company, "packages").select("system", "case_size", product_key="source_key")
    units = pl.col("units").cast(pl.Float64)
    return lines.join(cases, on=["system", "product_key"]).with_columns(
        units=pl.when(pl.col("unit").is_in(["KAR", "CASE"]))
        .then(units * pl.col("case_size"))
        .when(pl.col("unit").is_in(["G", "GRAM"]))
        .then(units / 1_000)
        .otherwise(units)
    )


def truth(company: Path, name: str) -> pl.DataFrame:
    """Return a table of what is known of a generated company."""
    text = {"source_key": pl.String, "product_key": pl.String, "site_key": pl.String}
    return pl.read_csv(
        company / "truth" / f"{name}.csv", schema_overrides=text, try_parse_dates=True
    )
