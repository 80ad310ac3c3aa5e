"""Delivery rules in a contract: what is refused before any night, and how paths are read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.small_company import Company
from workspace.config.file_path import FilePath, checked_path
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors

ERP = "sources/erp.yml"


@pytest.mark.parametrize(
    ("rules", "code", "words"),
    [
        ("{kind: append, every: day}", "CONFIG_VALUE", "every needs a date in the path"),
        ("{kind: append, closes_after_days: 1}", "CONFIG_VALUE", "closes_after_days needs a date"),
        ("{kind: delta, allowed_lateness_days: 1}", "CONFIG_VALUE", "needs a date in the path"),
        ('{kind: append, deleted_when: "units = 0"}', "CONFIG_VALUE", "rule of delta deliveries"),
        ("appended", "CONFIG_VALUE", "'full', 'delta' or 'append'"),
        ("{kind: append, mode: [batch, intraday]}", "CONFIG_VALUE", "'batch' or 'intraday'"),
        ("{kind: append, evry: day}", "CONFIG_UNKNOWN_KEY", "`every`?"),
        ('{kind: append, done_marker: "../{name}"}', "CONFIG_VALUE", "does not lie in the folder"),
        ("{kind: append, accepted: [all]}", "CONFIG_VALUE", "pattern"),
        ("{kind: append, company_key: {column: bukrs}}", "CONFIG_VALUE", "bukrs is not among"),
        ("{kind: append, trailer: {when: x, totals: {y: z}}}", "CONFIG_VALUE", "y is not among"),
        ("{kind: append, volume: {maximum_drop: 2}}", "CONFIG_VALUE", "less than or equal to 1"),
        ('{kind: delta, deleted_when: "unit = 0"}', "CONFIG_UNKNOWN_COLUMN", "`units`?"),
        ('{kind: append, trailer: {when: "sum(units) = 1"}}', "CONFIG_EXPRESSION", "SUM(units)"),
        ("{kind: append, control_totals: {extract: site}}", "CONFIG_REFERENCE", "`sites`?"),
        (
            "{kind: append, control_totals: {extract: sites, totals: {units: unit}}}",
            "CONFIG_UNKNOWN_COLUMN",
            "`unit` is no column",
        ),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_at_its_place(
    company: Company, rules: str, code: str, words: str
) -> None:
    ruled = company.configure(ERP, ("delivery: append\n", f"delivery: {rules}\n"))
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(ruled.open())
    (error,) = caught.value.errors
    assert error.code == code
    assert words in error.cause
    assert ":" in error.place


def test_changes_of_a_full_delivery_are_measured_by_a_watermark(company: Company) -> None:
    ruled = company.configure(
        ERP,
        ("delivery: append\n", "delivery: {maximum_changed_share: 0.1}\n"),
        ("    watermark: day\n", ""),
    )
    with pytest.raises(ConfigurationErrors, match="needs a watermark"):
        ruled.open()


@pytest.mark.parametrize(
    "path",
    [
        "orders_{%d.%m}.csv",
        "orders_{%H%M}.csv",
        "orders_{%Y%V}.csv",
        "orders_{%x}.csv",
        "orders_{day}.csv",
        "orders_{%Y-%m-%d.csv",
        "orders_}.csv",
        "erp/**orders.csv",
        "erp/[z-a].csv",
        "./orders.csv",
    ],
)
def test_a_path_that_names_no_day_or_no_file_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"braces|names and wildcards"):
        checked_path(path)


FORMS = [
    "erp/orders_{%Y-%m-%d}.csv",
    "erp/{%Y}/{%m}/orders_{%d}_*.csv",
    "orders_{%y%j}?.csv",
    "**/orders_{%d%b%Y}.csv",
    "a.b/[xy]_{%B_%d_%Y}.csv",
]


@given(form=st.sampled_from(FORMS), day=st.dates(date(2000, 1, 1), date(2060, 12, 31)))
def test_a_path_reads_the_day_that_it_was_named_for(form: str, day: date) -> None:
    path = FilePath(text=checked_path(form))
    name = path.named(day).replace("*", "part 7").replace("?", "!").replace("[xy]", "y")
    delivered = str(path.folder / name.replace("**/", "deep/down/"))
    assert path.matches(delivered)
    moment = path.moment(delivered)
    assert moment is not None
    assert moment.date() == day


@pytest.mark.parametrize(
    ("text", "path", "matches"),
    [
        ("erp/orders_*.csv", "erp/orders_1.csv", True),
        ("erp/orders_*.csv", "erp/orders_.csv", True),
        ("erp/orders_*.csv", "erp/orders_1/x.csv", False),
        ("erp/orders_*.csv", "erp/ORDERS_1.csv", False),
        ("erp/orders_*.csv", "erp/orders_1.csv.done", False),
        ("erp/orders_*.csv", "erp/orders_\n1.csv", True),
        ("erp/orders_[!0-9].csv", "erp/orders_a.csv", True),
        ("erp/orders_[!0-9].csv", "erp/orders_1.csv", False),
        ("erp/orders.csv", "erp/ordersXcsv", False),
        ("**/orders.csv", "orders.csv", True),
        ("erp/**/orders.csv", "erp/a/b/orders.csv", True),
        ("erp/orders_{%Y%m%d}.csv", "erp/orders_2026630.csv", False),
        ("erp/orders_{%Y%m%d}.csv", "erp/orders_backup.csv", False),
    ],
)
def test_a_path_matches_names_as_globs_do(text: str, path: str, *, matches: bool) -> None:
    assert FilePath(text=checked_path(text)).matches(path) == matches


def test_a_week_is_read_as_its_monday_and_a_time_orders_files_of_one_day() -> None:
    week = FilePath(text="orders_{%G-W%V}.csv").moment("orders_2026-W01.csv")
    time = FilePath(text="orders_{%Y%m%d_%H%M}.csv").moment("orders_20260630_2315.csv")
    assert week is not None
    assert time is not None
    assert week.isoformat() == "2025-12-29T00:00:00"
    assert time.isoformat() == "2026-06-30T23:15:00"
