"""A night forty days on: a steward has decided, a provider has gone, and the ledger vouches."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from serving.release_reader import open_release
from tests.night.company import FIRST_DAY, copy_company, current, manifest, tierwise
from tests.night.conftest import Night
from workspace.errors import Exit
from workspace.folder import open_workspace
from workspace.ledger.chain import EMPTY_LEDGER
from workspace.night_inputs import night_key

LATER = FIRST_DAY + timedelta(days=40)


@dataclass(frozen=True, kw_only=True)
class DecidedNight:
    """A workspace after the night, and the quarantined rows that were decided before it."""

    workspace: Path
    first: str
    confirmed: dict[str, Any]
    dismissed: dict[str, Any]
    keys: tuple[str, str]

    def rows(self, query: str, release: str | None = None) -> list[dict[str, Any]]:
        """Return the rows of a query on the release of the night, or on another."""
        folder = self.workspace / "releases" / (release or current(self.workspace))
        with open_release(folder) as reader:
            return reader.rows(query)

    def of_record(self, row: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the order lines that a delivered record has become."""
        return self.rows(
            "select order_line_id from fct_order_line "
            f"where source_file_sha256 = '{row['file_sha256']}' "
            f"and source_record_number = {row['record_number']}"
        )


def decide(workspace: Path, code: str, way: str) -> dict[str, Any]:
    """Decide about the first row with a cause as a steward would: list it, then name it."""
    words = ("--workspace", workspace, "--extract", "order_lines", "--code", code, "--json")
    row: dict[str, Any] = tierwise("quarantine", "list", *words).document["records"][0]
    done = tierwise(
        *("quarantine", "release", f"{row['file_sha256'][:12]}:{row['record_number']}"),
        *("--as", way, "--reason", "As agreed.", "--by", "Ada", "--workspace", workspace),
    )
    assert done.status == 0, done.err
    return row


@pytest.fixture(scope="module")
def night(first_night: Night, tmp_path_factory: pytest.TempPathFactory) -> DecidedNight:
    """Run the night; the market data provider's contract is gone, and its files with it."""
    workspace = copy_company(first_night.workspace, tmp_path_factory.mktemp("decided") / "company")
    shutil.rmtree(workspace / "inbox" / "market")
    (workspace / "sources" / "market.yml").unlink()
    first = current(workspace)
    before = night_key(open_workspace(workspace), LATER).hash
    confirmed = decide(workspace, "ROW_RANGE", "confirm")
    dismissed = decide(workspace, "ROW_ARITY", "dismiss")
    after = night_key(open_workspace(workspace), LATER).hash
    said = tierwise("refresh", "--workspace", workspace, "--as-of", LATER.isoformat(), "--json")
    assert said.status == 0, said.out + said.err
    return DecidedNight(
        workspace=workspace,
        first=first,
        confirmed=confirmed,
        dismissed=dismissed,
        keys=(before, after),
    )


def test_a_decision_makes_a_new_night(night: DecidedNight) -> None:
    before, after = night.keys
    assert before != after


def test_a_confirmed_record_is_loaded_and_a_dismissed_one_is_not(night: DecidedNight) -> None:
    assert len(night.of_record(night.confirmed)) == 1
    assert night.of_record(night.dismissed) == []
    decided = {
        (row["file_sha256"], row["record_number"]) for row in (night.confirmed, night.dismissed)
    }
    held = night.rows("select file_sha256, record_number from quarantine")
    assert not decided & {(row["file_sha256"], row["record_number"]) for row in held}


def test_the_release_says_who_decided_what_by_which_entry(night: DecidedNight) -> None:
    columns = "record_number, code, decision, ledger_seq, reason, decided_by"
    rows = night.rows(f"select {columns} from row_decisions order by ledger_seq")
    assert [tuple(row.values()) for row in rows] == [
        (night.confirmed["record_number"], "ROW_RANGE", "confirm", 1, "As agreed.", "Ada"),
        (night.dismissed["record_number"], "*", "dismiss", 2, "As agreed.", "Ada"),
    ]


def test_every_record_is_still_accounted_for(night: DecidedNight) -> None:
    assert night.rows(
        "select * from raw_extracts where status = 'loaded' "
        "and record_count <> loaded_count + quarantined_count + skipped_count"
    ) == []  # fmt: skip
    ((row),) = night.rows(
        "select skipped_count from raw_extracts "
        f"where file_sha256 = '{night.dismissed['file_sha256']}'"
    )
    assert row["skipped_count"] >= 1


def test_the_manifest_keeps_the_ledgers_head(night: DecidedNight) -> None:
    found = tierwise("ledger", "verify", "--workspace", night.workspace, "--json").document
    identity = manifest(night.workspace)["identity"]
    assert identity["key"]["ledger_head"] == found["head"] != EMPTY_LEDGER
    assert identity["ledger_entries"] == found["entries"] == 2
    assert found["witnesses"] == 2


@pytest.mark.requirement("S0.M2.B8")
def test_without_its_provider_a_signal_is_served_from_the_cache_and_is_stale(
    night: DecidedNight,
) -> None:
    assert night.rows("select * from raw_extracts where system = 'market'") == []
    known = "select signal_name, subject_key, valid_from, signal_value from fct_external_signal"
    before, after = (
        {tuple(row.values()) for row in night.rows(known, release)}
        for release in (night.first, None)
    )
    assert before == after
    assert len(after) > 100
    in_force = night.rows(
        "select signal_name, is_delivered, signal_stale from fct_external_signal where is_in_force"
    )
    names = {row["signal_name"] for row in in_force}
    assert {"market_growth", "freight_index", "energy_price"} < names
    assert not any(row["is_delivered"] for row in in_force)
    # Ratings of countries are relied upon for a year, a market's figures for some weeks.
    lasting = {"duty_rate", "import_complexity", "hazard_index", "stability_index"}
    assert {row["signal_name"] for row in in_force if row["signal_stale"]} == names - lasting
    for release in (night.first, None):
        violations = night.rows(
            "select count(*) as rows from fct_order_line as l join fct_external_signal as s "
            "on s.valid_from <= l.order_date "
            "and (s.valid_to is null or l.order_date < s.valid_to) "
            "where s.value_date > l.order_date or cast(s.published_at as date) > l.order_date",
            release,
        )
        assert violations == [{"rows": 0}]


def test_a_ledger_that_is_lost_or_changed_stops_the_night(
    night: DecidedNight, tmp_path: Path
) -> None:
    workspace = copy_company(night.workspace, tmp_path / "company")
    shutil.rmtree(workspace / "ledger")
    words = ("--workspace", workspace, "--json")
    verified = tierwise("ledger", "verify", *words)
    assert (verified.status, verified.codes) == (Exit.INTEGRITY, ["LEDGER_DAMAGED"])
    assert "entry 1" in verified.document["errors"][0]["place"]
    served = current(workspace)
    next_day = date.fromordinal(LATER.toordinal() + 1).isoformat()
    said = tierwise("refresh", "--as-of", next_day, *words)
    assert (said.status, said.codes) == (Exit.INTEGRITY, ["LEDGER_DAMAGED"])
    assert current(workspace) == served
