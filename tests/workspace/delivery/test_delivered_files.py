"""The decision on real files: in the inbox, in the archive, and in the books of earlier nights."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workspace.delivery.nights import decided, remember, said
from tests.workspace.small_company import DELIVERY, Company, ingested
from workspace.folder import Workspace
from workspace.ingest.delivery import (
    decide_night,
    inputs_hash,
    require_files,
    undeclared_files,
)

ERP = "sources/erp.yml"
TONIGHT = date(2026, 6, 30)
ORDERS = DELIVERY["erp/orders_1.csv"]


def with_rules(company: Company, rules: str, *, path: str = "erp/orders_{%Y-%m-%d}.csv") -> Company:
    """Return the company with a dated path and other delivery rules for its orders."""
    return company.configure(
        ERP,
        ("erp/orders_*.csv", path),
        ("delivery: append\n", f"delivery: {rules}\n"),
    )


def orders(*days: int) -> dict[str, str | bytes | None]:
    """Return a file of orders for each day of June, in place of the undated one."""
    files: dict[str, str | bytes | None] = {"erp/orders_1.csv": None}
    return files | {
        f"erp/orders_2026-06-{day:02}.csv": ORDERS.replace("O1", f"O{day}") for day in days
    }


def archived(workspace: Workspace, content: str) -> Path:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return workspace.archive / sha256[:2] / sha256


def test_the_bytes_of_every_file_are_archived_before_one_is_read(company: Company) -> None:
    workspace = company.open({"erp/sites_2.csv": "id,name\nS1,Newer\n"})
    decide_night(workspace, TONIGHT)
    for content in (*DELIVERY.values(), "id,name\nS1,Newer\n"):
        assert archived(workspace, content).read_text() == content


def test_an_emptied_inbox_changes_nothing_of_what_adds_up(company: Company) -> None:
    daily = with_rules(company, "append")
    workspace = daily.open(orders(28, 29))
    remember(workspace, TONIGHT - timedelta(days=1))
    before = inputs_hash(workspace, TONIGHT)
    for day in (28, 29):
        (workspace.inbox / f"erp/orders_2026-06-{day}.csv").unlink()
    delivery = decided(workspace, TONIGHT)
    assert [file.name for file in delivery.reads] == [
        "orders_2026-06-28.csv",
        "orders_2026-06-29.csv",
    ]
    assert {file.delivered_date for file in delivery.reads} == {date(2026, 6, 29)}
    assert inputs_hash(workspace, TONIGHT) == before


def test_history_that_even_the_archive_has_lost_holds_the_night(company: Company) -> None:
    workspace = with_rules(company, "append").open(orders(28, 29))
    remember(workspace, TONIGHT - timedelta(days=1))
    lost = workspace.inbox / "erp/orders_2026-06-28.csv"
    archived(workspace, lost.read_text()).unlink()
    lost.unlink()
    (error,) = require_files(workspace, TONIGHT)
    assert (error.code, error.place) == ("FILE_MISSING", "erp.orders (orders_2026-06-28.csv)")
    assert "Neither the inbox nor the archive" in error.cause


def test_a_file_delivered_twice_is_no_news(company: Company) -> None:
    workspace = company.open()
    remember(workspace, TONIGHT - timedelta(days=1))
    before = inputs_hash(workspace, TONIGHT)
    (workspace.inbox / "erp/orders_1.csv").write_text(ORDERS)
    (workspace.inbox / "erp/orders_0_again.csv").write_text(ORDERS)
    assert inputs_hash(workspace, TONIGHT) == before
    assert said(decided(workspace, TONIGHT)) == [
        ("orders_0_again.csv", "superseded", "FILE_DUPLICATE"),
        ("orders_1.csv", "loaded", None),
    ]


def test_nights_in_any_order_of_arrival_end_with_the_same_files_and_rows(
    tmp_path: Path,
) -> None:
    rules = "{kind: append, every: day, carry_forward_days: 9}"
    arrivals = [[26, 27, 28, 29, 30], [28, 30, 26, 29, 27], [30, 29, 28, 27, 26]]
    ends: list[list[tuple[str, str | None]]] = []
    rows: list[list[tuple]] = []
    for number, arrival in enumerate(arrivals):
        other = with_rules(Company(root=tmp_path / str(number)), rules)
        workspace = other.open(orders())
        for count, day in enumerate(arrival):
            other.open(orders(day))
            remember(workspace, TONIGHT + timedelta(days=count))
        last = decided(workspace, TONIGHT + timedelta(days=9))
        ends.append([(file.name, file.sha256) for file in last.reads])
        with ingested(workspace, TONIGHT + timedelta(days=9)) as done:
            rows.append(done.rows("select * from raw.order_lines order by all"))
    assert [name for name, _ in ends[0]] == [f"orders_2026-06-{day}.csv" for day in range(26, 31)]
    assert ends[0] == ends[1] == ends[2]
    assert rows[0] == rows[1] == rows[2] != []


def test_a_night_of_the_past_reads_the_files_of_its_day(company: Company) -> None:
    workspace = with_rules(company, "{kind: full, every: day}").open(orders(28, 29, 30))
    assert [file.name for file in decided(workspace, date(2026, 6, 29)).reads] == [
        "orders_2026-06-29.csv"
    ]


def test_a_carried_file_keeps_the_day_on_which_it_was_last_delivered(company: Company) -> None:
    rules = "{kind: full, every: day, carry_forward_days: 2}"
    workspace = with_rules(company, rules).open(orders(29))
    remember(workspace, date(2026, 6, 29))
    (workspace.inbox / "erp/orders_2026-06-29.csv").unlink()
    for night in (date(2026, 6, 30), date(2026, 7, 1)):
        (file,) = decided(workspace, night).reads
        assert (file.status, file.delivered_date) == ("carried_forward", date(2026, 6, 29))
        remember(workspace, night)
    assert decided(workspace, date(2026, 7, 2)).error is not None


@pytest.mark.parametrize(
    ("rules", "companions", "status", "words"),
    [
        ('{kind: append, done_marker: "{name}.done"}', {}, "waiting", "marker orders_1.csv.done"),
        ('{kind: append, done_marker: "{name}.done"}', {"orders_1.csv.done": ""}, "loaded", ""),
        ('{kind: append, done_marker: "{stem}.ok"}', {"orders_1.ok": ""}, "loaded", ""),
        ("{kind: append, settle_seconds: 600}", {}, "waiting", "600 are waited for"),
        ('{kind: append, manifest: {path: "{name}.json"}}', {}, "waiting", "manifest"),
    ],
)
def test_a_file_is_read_once_it_is_whole(
    company: Company, rules: str, companions: dict[str, str], status: str, words: str
) -> None:
    whole = with_rules(company, rules, path="erp/orders_*.csv*")
    workspace = whole.open({f"erp/{name}": text for name, text in companions.items()})
    delivery = decided(workspace, TONIGHT)
    (file,) = delivery.files
    assert (file.name, file.status) == ("orders_1.csv", status)
    assert words in (file.detail or "")
    assert (delivery.error is None) == (status == "loaded")
    assert delivery.is_awaited == (status == "waiting")
    assert undeclared_files(workspace) == []


def test_a_marker_that_is_older_than_its_file_does_not_speak_of_it(company: Company) -> None:
    marked = with_rules(
        company, '{kind: append, done_marker: "{name}.done"}', path="erp/orders_*.csv"
    )
    workspace = marked.open({"erp/orders_1.csv.done": ""})
    os.utime(workspace.inbox / "erp/orders_1.csv.done", (1, 1))
    assert said(decided(workspace, TONIGHT)) == [("orders_1.csv", "waiting", "FILE_UNSTABLE")]


SHA256 = hashlib.sha256(ORDERS.encode()).hexdigest()
SIZE = len(ORDERS)


@pytest.mark.parametrize(
    ("manifest", "code", "records"),
    [
        ({"records": 3, "bytes": SIZE, "sha256": SHA256}, None, 3),
        ({"records": "3"}, None, 3),
        ({"bytes": SIZE + 1}, "FILE_MANIFEST_MISMATCH", None),
        ({"sha256": "0" * 64}, "FILE_MANIFEST_MISMATCH", None),
        ({"records": "three"}, "FILE_MANIFEST_MISMATCH", None),
        ({"rows": 3}, "FILE_MANIFEST_MISMATCH", None),
        ({"files": [{"name": "orders_0.csv"}, {"name": "orders_1.csv", "records": 3}]}, None, 3),
        ([{"name": "orders_1.csv", "sha256": SHA256.upper()}], None, None),
        ([{"name": "orders_2.csv", "sha256": SHA256}], "FILE_MANIFEST_MISMATCH", None),
        ({"errors": [], "records": 3}, None, 3),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_its_manifest_states_is_refused(
    company: Company, manifest: object, code: str | None, records: int | None
) -> None:
    stating = with_rules(
        company, '{kind: append, manifest: {path: "{name}.json"}}', path="erp/orders_*.csv"
    )
    workspace = stating.open({"erp/orders_1.csv.json": json.dumps(manifest)})
    (file,) = decided(workspace, TONIGHT).files
    assert (file.code, file.stated_records) == (code, records)
    assert archived(workspace, ORDERS).is_file()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{SHA256}  orders_1.csv\n", None),
        (f"{SHA256} *out/orders_1.csv\r\n", None),
        (f"{SHA256}\n", None),
        (f"{'0' * 64}  orders_1.csv\n", "FILE_MANIFEST_MISMATCH"),
        (f"{SHA256}  orders_2.csv\n", "FILE_MANIFEST_MISMATCH"),
        ("", "FILE_MANIFEST_MISMATCH"),
        ("\0\1not a checksum", "FILE_MANIFEST_MISMATCH"),
    ],
)
def test_a_checksum_file_is_believed_only_for_the_file_it_names(
    company: Company, text: str, code: str | None
) -> None:
    rules = "{kind: append, manifest: {path: SHA256SUMS, format: checksum}}"
    workspace = with_rules(company, rules, path="erp/orders_*.csv").open({"erp/SHA256SUMS": text})
    assert said(decided(workspace, TONIGHT))[0][2] == code


def test_a_deep_or_huge_manifest_is_refused_and_not_followed(company: Company) -> None:
    rules = '{kind: append, manifest: {path: "{name}.json"}}'
    stating = with_rules(company, rules, path="erp/orders_*.csv")
    for text in ("[" * 100_000, '{"records": 1' + " " * 10_000_001 + "}"):
        workspace = stating.open({"erp/orders_1.csv.json": text})
        assert said(decided(workspace, TONIGHT))[0][2] == "FILE_MANIFEST_MISMATCH"


def test_a_night_run_again_reads_what_its_first_run_read(company: Company) -> None:
    workspace = with_rules(company, "append").open(orders(28, 29))
    remember(workspace, TONIGHT)
    before = inputs_hash(workspace, TONIGHT)
    (workspace.inbox / "erp/orders_2026-06-28.csv").unlink()
    assert inputs_hash(workspace, TONIGHT) == before
    assert [file.name for file in decided(workspace, TONIGHT).reads] == [
        "orders_2026-06-28.csv",
        "orders_2026-06-29.csv",
    ]
