from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from expectations import gate
from expectations.data_docs import write_data_docs
from expectations.gate import GateResult
from tests.expectations.sound_frames import SOUND_FRAMES

HOSTILE = '<script>alert("x")</script>'


def docs_of(folder: Path, *results: GateResult) -> Path:
    """Write the documents of some results and the pages made of them; return the pages' folder."""
    suites = folder / "suites"
    suites.mkdir(parents=True)
    for result in results:
        (suites / f"{result.table}.json").write_text(json.dumps(result.document), encoding="utf-8")
    write_data_docs(suites, folder / "checks")
    return folder / "checks"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    hostile = pa.table({"transaction_type": [HOSTILE] * 3})
    return docs_of(
        tmp_path / "night",
        gate.validate("raw.receipts", SOUND_FRAMES["raw.receipts"]),
        gate.validate("raw.order_lines", hostile),
    )


def test_each_result_has_a_page_and_the_index_links_to_it(folder: Path) -> None:
    pages = {page.name for page in folder.iterdir()}
    assert pages == {"index.html", "raw__receipts.html", "raw__order_lines.html"}
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'href="([^"]+)"', index)) == pages - {"index.html"}


def test_a_page_says_whether_the_gate_was_passed_and_what_was_expected(folder: Path) -> None:
    assert 'raw.receipts: <span class="text-success">passed' in (
        folder / "raw__receipts.html"
    ).read_text(encoding="utf-8")
    page = (folder / "raw__order_lines.html").read_text(encoding="utf-8")
    assert 'raw.order_lines: <span class="text-danger">not passed' in page
    assert "values must belong to this set" in page


def test_pages_need_no_network_and_no_script(folder: Path) -> None:
    for page in folder.iterdir():
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//|url\(|@import", text)
        assert "<script" not in text


def test_delivered_markup_is_shown_and_not_run(folder: Path) -> None:
    page = (folder / "raw__order_lines.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(" in page


def test_the_same_data_give_the_same_pages(folder: Path, tmp_path: Path) -> None:
    again = docs_of(tmp_path / "again", gate.validate("raw.receipts", SOUND_FRAMES["raw.receipts"]))
    page = "raw__receipts.html"
    assert (folder / page).read_bytes() == (again / page).read_bytes()
