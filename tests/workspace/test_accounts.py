from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.small_company import (
    BUSINESS_DATE,
    DELIVERY,
    SOURCE,
    Company,
    ingested,
    opened,
)
from workspace.errors import TierwiseError
from workspace.ingest.accounts import close_books
from workspace.ingest.delivery import require_files, undeclared_files
from workspace.ingest.landing import land

ERP = "sources/erp.yml"
HEADER = "order,line,customer,product,day,units\n"
GOOD = "O1,1,C1,P1,2026-01-05,3\n"


def test_identical_rows_are_merged_and_counted(company: Company) -> None:
    with ingested(company.open({"erp/orders_1.csv": HEADER + GOOD + GOOD + GOOD})) as night:
        assert night.books("orders") == [("orders_1.csv", 3, 1, 0, 2, "loaded")]
        assert night.rows("select distinct reason from control.row_skips") == [
            ("ROW_DUPLICATE: identical row",)
        ]


def test_the_same_values_written_differently_are_identical(company: Company) -> None:
    text = HEADER + GOOD + GOOD.replace(",3\n", ",3.00\n")
    with ingested(company.open({"erp/orders_1.csv": text})) as night:
        assert night.books("orders") == [("orders_1.csv", 2, 1, 0, 1, "loaded")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("O1,1,C1,P1,2026-01-05,3", "O1,1,C1,P1,2026-01-05,4"),
        ("O1,1,C1,P1,2026-01-05,3", "O1,1,P1,C1,2026-01-05,3"),
    ],
)
def test_rows_that_contradict_each_other_are_all_set_aside(
    company: Company, one: str, other: str
) -> None:
    text = f"{HEADER}{one}\n{other}\n{one}\nO2,1,C1,P1,2026-01-05,3\n"
    with ingested(company.open({"erp/orders_1.csv": text})) as night:
        key = ("ROW_KEY_DUP", "order, line")
        assert night.quarantine() == [("orders", 1, *key), ("orders", 2, *key), ("orders", 3, *key)]
        assert night.books("orders") == [("orders_1.csv", 4, 1, 3, 0, "loaded")]


def test_keys_that_read_alike_when_joined_are_different(company: Company) -> None:
    text = f"{HEADER}O · 1,2,C1,P1,2026-01-05,3\nO,1 · 2,C1,P1,2026-01-05,4\n"
    with ingested(company.open({"erp/orders_1.csv": text + text.removeprefix(HEADER)})) as night:
        assert night.books("orders") == [("orders_1.csv", 4, 2, 0, 2, "loaded")]


def test_latest_by_keeps_the_newest_row_of_a_key(company: Company) -> None:
    latest = company.configure(
        ERP, ("key: [order, line]", "key: [order, line]\n    latest_by: day")
    )
    text = HEADER + "".join(
        f"O1,1,C1,P1,{day},{units}\n"
        for day, units in (("2026-01-05", 3), ("2026-01-07", 5), ("2026-01-06", 4), ("", 9))
    )
    with ingested(latest.open({"erp/orders_1.csv": text})) as night:
        assert night.rows("select quantity_units::integer from raw.order_lines") == [(5,)]
        # A row that is of no use by itself, here without a day, does not compete for its key.
        assert night.books("orders") == [("orders_1.csv", 4, 1, 1, 2, "loaded")]
    tied = text + "O1,1,C1,P1,2026-01-07,6\n"
    with ingested(latest.open({"erp/orders_1.csv": tied})) as night:
        assert {row[2] for row in night.quarantine()} == {"ROW_KEY_DUP", "ROW_NULL"}
        assert night.books("orders") == [("orders_1.csv", 5, 0, 5, 0, "loaded")]


def test_a_newer_full_delivery_replaces_the_older_ones(company: Company) -> None:
    newer = {"erp/sites_2.csv": "id,name\nS1,Renamed\nS2,New\n"}
    with ingested(company.open(newer)) as night:
        assert night.books("sites") == [
            ("sites_1.csv", 0, 0, 0, 0, "superseded"),
            ("sites_2.csv", 2, 2, 0, 0, "loaded"),
        ]
        assert night.rows("select site_name from raw.sites order by all") == [
            ("New",),
            ("Renamed",),
        ]


def test_appended_files_add_up_and_a_row_delivered_twice_counts_once(company: Company) -> None:
    more = {"erp/orders_2.csv": HEADER + GOOD + "O3,1,C2,P2,2026-01-07,1\n"}
    with ingested(company.open(more)) as night:
        first, second = night.books("orders")
        assert (first[1] + second[1], first[2] + second[2], first[4] + second[4]) == (5, 4, 1)
        assert night.rows("select count(*) from raw.order_lines") == [(4,)]


