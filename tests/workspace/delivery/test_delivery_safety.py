"""Names and kinds of files that must not lead anywhere, and odd names that may."""

from __future__ import annotations

import hashlib
import os
import socket
import subprocess
from datetime import date
from pathlib import Path

import pytest

from tests.workspace.delivery.nights import decided, remember, said
from tests.workspace.small_company import DELIVERY, Company
from workspace.errors import ConfigurationErrors
from workspace.folder import Workspace
from workspace.ingest.delivery import undeclared_files

ERP = "sources/erp.yml"
TONIGHT = date(2026, 6, 30)
ORDERS = DELIVERY["erp/orders_1.csv"].replace("O1", "O7")


def link(workspace: Workspace, outside: Path) -> None:
    outside.write_text(ORDERS)
    (workspace.inbox / "erp/orders_2.csv").symlink_to(outside)


def dangling_link(workspace: Workspace, outside: Path) -> None:
    (workspace.inbox / "erp/orders_2.csv").symlink_to(outside)


def pipe(workspace: Workspace, outside: Path) -> None:
    del outside
    os.mkfifo(workspace.inbox / "erp/orders_2.csv")


def device(workspace: Workspace, outside: Path) -> None:
    outside.write_text("")
    (workspace.inbox / "erp/orders_2.csv").symlink_to("/dev/zero")


def listening_socket(workspace: Workspace, outside: Path) -> None:
    del outside
    here = Path.cwd()
    os.chdir(workspace.inbox / "erp")  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("orders_2.csv")
    finally:
        os.chdir(here)


@pytest.mark.parametrize("spoil", [link, dangling_link, pipe, device, listening_socket])
def test_what_is_no_plain_file_is_booked_and_not_touched(
    company: Company, tmp_path: Path, spoil: object
) -> None:
    workspace = company.open()
    assert callable(spoil)
    spoil(workspace, tmp_path / "outside.csv")
    delivery = decided(workspace, TONIGHT)
    assert said(delivery) == [
        ("orders_1.csv", "loaded", None),
        ("orders_2.csv", "refused", "FILE_PATH"),
    ]
    assert delivery.error is not None
    assert delivery.error.place == "erp.orders (orders_2.csv)"
    kept = {path.read_text() for path in workspace.archive.rglob("*") if path.is_file()}
    assert kept == set(DELIVERY.values())


def test_a_linked_folder_is_not_entered(company: Company, tmp_path: Path) -> None:
    nested = company.configure(ERP, ("erp/orders_*.csv", "erp/*/orders.csv"))
    workspace = nested.open({"erp/jan/orders.csv": ORDERS})
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/orders.csv").write_text(DELIVERY["erp/orders_1.csv"])
    (workspace.inbox / "erp/feb").symlink_to(tmp_path / "outside")
    assert said(decided(workspace, TONIGHT)) == [
        ("feb", "refused", "FILE_PATH"),
        ("jan/orders.csv", "loaded", None),
    ]


def test_a_linked_delivery_folder_is_not_entered(company: Company, tmp_path: Path) -> None:
    workspace = company.open()
    (workspace.inbox / "erp").rename(tmp_path / "elsewhere")
    (workspace.inbox / "erp").symlink_to(tmp_path / "elsewhere")
    delivery = decided(workspace, TONIGHT)
    assert said(delivery) == [("", "refused", "FILE_PATH")]
    assert "The folder erp is a link" in str(delivery.error)


def test_a_manifest_that_is_a_link_is_not_read(company: Company, tmp_path: Path) -> None:
    stating = company.configure(
        ERP,
        ("delivery: append\n", 'delivery: {kind: append, manifest: {path: "{name}.json"}}\n'),
    )
    workspace = stating.open()
    (tmp_path / "outside.json").write_text('{"records": "secret"}')
    (workspace.inbox / "erp/orders_1.csv.json").symlink_to(tmp_path / "outside.json")
    delivery = decided(workspace, TONIGHT)
    assert said(delivery) == [("orders_1.csv", "waiting", "FILE_UNSTABLE")]
    assert "secret" not in str(delivery.error)


