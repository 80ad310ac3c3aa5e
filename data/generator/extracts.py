"""Extracts that are delivered whole: a frame of text, and how it may be broken."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data.generator.defects import Shape, Spoiler
from data.generator.plan import Plan
from data.generator.writing import Dialect


@dataclass(frozen=True, kw_only=True)
class Master:
    """One master-data extract; only columns of `free_text` may need quotes.

    `wrong` are rows that are planted as they stand, with the code they must be found under.
    """

    frame: pl.DataFrame
    wrong: tuple[tuple[int, str, str], ...] = ()
    free_text: tuple[str, ...] = ()
    shape: Shape | None = None

    def records(self, name: str, plan: Plan, dialect: Dialect) -> pl.DataFrame:
        """Write the records as an `Extract` takes them, spoiled as is planned for `name`."""
        texts = dialect.records(self.frame, self.free_text)
        if self.shape is not None:
            spoiler = Spoiler(self.shape, dialect, plan.defect_share)
            return spoiler.in_turn(plan.stream(f"defects {name}"), self.frame, texts)
        records = pl.DataFrame({"text": texts})
        if not self.wrong:
            return records
        schema = {"row": pl.UInt32, "kind": pl.String, "code": pl.String}
        wrong = pl.DataFrame(self.wrong, schema=schema, orient="row")
        numbered = records.with_row_index("row")
        return numbered.join(wrong, on="row", how="left", maintain_order="left")


def master_shape(
    frame: pl.DataFrame,
    key_start: str,
    *,
    date: str,
    text: str,
    number: str | None = None,
    conflicts: bool = True,
    flag: str | None = None,
) -> Shape:
    """Return how records whose key is their first column can be broken, by column names.

    Broken records get keys that start with `key_start` and are as long as the others.
    """
    at = frame.columns.index
    digits = max(1, len(frame[0, 0]) - len(key_start))
    return Shape(
        key=0,
        number=None if number is None else at(number),
        date=at(date),
        text=at(text),
        conflicts=conflicts,
        width=frame.width,
        flag=flag,
        new_key=lambda made: f"{key_start}{made:0{digits}d}",
    )
