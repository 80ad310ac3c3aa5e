"""Files at fault, one row for each way in which a file can be wrong, and what holds after each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.file_faults import CASES, ORDERS, TEXT, Case
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
from tests.workspace.small_company import BUSINESS_DATE, Company, Ingested, ingested
from workspace.errors import TierwiseError
from workspace.folder import Workspace

FEEDS = {"customers": "customers", "sites": "sites", "orders": "order_lines"}
ROWS = "select * exclude (_file, _record) from raw.order_lines order by all"
FULL = ("    delivery: append\n", "    delivery: full\n")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a company with a release, to be copied."""
    root = tmp_path_factory.mktemp("published") / "company"
    company = Company(root=root).configure("sources/erp.yml", FULL)
    remember(company.open(), BUSINESS_DATE.replace(day=29))
    return root


@pytest.fixture(scope="module")
def sound(published: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    """Return the rows of an undisturbed ingest."""
    root = tmp_path_factory.mktemp("sound") / "company"
    shutil.copytree(published, root)
    company = Company(root=root).configure("sources/erp.yml", FULL)
    with ingested(company.open({ORDERS: TEXT, "erp/orders_1.csv": None})) as night:
        return night.rows(ROWS)


def check_accepted(case: Case, night: Ingested, sound: list[tuple], workspace: Workspace) -> None:
    """The rows are there, what is set aside is, and the books say so."""
    quarantined = night.rows(
        "select record_number, code from control.quarantine order by record_number"
    )
    assert quarantined == list(case.rows)
    assert (case.outcome == "ROWQ") == bool(case.rows)
    rows = night.rows(ROWS)
    assert [row for row in rows if row[:2] not in case.added] == [
        row for row in sound if row[:2] not in case.lost
    ]
    assert [row[:2] for row in rows if row[:2] in case.added] == sorted(case.added)
    ((skipped, detail),) = night.rows(
        "select sum(skipped_count), coalesce(string_agg(detail), '') from control.raw_extracts "
        "where status = 'loaded'"
    )
    assert skipped == case.skipped
    assert case.note in detail
    books_add_up(night)
    rows_are_loaded(night, FEEDS)
    quarantine_says_all(night, workspace)


@pytest.mark.parametrize("case", [pytest.param(c, id=f"{c.number}: {c.says}") for c in CASES])
def test_a_file_is_read_set_aside_in_part_or_refused_and_nothing_else_changes(
    case: Case, tmp_path: Path, published: Path, sound: list[tuple]
) -> None:
    root = tmp_path / "company"
    shutil.copytree(published, root)
    before = pointer_of(root)
    company = Company(root=root).configure("sources/erp.yml", FULL)
    files = {"erp/orders_1.csv": None, ORDERS: TEXT, case.file: case.data}
    workspace = company.configure("sources/erp.yml", *case.contract).open(files)
    if case.outcome == "FILEQ":
        with pytest.raises(TierwiseError) as caught, ingested(workspace):
            pass
        assert caught.value.code == case.code
        error_says_all(caught.value)
    else:
        with ingested(workspace) as night:
            check_accepted(case, night, sound, workspace)
    bytes_are_kept(workspace)
    nothing_is_left_over(workspace)
    release_stays(root, before)

    if case.file != ORDERS:
        (root / "inbox" / case.file).unlink()
    with ingested(
        company.open({**files, case.file: TEXT if case.file == ORDERS else None})
    ) as night:
        assert night.rows(ROWS) == sound
