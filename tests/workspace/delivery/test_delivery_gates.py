"""Gates on what was delivered, on nights that follow each other."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workspace.delivery.nights import night, remember
from tests.workspace.small_company import DELIVERY, Company, ingested
from workspace.ingest.control_totals import reconciliation_findings
from workspace.ingest.delivery_gates import freshness_findings, volume_findings

ERP = "sources/erp.yml"
HEADER = "order,line,customer,product,day,units\n"


def june(day: int) -> date:
    return date(2026, 6, day)


def lines(day: int, count: int) -> str:
    """Return a file of orders of a day of June."""
    return HEADER + "".join(f"D{day},{n},C1,P1,2026-06-{day:02},1\n" for n in range(count))


def daily(company: Company, more: str = "") -> Company:
    return company.configure(
        ERP,
        ("erp/orders_*.csv", "erp/orders_{%Y-%m-%d}.csv"),
        ("delivery: append\n", f"delivery: {{kind: append{more}}}\n"),
    )


def orders(counts: dict[int, int]) -> dict[str, str | bytes | None]:
    files: dict[str, str | bytes | None] = {"erp/orders_1.csv": None}
    return files | {
        f"erp/orders_2026-06-{day:02}.csv": lines(day, count) for day, count in counts.items()
    }


# Records of the days before, and of tonight's file; how often the gate objects.
VOLUMES = [
    ([10, 10, 10, 10, 10, 10, 10], 6, 0),
    ([10, 10, 10, 10, 10, 10, 10], 5, 1),
    ([10, 10, 10, 10, 10, 10, 10], 40, 0),
    ([10, 10, 10, 10, 10, 10, 10], 41, 1),
    ([10, 10, 10, 10, 10, 2, 1], 1, 0),  # a week has a weekend
    ([10, 10, 10, 10, 10, 10], 1, 0),  # too few nights to judge by
]


@pytest.mark.parametrize(("before", "tonight", "objections"), VOLUMES)
def test_a_day_far_from_the_days_before_is_held(
    company: Company, before: list[int], tonight: int, objections: int
) -> None:
    counts = dict(enumerate(before, start=29 - len(before)))
    dated = daily(company)
    remember(dated.open(orders(counts)), june(28))
    with ingested(dated.open(orders({29: tonight})), june(29)) as done:
        evaluated, found = volume_findings(done.connection, dated.open())
        assert evaluated == 1
        assert [words.split(";")[0] for words in found] == objections * [
            f"erp.orders of 2026-06-29: {tonight} records"
        ]


def test_the_first_night_has_nothing_to_compare_with(company: Company) -> None:
    dated = daily(company)
    workspace = dated.open(orders(dict.fromkeys(range(1, 29), 10) | {29: 1}))
    with ingested(workspace, june(29)) as done:
        assert volume_findings(done.connection, workspace) == (0, [])


def test_full_deliveries_are_compared_night_by_night_and_the_band_is_the_contracts(
    company: Company,
) -> None:
    narrow = company.configure(
        ERP,
        (
            "description: Sites.\n",
            "description: Sites.\n    delivery: {volume: {minimum_nights: 2, maximum_drop: 0.1}}\n",
        ),
    )
    for day, count in ((26, 10), (27, 12), (28, 10), (29, 8)):
        text = "id,name\n" + "".join(f"S{n},Site of {day}\n" for n in range(1, count + 1))
        workspace = narrow.open({"erp/sites_1.csv": text})
        with night(workspace, june(day)) as done:
            _, found = volume_findings(done.connection, workspace)
            assert [words.split(":")[0] for words in found] == (
                ["erp.sites of 2026-06-29"] if day == 29 else []
            )


def test_increases_of_undated_files_are_compared(company: Company) -> None:
    ruled = company.configure(
        ERP, ("delivery: append\n", "delivery: {kind: append, volume: {minimum_nights: 2}}\n")
    )
    count = 0
    for day, added in ((25, 5), (26, 10), (27, 12), (28, 10), (29, 1)):
        count += added
        workspace = ruled.open({"erp/orders_1.csv": lines(24, count)})
        with night(workspace, june(day)) as done:
            _, found = volume_findings(done.connection, workspace)
            assert len(found) == (day == 29)


def test_an_extract_that_never_changes_is_held(company: Company) -> None:
    watched = company.configure(
        ERP, ("description: Sites.\n", "description: Sites.\n    delivery: {unchanged_days: 2}\n")
    )
    workspace = watched.open()
    remember(workspace, june(27), june(28))
    with night(workspace, june(29)) as done:
        count, (found,) = freshness_findings(done.connection, workspace)
        assert (count, found) == (
            1,
            "erp.sites: the same bytes since 2026-06-27, limit 2 days.",
        )
    renamed = watched.open({"erp/sites_1.csv": "id,name\nS1,Renamed\n"})
    with ingested(renamed, june(30)) as done:
        assert freshness_findings(done.connection, renamed) == (1, [])


TOTALS = """\
  order_totals:
    path: erp/order_totals.csv
    description: What the orders of a day add up to.
    key: [day]
    columns: {day: date, units: decimal, lines: integer}
