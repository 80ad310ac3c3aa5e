"""What the fault cases check can fail: each is shown a book, an archive or an error at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.kept_promises import (
    books_add_up,
    bytes_are_kept,
    error_says_all,
    nothing_is_left_over,
    pointer_of,
    quarantine_says_all,
    release_stays,
    rows_are_loaded,
)
from tests.workspace.delivery.nights import remember
from tests.workspace.small_company import BUSINESS_DATE, DELIVERY, Company, Ingested, ingested
from workspace.errors import Exit, TierwiseError
from workspace.folder import Workspace

SPOILED = DELIVERY["erp/orders_1.csv"] + "O9,1,C1,P1,2026-01-05\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    company = Company(root=tmp_path_factory.mktemp("kept") / "company")
    opened = company.open({"erp/orders_1.csv": SPOILED})
    remember(opened, BUSINESS_DATE.replace(day=29))
    return opened


@pytest.fixture
def night(workspace: Workspace) -> Iterator[Ingested]:
    with ingested(workspace) as done:
        yield done


def check(night: Ingested, workspace: Workspace) -> None:
    books_add_up(night)
    rows_are_loaded(night, {"orders": "order_lines"})
    quarantine_says_all(night, workspace)
    bytes_are_kept(workspace)
    nothing_is_left_over(workspace)


BOOK = "update control.raw_extracts set {} where extract = 'orders'"
QUARANTINE = "update control.quarantine set {}"


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        (BOOK.format("record_count = 5"), "records are not"),
        (BOOK.format("record_count = 5, loaded_count = 4"), "typed in the books"),
        (BOOK.format("loaded_count = 2, quarantined_count = 2"), "in the books"),
        ("delete from control.row_faults", "typed in the books"),
        ("delete from control.quarantine", "quarantined in the books"),
        (
            "create or replace view raw.order_lines as select 1 as one where false",
            "order_lines: 3 loaded, 0 there",
        ),
        (QUARANTINE.format("code = 'ROW_STRANGE'"), "in no catalogue"),
        (QUARANTINE.format("remedy = ''"), "without a remedy"),
        (QUARANTINE.format("detail = ''"), "without a detail"),
        (QUARANTINE.format("raw_text = null"), "without the text"),
        (QUARANTINE.format("byte_offset = byte_offset - 1"), "another record"),
    ],
)
def test_a_broken_book_is_seen(
    breaks: str, says: str, night: Ingested, workspace: Workspace
) -> None:
    check(night, workspace)
    night.connection.execute(breaks)
    with pytest.raises(AssertionError, match=says):
        check(night, workspace)


def test_lost_or_changed_bytes_of_the_archive_are_seen(workspace: Workspace) -> None:
    file = workspace.inbox / "erp/orders_3.csv"
    file.write_text("never read", encoding="utf-8")
    with pytest.raises(AssertionError, match="not in the archive"):
        bytes_are_kept(workspace)
    file.unlink()
    bytes_are_kept(workspace)


def _moved(root: Path) -> None:
    (root / "CURRENT").write_text("none\n", encoding="utf-8")


def _rewritten(root: Path) -> None:
    named = (root / "CURRENT").read_text(encoding="utf-8").strip()
    manifest = root / "releases" / named / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")


@pytest.mark.parametrize("spoil", [_rewritten, _moved])
def test_a_moved_pointer_and_a_rewritten_release_are_seen(
    spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    workspace = Company(root=tmp_path / "company").open()
    remember(workspace, BUSINESS_DATE)
    before = pointer_of(workspace.root)
    release_stays(workspace.root, before)
    spoil(workspace.root)
    with pytest.raises((AssertionError, FileNotFoundError)):
        release_stays(workspace.root, before)


def test_an_error_that_does_not_say_all_is_seen() -> None:
    error_says_all(TierwiseError("FILE_EMPTY", place="erp.orders", cause="No bytes."))
    with pytest.raises(AssertionError, match="cause"):
        error_says_all(TierwiseError("FILE_EMPTY", place="erp.orders", cause=""))
    with pytest.raises(AssertionError, match="exit"):
        error_says_all(
            TierwiseError("FILE_EMPTY", place="erp.orders", cause="No bytes."), exit_=Exit.HELD
        )


def test_a_scratch_folder_that_remains_is_seen(workspace: Workspace) -> None:
    left = workspace.landed / ".scratch-left"
    left.mkdir()
    with pytest.raises(AssertionError, match="scratch"):
        nothing_is_left_over(workspace)
    left.rmdir()
