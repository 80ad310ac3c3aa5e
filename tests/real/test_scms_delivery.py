"""A real file with words in date and number columns and three date formats, read in place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspace.small_company import Ingested, ingested
from workspace.configuration_check import check_workspace
from workspace.folder import open_workspace

ROOT = Path(__file__).parents[2]
DELIVERED = ROOT.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(
    not (DELIVERED / "scms_delivery").is_dir(), reason="the public file is not beside this clone"
)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingested]:
    """Yield the ingest of the file by the contracts in data/scms_delivery."""
    folder = tmp_path_factory.mktemp("real") / "scms_delivery"
    kept = ("workspace.yml", "sources", "segmentation", "policies", "reference")
    shutil.copytree(
        ROOT / "data" / "scms_delivery",
        folder,
        ignore=lambda place, names: (
            set(names) - set(kept) if Path(place).name == "scms_delivery" else set()
        ),
    )
    workspace = open_workspace(folder, inbox=DELIVERED)
    check_workspace(workspace)
    with ingested(workspace) as done:
        yield done


def test_every_one_of_10_324_records_is_loaded(night: Ingested) -> None:
    assert night.books("deliveries") == [
        ("SCMS_Delivery_History_Dataset.csv", 10_324, 10_324, 0, 0, "loaded")
    ]
    assert night.quarantine() == []
    assert night.rows("select count(*) from raw.order_lines") == [(10_324,)]


def test_9_138_lines_were_delivered_on_or_before_the_scheduled_day(night: Ingested) -> None:
    assert night.rows(
        "select count(*) from raw.order_lines where shipped_date <= requested_date"
    ) == [(9_138,)]


def test_words_in_the_place_of_a_date_are_no_date_and_lose_no_record(night: Ingested) -> None:
    """5,404 lines never went to a vendor, and 328 went on a day that nobody wrote down."""
    assert night.rows(
        """
        select count(*) filter ("PO Sent to Vendor Date" = 'N/A - From RDC'),
            count(*) filter ("PO Sent to Vendor Date" = 'Date Not Captured'),
            count(*) filter ("PQ First Sent to Client Date" = 'Pre-PQ Process')
        from typed.scms__deliveries
        """
    ) == [(5_404, 328, 2_476)]


@pytest.mark.parametrize(
    ("line", "written", "day"),
    [
        ("47", "11/13/06", "2006-11-13"),
        ("60", "2012-01-06", "2006-12-01"),  # 12/01/06, which a spreadsheet took for a year
        ("3", "Date Not Captured", "2006-11-14"),  # the promised day
    ],
)
def test_a_day_is_read_from_what_a_spreadsheet_has_left_of_it(
    night: Ingested, line: str, written: str, day: str
) -> None:
    assert night.rows(
        f"""
        select "PO Sent to Vendor Date", order_date::text
        from raw.order_lines join typed.scms__deliveries on line_number = "ID"
        where line_number = '{line}'
        """
    ) == [(written, day)]


def test_orders_are_placed_before_the_promised_day_but_for_four(night: Ingested) -> None:
    """The four were sent to the vendor up to 160 days after it."""
    late = "o.order_date > o.requested_date"
    assert night.rows(
        f"""
        select count(*) filter ({late}), max(o.order_date - o.requested_date)
        from raw.order_lines as o
        """
    ) == [(4, 160)]


def test_numbers_that_are_told_elsewhere_stay_as_they_were_written(night: Ingested) -> None:
    assert night.rows(
        """
        select count(*) filter ("Weight (Kilograms)" = 'Weight Captured Separately'),
            count(*) filter ("Weight (Kilograms)" like 'See %'),
            count(*) filter (try_cast("Weight (Kilograms)" as decimal(18, 4)) is not null),
            count(*) filter ("Line Item Insurance (USD)" is null)
        from typed.scms__deliveries
        """
    ) == [(1_507, 2_445, 6_372, 287)]
