"""A disk without room is said by code, is no file's fault, and leaves nothing behind.

The device that is always full stands where something is to be written.
"""

from __future__ import annotations

import errno
import gzip
import json
import os
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from typer.testing import CliRunner

from cli.main import app
from orchestration.refusal import refusals
from tests.faults.kept_promises import bytes_are_kept, error_says_all, pointer_of, release_stays
from tests.workspace.delivery.nights import remember
from tests.workspace.small_company import BUSINESS_DATE, DELIVERY, Company, ingested
from workspace.disk_space import disk_fault
from workspace.errors import Exit
from workspace.ingest.unpacking import unpack

FULL = Path("/dev/full")
ORDERS = DELIVERY["erp/orders_1.csv"]
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="The system has no device that is full.")


def test_a_night_whose_archive_is_full_ends_with_a_code_and_its_release_stays(
    tmp_path: Path,
) -> None:
    company = Company(root=tmp_path)
    remember(company.open(), BUSINESS_DATE.replace(day=29))
    before = pointer_of(tmp_path)
    workspace = company.open({"erp/orders_2.csv": ORDERS.replace("O", "N")})
    partial = workspace.archive / f".{os.getpid()}.partial"
    partial.symlink_to(FULL)
    done = CliRunner().invoke(app, ["refresh", "-w", str(tmp_path), "--json"])
    assert done.exit_code == Exit.FAILED, done.output
    (said,) = json.loads(done.stdout)["errors"]
    assert said["code"] == "SYS_DISK_FULL"
    assert not partial.is_symlink()
    release_stays(tmp_path, before)
    with ingested(workspace) as night:  # once there is room
        assert night.rows("select count(*) from raw.order_lines") == [(6,)]
    bytes_are_kept(workspace)


def test_unpacking_on_a_full_disk_is_no_fault_of_the_file(tmp_path: Path) -> None:
    packed = tmp_path / "orders.csv.gz"
    packed.write_bytes(gzip.compress(ORDERS.encode()))
    (tmp_path / "unpacked").symlink_to(FULL)
    source = Company(root=tmp_path / "company").open().sources["erp"].value
    extract, dialect = source.extracts["orders"], source.format_of("orders")
    with pytest.raises(OSError, match="No space") as raised:
        unpack(packed, extract, dialect, scratch=tmp_path, place="erp.orders")
    fault = disk_fault(raised.value)
    assert fault is not None
    error_says_all(fault, exit_=Exit.FAILED)


# As DuckDB 2.0.0 and pyarrow 26.0.1 say it. Both remove the file they could not write, so that they
# are not let at the device itself.
RAISED = [
    duckdb.IOException(
        'IO Error: Async write failed: {"exception_message":"Could not write file '
        '\\"rows.parquet\\": No space left on device","errno":"28"}'
    ),
    OSError(errno.ENOSPC, "Error writing bytes to file. Detail: No space left on device"),
    OSError(errno.EDQUOT, "Disk quota exceeded", "rows.parquet"),
]


@pytest.mark.parametrize("raised", RAISED, ids=["duckdb", "arrow", "quota"])
def test_whatever_could_not_write_its_step_fails_by_code(raised: OSError | duckdb.Error) -> None:
    with pytest.raises(dg.Failure) as failed, refusals():
        raise raised
    assert failed.value.metadata["code"].value == "SYS_DISK_FULL"
    assert not failed.value.allow_retries


def test_other_errors_of_the_system_stay_what_they_are(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), refusals():
        (tmp_path / "absent").read_bytes()
    with pytest.raises(duckdb.CatalogException), refusals(), duckdb.connect() as connection:
        connection.execute("select * from absent")