def test_a_link_in_the_archive_is_no_archived_file(company: Company, tmp_path: Path) -> None:
    workspace = company.open()
    remember(workspace, date(2026, 6, 29))
    sha256 = hashlib.sha256(DELIVERY["erp/orders_1.csv"].encode()).hexdigest()
    (workspace.inbox / "erp/orders_1.csv").unlink()
    stored = workspace.archive / sha256[:2] / sha256
    stored.rename(tmp_path / "outside.csv")
    stored.symlink_to(tmp_path / "outside.csv")
    assert said(decided(workspace, TONIGHT)) == [("orders_1.csv", "missing", "FILE_MISSING")]


DEEP = 2100  # deeper than Python calls itself, and than a path can name


def test_folders_may_be_deeper_than_python_calls(company: Company) -> None:
    workspace = company.open()
    here = Path.cwd()
    os.chdir(workspace.inbox)
    try:
        for _ in range(DEEP):
            Path("d").mkdir()
            os.chdir("d")
        os.chdir(here)
        assert undeclared_files(workspace) == []
    finally:  # what removes the folders of a test would call itself as deep
        os.chdir(here)
        subprocess.run(["rm", "-r", workspace.inbox / "d"], check=True)


def test_a_mistyped_year_does_not_make_every_day_since_a_row(company: Company) -> None:
    dated = company.configure(
        ERP,
        ("erp/orders_*.csv", "erp/orders_{%Y-%m-%d}.csv"),
        ("delivery: append\n", "delivery: {kind: append, every: day, due_after_days: -1}\n"),
    )
    files = {f"erp/orders_{day}.csv": ORDERS + day for day in ("0001-01-01", "2026-06-30")}
    delivery = decided(dated.open({**files, "erp/orders_1.csv": None}), TONIGHT)
    assert len(delivery.files) <= 102
    assert delivery.error is not None
    assert delivery.error.code == "FILE_MISSING"


@pytest.mark.parametrize("path", ["../other/*.csv", "/etc/passwd", "erp/../../x.csv", "erp//x.csv"])
def test_a_contract_cannot_name_what_lies_outside_the_inbox(company: Company, path: str) -> None:
    with pytest.raises(ConfigurationErrors, match="CONFIG_VALUE"):
        company.configure(ERP, ("erp/orders_*.csv", path)).open()


@pytest.mark.parametrize(
    "name",
    [
        "orders_'; drop table x --.csv",
        'orders_".csv',
        "orders_%s%n$(id)`id`.csv",
        "orders_\n\r\t.csv",
        "orders_😀é.csv",
        f"orders_{'x' * 244}.csv",
        "orders_..csv",
        "orders_ .csv",
    ],
)
def test_any_name_a_file_system_knows_is_read_as_it_is(company: Company, name: str) -> None:
    workspace = company.open({f"erp/{name}": ORDERS})
    assert (name, "loaded", None) in said(decided(workspace, TONIGHT))
    assert undeclared_files(workspace) == []


def test_a_name_that_is_no_text_is_shown_by_its_bytes(company: Company) -> None:
    workspace = company.open()
    (workspace.inbox / "erp" / os.fsdecode(b"orders_\xe4.csv")).write_text(ORDERS)
    (workspace.inbox / os.fsdecode(b"\xff")).write_text(ORDERS)
    assert ("orders_\\xe4.csv", "loaded", None) in said(decided(workspace, TONIGHT))
    assert [str(path) for path in undeclared_files(workspace)] == ["\\xff"]


def test_a_folder_that_is_named_like_a_file_is_no_delivery(company: Company) -> None:
    workspace = company.open()
    (workspace.inbox / "erp/orders_2.csv").mkdir()
    assert said(decided(workspace, TONIGHT)) == [("orders_1.csv", "loaded", None)]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(company: Company) -> None:
    workspace = company.open({"erp/orders_2.csv": ORDERS})
    (workspace.inbox / "erp/orders_2.csv").chmod(0)
    assert ("orders_2.csv", "refused", "FILE_PATH") in said(decided(workspace, TONIGHT))


def test_a_date_that_no_calendar_has_is_refused(company: Company) -> None:
    dated = company.configure(ERP, ("erp/orders_*.csv", "erp/orders_{%Y%m%d}.csv"))
    workspace = dated.open(
        {
            "erp/orders_1.csv": None,
            "erp/orders_20260629.csv": ORDERS,
            "erp/orders_20260230.csv": "x",
        }
    )
    delivery = decided(workspace, TONIGHT)
    assert said(delivery) == [
        ("orders_20260230.csv", "refused", "FILE_DATE"),
        ("orders_20260629.csv", "loaded", None),
    ]
    assert delivery.error is not None