def test_the_same_bytes_under_two_names_are_read_once_and_accounted_for(company: Company) -> None:
    text = HEADER + GOOD + "O9,1,C1,P1,never,3\n"
    copies = {"erp/orders_1.csv": text, "erp/orders_1_again.csv": text}
    with ingested(company.open(copies)) as night:
        assert night.books("orders") == [
            ("orders_1.csv", 2, 1, 1, 0, "loaded"),
            ("orders_1_again.csv", 2, 0, 0, 2, "superseded"),
        ]
        parts = ("loaded", "quarantined", "skipped")
        assert night.totals["records"] == sum(night.totals[part] for part in parts)
        assert len(night.quarantine()) == 1


def test_the_same_bytes_delivered_to_two_extracts_are_read_for_each(company: Company) -> None:
    text = "id,name\nX1,Both\nX2\n"
    with ingested(company.open({"erp/sites_1.csv": text, "erp/products_1.csv": text})) as night:
        assert night.books("sites") == [("sites_1.csv", 2, 1, 1, 0, "loaded")]
        assert night.books("products") == [("products_1.csv", 2, 1, 1, 0, "loaded")]
        arity = "select record_number from control.quarantine where code = 'ROW_ARITY'"
        assert night.rows(arity) == [(2,)]


def test_files_of_one_name_in_two_folders_are_two_files(company: Company) -> None:
    nested = company.configure(ERP, ("erp/orders_*.csv", "erp/*/orders.csv"))
    files = {
        "erp/jan/orders.csv": HEADER + GOOD,
        "erp/feb/orders.csv": HEADER + GOOD.replace("O1", "O2"),
    }
    with ingested(nested.open(files)) as night:
        assert [row[0] for row in night.books("orders")] == ["feb/orders.csv", "jan/orders.csv"]


def test_a_links_bytes_are_not_read(company: Company, tmp_path: Path) -> None:
    workspace = company.open()
    secret = tmp_path / "secret.csv"
    secret.write_text(HEADER + "S,1,C1,P1,2026-01-05,3\n")
    (workspace.inbox / "erp" / "orders_2.csv").symlink_to(secret)
    with opened(workspace) as connection, pytest.raises(TierwiseError, match="FILE_PATH"):
        land(connection, workspace, workspace.sources["erp"].value, "orders")
    held = [file.read_bytes() for file in workspace.archive.rglob("*") if file.is_file()]
    assert secret.read_bytes() not in held


@pytest.mark.parametrize(
    "name", ["orders_'; drop.csv", "orders_%s\n😀.csv", f"orders_{'x' * 240}.csv"]
)
def test_any_file_name_is_taken_as_it_is(company: Company, name: str) -> None:
    text = HEADER + "O5,1,C1,P1,2026-01-05,3\n"
    with ingested(company.open({f"erp/{name}": text})) as night:
        assert name in [row[0] for row in night.books("orders")]


def test_files_that_no_contract_declares_and_extracts_without_a_file_are_listed(
    company: Company,
) -> None:
    workspace = company.open({"erp/odd.csv": "x", "hello.txt": "x", "erp/orders_1.csv": None})
    assert [str(file) for file in undeclared_files(workspace)] == ["erp/odd.csv", "hello.txt"]
    assert [(error.code, error.place) for error in require_files(workspace, BUSINESS_DATE)] == [
        ("FILE_MISSING", "erp.orders")
    ]


def test_freshness_is_counted_from_the_newest_usable_record(company: Company) -> None:
    limited = company.configure(ERP, ("watermark: day", "watermark: day\n    freshness_days: 100"))
    text = HEADER + GOOD + "O8,1,C1,P1,2027-01-01,3\nO9,1,C1,P1,never,3\n"
    with ingested(limited.open({"erp/orders_1.csv": text})) as night:
        freshness = night.rows(
            "select watermark_date::text, age_days, limit_days, is_stale "
            "from control.source_freshness where extract = 'orders'"
        )
        assert freshness == [("2026-01-05", 176, 100, True)]


def test_books_that_do_not_add_up_are_refused(company: Company) -> None:
    workspace = company.open()
    with opened(workspace) as connection:
        for name in workspace.sources["erp"].value.extracts:
            land(connection, workspace, workspace.sources["erp"].value, name)
        connection.execute(
            "insert into control.row_skips select system, extract, file_sha256, 99, 'no record' "
            "from control.deliveries where extract = 'orders'"
        )
        with pytest.raises(TierwiseError, match=r"FILE_CONSERVATION erp\.orders"):
            close_books(connection, workspace)


def test_landing_again_starts_over(company: Company) -> None:
    workspace = company.open({"erp/orders_1.csv": HEADER + GOOD + "O9,1,C1,P1,never,3\n"})
    with opened(workspace) as connection:
        source = workspace.sources["erp"].value
        first = land(connection, workspace, source, "orders")
        again = land(connection, workspace, source, "orders")
        assert (first.built_count, again.built_count) == (1, 0)
        assert replace(again, built_count=1) == first
        assert connection.execute("select count(*) from control.row_faults").fetchall() == [(1,)]


def test_the_small_company_declares_what_it_delivers() -> None:
    declared = [line for line in SOURCE.splitlines() if "path:" in line]
    assert len(declared) == len(DELIVERY)
