"""What a planted defect is, and what must become of it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.fuzzing.corpus import Dialect, Row


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A spoiled file, and what must become of it.

    `records` get one of `row_codes`, or the file one of `file_codes`; all other rows are `kept`.
    """

    dialect: Dialect
    defect: str
    data: bytes
    kept: list[Row]
    records: frozenset[int] = frozenset()
    row_codes: frozenset[str] = frozenset()
    file_codes: frozenset[str] = frozenset()
