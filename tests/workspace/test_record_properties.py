from __future__ import annotations

import csv
import io
from typing import Literal

import numpy as np
from hypothesis import event, given
from hypothesis import strategies as st

from workspace.config.file_format import Format
from workspace.errors import TierwiseError
from workspace.ingest.records import Records, read_records


def read(data: bytes | str, encoding: str = "utf-8") -> Records:
    content = data.encode() if isinstance(data, str) else data
    return read_records(content, Format(encoding=encoding), place="erp.orders (f.csv)")


def booked(records: Records) -> list[tuple[int, str]]:
    return [(fault.record, fault.code) for fault in records.faults]


VALUES = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab,;\"\r\n 'ß€😀"),
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"),
    ),
    max_size=8,
)
TABLES = st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=12)


def written(
    rows: list[tuple[str, str, str]],
    line_end: str = "\n",
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end, quoting=quoting)
    writer.writerow(("c1", "c2", "c3"))
    writer.writerows(rows)
    return text.getvalue()


@given(
    rows=TABLES,
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_what_csv_writes_is_counted_placed_and_read_back(
    rows: list[tuple[str, str, str]], line_end: str, quoting: Literal[0, 1], encoding: str
) -> None:
    if any("\r" in value for row in rows for value in row):
        quoting = csv.QUOTE_ALL  # else the writer leaves a lone CR bare: a line end
    data = written(rows, line_end, quoting).encode(encoding)
    records = read(data, encoding)
    assert records.count == len(rows)
    plain = [code for _, code in booked(records) if code != "ROW_TOTAL_LINE"]
    assert plain == []
    offsets = records.offsets(np.arange(1, records.count + 1)).tolist()
    bare = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    for number, (row, offset) in enumerate(zip(rows, offsets, strict=True), start=1):
        raw = records.raw(number)
        assert next(csv.reader(io.StringIO(raw, newline=""))) == list(row)
        assert data[offset:].startswith(raw.encode(bare))


@given(
    rows=st.lists(st.tuples(*[st.text(alphabet="abc ", max_size=4)] * 3), min_size=2, max_size=12),
    data=st.data(),
)
def test_one_stray_quote_costs_one_record(
    rows: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    lines = written(rows).splitlines(keepends=True)
    at = data.draw(st.integers(min_value=1, max_value=len(rows)))
    spoiled = [*lines[:at], 'x,"open,z\n', *lines[at:]]
    records = read("".join(spoiled))
    assert records.count == len(rows) + 1
    assert [record for record, code in booked(records) if code == "ROW_QUOTE"] == [at]


@given(TABLES, st.integers(min_value=0, max_value=10**6))
def test_bounds_of_any_text_tile_it(rows: list[tuple[str, str, str]], position: int) -> None:
    text = written(rows)
    at = position % len(text)
    spoiled = text[:at] + '"' + text[at:]
    try:
        records = read(spoiled)
    except TierwiseError as error:
        event(error.code)  # a spoiled header, or a last line left open
        return
    assert (records.starts < records.ends).all()
    assert (records.ends[:-1] < records.starts[1:]).all()
    assert len(set(booked(records))) == len({record for record, _ in booked(records)})
