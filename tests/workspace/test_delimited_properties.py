from __future__ import annotations

import csv
import io
from typing import Literal

from hypothesis import event, given
from hypothesis import strategies as st

from tests.workspace.delimited_file import examine
from workspace.errors import TierwiseError

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
    file = examine(data, encoding=encoding)
    assert file.content.record_count == len(rows)
    assert [code for _, code in file.faults if code != "ROW_TOTAL_LINE"] == []
    bare = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    for row, read, place in zip(rows, file.rows, file.places, strict=True):
        raw = place.raw_text
        assert next(csv.reader(io.StringIO(raw, newline=""))) == list(row)
        assert data[place.byte_offset :].startswith(raw.encode(bare))
        assert tuple(value or "" for value in read) == row


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
    file = examine("".join(spoiled))
    assert file.content.record_count == len(rows) + 1
    assert [record for record, code in file.faults if code == "ROW_QUOTE"] == [at]


@given(TABLES, st.integers(min_value=0, max_value=10**6))
def test_bounds_of_any_text_tile_it(rows: list[tuple[str, str, str]], position: int) -> None:
    text = written(rows)
    at = position % len(text)
    spoiled = text[:at] + '"' + text[at:]
    try:
        file = examine(spoiled)
    except TierwiseError as error:
        event(error.code)  # a spoiled header, or a last line left open
        return
    assert len(file.rows) == file.content.record_count
    starts = [place.byte_offset or 0 for place in file.places]
    ends = [
        start + len(place.raw_text.encode())
        for start, place in zip(starts, file.places, strict=True)
    ]
    assert all(start < end for start, end in zip(starts, ends, strict=True))
    assert all(end < start for end, start in zip(ends[:-1], starts[1:], strict=True))
    assert len(file.faults) == len({record for record, _ in file.faults})
