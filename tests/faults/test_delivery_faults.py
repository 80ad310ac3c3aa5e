"""Faults of delivery, one row for each way in which a delivery can be wrong.

A night is published; then the next day's delivery is spoiled. Whatever comes of it, the release
stays, the books add up, the bytes are kept, and the delivery put right gives what an undisturbed
night gives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.faults.delivery_faults import FAULTS, TODAY, Fault, Files, day
from tests.workspace.delivery.nights import remember
from tests.workspace.small_company import Company, ingested
from workspace.errors import CATALOGUE, Exit, TierwiseError
from workspace.folder import Workspace
from workspace.ingest.control_totals import reconciliation_findings
from workspace.ingest.delivery import decide_night
from workspace.ingest.delivery_gates import freshness_findings, volume_findings
from workspace.releases import current_release

YESTERDAY, TONIGHT = date(2026, 6, 29), date(2026, 6, 30)
BEFORE = (27, 28, 29)
GATES = {
    "GATE_VOLUME": volume_findings,
    "GATE_FRESHNESS": freshness_findings,
    "GATE_RECON": reconciliation_findings,
}


def company_of(fault: Fault, folder: Path) -> Company:
    """Return the company whose orders come daily under the rules that the fault breaks."""
    totals = "  totals:\n    path: erp/totals.csv\n    required: false\n    description: Totals.\n"
    totals += "    key: [day]\n    columns: {day: date, units: decimal}\nmappings:\n"
    required = "" if fault.is_required else "    required: false\n"
    return Company(root=folder).configure(
        "sources/erp.yml",
        ("erp/orders_*.csv", "erp/orders_{%Y-%m-%d}*.csv"),
        ("delivery: append\n", f"delivery: {{kind: append, {fault.rules}}}\n{required}"),
        ("mappings:\n", totals),
    )


def orders(fault: Fault, *days: int) -> Files:
    """Return sound orders of some days, with what the rules demand beside them."""
    files: Files = {"erp/orders_1.csv": None}
    for number in days:
        files |= fault.dress(f"erp/orders_2026-06-{number:02}.csv", day(number))
    return files


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a night: the error that held it, or its books and rows."""

    error: TierwiseError | None
    books: list[tuple]
    rows: list[tuple]


def run(workspace: Workspace) -> Outcome:
    """Decide, land and gate tonight, as far as it goes."""
    try:
        with ingested(workspace, TONIGHT) as night:
            books = night.rows(
                "select status, code, record_count, loaded_count, quarantined_count, skipped_count "
                "from control.raw_extracts where extract = 'orders' order by all"
            )
            rows = night.rows("select * from raw.order_lines order by all")
            return Outcome(error=_held(night.connection, workspace), books=books, rows=rows)
    except TierwiseError as error:
        return Outcome(error=error, books=[], rows=[])


def _held(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> TierwiseError | None:
    for code, gate in GATES.items():
        if found := gate(connection, workspace)[1]:
            return TierwiseError(code, place="control.raw_extracts", cause=found[0])
    return None


def assert_nothing_is_lost(
    workspace: Workspace, published: str, error: TierwiseError | None
) -> None:
    """Check what holds after every fault: the release, the archive, and an error that says all."""
    current = current_release(workspace)
    assert current is not None
    assert current.release_id == published
    with duckdb.connect(str(current.database), read_only=True) as release:
        assert release.execute("select count(*) > 0 from extract_history").fetchall() == [(True,)]
    for found in (
        found for delivery in decide_night(workspace, TONIGHT) for found in delivery.files
    ):
        if found.sha256 is not None:
            stored = workspace.archive / found.sha256[:2] / found.sha256
            assert hashlib.sha256(stored.read_bytes()).hexdigest() == found.sha256
    if error is not None:
        assert error.as_json().keys() == {"code", "place", "cause", "remedy", "exit"}
        assert all(error.as_json().values())
        assert error.exit == (Exit.HELD if error.code in GATES else Exit.INPUT)
        assert error.remedy == CATALOGUE[error.code].remedy


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Fault], list[tuple]]:
    """Return the rows of an undisturbed night, run once for each way to dress a file."""
    rows: dict[str, list[tuple]] = {}

    def undisturbed(fault: Fault) -> list[tuple]:
        dress = fault.dress.__name__
        if dress not in rows:
            company = company_of(fault, tmp_path_factory.mktemp("sound"))
            remember(company.open(orders(fault, *BEFORE)), YESTERDAY)
            rows[dress] = run(company.open(orders(fault, 30))).rows
        return rows[dress]

    return undisturbed


@pytest.mark.parametrize("fault", [pytest.param(f, id=f"{f.case}: {f.says}") for f in FAULTS])
def test_a_delivery_at_fault(
    fault: Fault, tmp_path: Path, sound: Callable[[Fault], list[tuple]]
) -> None:
    company = company_of(fault, tmp_path)
    remember(company.open(orders(fault, *BEFORE)), YESTERDAY)
    workspace = company.open({**orders(fault, 30), **fault.spoiled})
    published = (workspace.root / "CURRENT").read_text().strip()
    if fault.link is not None:
        (workspace.inbox / TODAY).symlink_to(fault.link)
    outcome = run(workspace)
    assert (outcome.error.code if outcome.error else None) == fault.code
    if outcome.error is None:
        assert fault.book in [book[:2] for book in outcome.books]
        assert all(read == sum(parts) for _, _, read, *parts in outcome.books)
    assert_nothing_is_lost(workspace, published, outcome.error)

    for name in fault.spoiled:
        (workspace.inbox / name).unlink(missing_ok=True)
    right = run(company.open(orders(fault, *BEFORE, 30)))
    assert right.error is None
    assert right.rows == sound(fault)
    assert len(right.rows) == 16
