"""Fault cases 28, 31, 57 to 61, 89 and 90: files of every format, and what can be wrong with them.

The orders of a small company come in each format. Sound, they give the same rows whatever the
format; spoiled, the file is refused whole or the record set aside, and nothing is lost.
"""

from __future__ import annotations

import gzip
import hashlib
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.faults.kept_promises import (
    books_add_up,
    bytes_are_kept,
    error_says_all,
    nothing_is_left_over,
    pointer_of,
    quarantine_says_all,
    release_stays,
)
from tests.workspace.delivery.nights import remember
from tests.workspace.formats.orders_in_every_format import (
    DELIMITED,
    FIXED,
    JSON,
    PARQUET,
    SOUND,
    TEXT,
    XLSX,
    book,
    fixed,
    json_lines,
    parquet,
    zipped,
)
from tests.workspace.small_company import Company, ingested
from workspace.errors import TierwiseError
from workspace.folder import Workspace

YESTERDAY, TONIGHT = date(2026, 6, 29), date(2026, 6, 30)


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def pages_end() -> int:
    """Return where the values of the Parquet file's last column end."""
    group = pq.read_metadata(io.BytesIO(parquet())).row_group(0)
    last = group.column(group.num_columns - 1)
    end: int = last.dictionary_page_offset + last.total_compressed_size
    return end


def hidden(sheet: Worksheet) -> None:
    sheet.parent.create_sheet("Front")
    sheet.sheet_state = "hidden"