mappings:
"""
RECONCILED = """\
delivery:
      kind: append
      control_totals:
        extract: order_totals
        on: {day: day}
        counts: lines
        totals: {units: units}
        tolerance: 0.5
"""


@pytest.mark.parametrize(
    ("totals", "wrong"),
    [
        ("2026-01-05,7,2\n2026-01-06,5,1\n", []),
        ("2026-01-05,7.5,2\n2026-01-06,4.5,1\n", []),
        ("2026-01-05,8,2\n2026-01-06,5,1\n", ["units 2026-01-05 is 7.0000000000, the source"]),
        ("2026-01-05,7,3\n2026-01-06,5,1\n", ["records 2026-01-05 is 2.0000000000, the source"]),
        ("2026-01-05,7,2\n", ["records 2026-01-06", "units 2026-01-06"]),
        ("2026-01-05,7,2\n2026-01-06,5,1\n2026-01-07,9,4\n", ["records", "units 2026-01-07 is 0"]),
    ],
)
def test_what_is_loaded_adds_up_to_the_totals_of_the_source(
    company: Company, totals: str, wrong: list[str]
) -> None:
    reconciled = company.configure(ERP, ("delivery: append\n", RECONCILED), ("mappings:\n", TOTALS))
    workspace = reconciled.open({"erp/order_totals.csv": "day,units,lines\n" + totals})
    with ingested(workspace) as done:
        count, found = reconciliation_findings(done.connection, workspace)
        assert count >= 4
        assert len(found) == len(wrong)
        for words, expected in zip(sorted(found), wrong, strict=True):
            assert words.startswith(f"erp.orders: {expected}")


def test_totals_of_the_whole_are_compared_without_a_key(company: Company) -> None:
    one_total = RECONCILED.replace("        on: {day: day}\n", "")
    reconciled = company.configure(ERP, ("delivery: append\n", one_total), ("mappings:\n", TOTALS))
    sound = "day,units,lines\n2026-01-31,12,3\n"
    for text, wrong in ((sound, 0), (sound.replace("12", "13"), 1)):
        workspace = reconciled.open({"erp/order_totals.csv": text})
        with ingested(workspace) as done:
            _, found = reconciliation_findings(done.connection, workspace)
            assert len(found) == wrong


def test_history_holds_what_each_night_read(company: Company) -> None:
    workspace = company.open()
    remember(workspace, june(28))
    more = company.open({"erp/orders_2.csv": lines(29, 4)})
    with night(more, june(29)) as done:
        columns = "business_date::text, file_count, new_file_count, record_count, new_record_count"
        assert done.rows(
            f"select {columns}, unchanged_since_date::text from control.extract_history "
            "where extract = 'orders' order by all"
        ) == [
            ("2026-06-28", 1, 1, 3, None, "2026-06-28"),
            ("2026-06-29", 2, 1, 7, 4, "2026-06-29"),
        ]
        assert done.rows(
            f"select {columns}, unchanged_since_date::text from control.extract_history "
            "where extract = 'sites' order by all"
        ) == [
            ("2026-06-28", 1, 1, 1, 1, "2026-06-28"),
            ("2026-06-29", 1, 0, 1, None, "2026-06-28"),
        ]
    assert DELIVERY