def serial(sheet: Worksheet) -> None:
    for row in sheet.iter_rows(min_row=2, min_col=5, max_col=5):
        row[0].number_format = "General"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault: what is delivered under which format, and the code of the file or the record."""

    case: int
    says: str
    data: bytes
    format: str = DELIMITED
    path: str = "erp/orders_*"
    code: str | None = None
    row: tuple[int, str] | None = None


PACKED = gzip.compress(TEXT.encode(), mtime=0)
PDF = b"%PDF-1.7\n1 0 obj\n"
PREAMBLE = b"Orders of the week\n\n"
LONG = json_lines() + b'{"order": "' + b"x" * 1_500_000 + b'"}\n'
SHORT = FIXED.replace("fixed_width,", "fixed_width, short_lines: pad,")
PREFACED = FIXED.replace("fixed_width,", "fixed_width, preamble_lines: 2,")
SERIAL = XLSX.replace("xlsx,", "xlsx, date_format: excel,")
FAULTS = [
    Fault(case=28, says="a declared preamble", format=PREFACED, data=PREAMBLE + fixed()),
    Fault(case=28, says="an undeclared preamble", data=PREAMBLE + TEXT.encode(), code="FILE_"),
    Fault(case=4, says="JSON in cp1252", format=JSON, code="FILE_ENCODING",
          data=json_lines().replace(b"O1", "\u00d61".encode("cp1252"))),
    Fault(case=16, says="lines without spaces at their end", format=SHORT,
          data=fixed().replace(b"       \n", b"\n")),
    Fault(case=18, says="fixed width that breaks off", format=FIXED, data=fixed()[:-9],
          code="FILE_TRUNCATED"),
    Fault(case=18, says="JSON that breaks off", format=JSON, data=json_lines()[:-9],
          code="FILE_TRUNCATED"),
    Fault(case=31, says="a line of megabytes", format=JSON, data=LONG, row=(4, "ROW_TOO_LONG")),
    Fault(case=57, says="a PDF", data=PDF, code="FILE_TYPE"),
    Fault(case=57, says="a PDF in a gzip file", data=gzip.compress(PDF), code="FILE_TYPE"),
    Fault(case=57, says="a workbook as text", data=book(), code="FILE_TYPE"),
    Fault(case=57, says="a zip archive as .csv", data=zipped(orders=TEXT.encode()),
          path="erp/orders_*.csv", code="FILE_TYPE"),
    Fault(case=57, says="text as a workbook", format=XLSX, data=TEXT.encode(), code="FILE_TYPE"),
    Fault(case=57, says="text as Parquet", format=PARQUET, data=TEXT.encode(), code="FILE_TYPE"),
    Fault(case=58, says="gzip that breaks off", data=PACKED[:-12], code="FILE_TRUNCATED"),
    Fault(case=59, says="gzip with a wrong checksum", data=flipped(PACKED, len(PACKED) - 6),
          code="FILE_CORRUPT"),
    Fault(case=60, says="a bit that turned in Parquet", format=PARQUET,
          data=flipped(parquet(), pages_end() - 1), code="FILE_CORRUPT"),
    Fault(case=60, says="Parquet that breaks off", format=PARQUET, data=parquet()[:-20],
          code="FILE_TRUNCATED"),
    Fault(case=61, says="a merged header", format=XLSX, code="FILE_HEADER",
          data=book(lambda sheet: sheet.merge_cells("A1:B1"))),
    Fault(case=61, says="dates as serial numbers", format=SERIAL, data=book(serial)),
    Fault(case=61, says="a hidden sheet that is named", format=XLSX, data=book(hidden)),
    Fault(case=61, says="a formula never calculated", format=XLSX, row=(4, "ROW_TYPE"),
          data=book(lambda sheet: sheet.append(["O9", 1, "C1", "P1", None, "=1+2"]))),
    Fault(case=89, says="a gzip bomb", data=gzip.compress(bytes(50_000_000)), code="FILE_BOMB"),
    Fault(case=89, says="a zip bomb", data=zipped(orders=bytes(50_000_000)), code="FILE_BOMB"),
    Fault(case=90, says="a nested archive", data=zipped(orders=PACKED), code="FILE_ARCHIVE"),
    Fault(case=91, says="an archive that leads out", data=zipped(**{"../o": b"x"}),
          code="FILE_ARCHIVE"),
]  # fmt: skip


def company_of(folder: Path, format_: str, path: str) -> Company:
    return Company(root=folder).configure(
        "sources/erp.yml",
        ("erp/orders_*.csv", path),
        ("    delivery: append\n", f"    delivery: full\n    {format_}\n"),
    )


def rows(workspace: Workspace) -> list[tuple[Any, ...]]:
    """Return the order lines of a night, without the file they came in."""
    with ingested(workspace, TONIGHT) as night:
        for read, *parts in night.rows(
            "select record_count, loaded_count, quarantined_count, skipped_count "
            "from control.raw_extracts where extract = 'orders'"
        ):
            assert read == sum(parts)
        return night.rows("select * exclude (_file) from raw.order_lines order by all")


def delivered(company: Company, data: bytes) -> Workspace:
    return company.open({"erp/orders_1.csv": None, "erp/orders_2.csv": data})


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    return rows(Company(root=tmp_path_factory.mktemp("expected")).open())


@pytest.mark.parametrize(("says", "format_", "data"), SOUND, ids=[one[0] for one in SOUND])
def test_the_same_orders_give_the_same_rows_in_every_format(
    says: str, format_: str, data: bytes, expected: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    assert says
    assert rows(delivered(company_of(tmp_path, format_, "erp/orders_*"), data)) == expected


@pytest.mark.parametrize("fault", [pytest.param(f, id=f"{f.case}: {f.says}") for f in FAULTS])
def test_a_file_at_fault(fault: Fault, expected: list[tuple[Any, ...]], tmp_path: Path) -> None:
    company = company_of(tmp_path, fault.format, fault.path)
    sound = company_of(tmp_path, DELIMITED, "erp/orders_*")
    remember(sound.open(), YESTERDAY)
    published = pointer_of(tmp_path)
    workspace = delivered(company, fault.data)
    if fault.code is not None:
        with pytest.raises(TierwiseError, match=fault.code) as caught:
            rows(workspace)
        error_says_all(caught.value)
    elif fault.row is not None:
        with ingested(workspace, TONIGHT) as night:
            assert night.rows("select record_number, code from control.quarantine") == [fault.row]
            books_add_up(night)
            quarantine_says_all(night, workspace)
    else:
        assert rows(workspace) == expected
    sha256 = hashlib.sha256(fault.data).hexdigest()
    assert (workspace.archive / sha256[:2] / sha256).read_bytes() == fault.data
    bytes_are_kept(workspace)
    nothing_is_left_over(workspace)
    release_stays(tmp_path, published)

    assert rows(delivered(sound, TEXT.encode())) == expected
