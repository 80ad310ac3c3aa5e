"""How old, complete and final delivered data are, as source_freshness publishes it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.workspace.delivery.nights import night, remember
from tests.workspace.small_company import Company, ingested
from workspace.errors import ConfigurationErrors

ERP = "sources/erp.yml"
HEADER = "order,line,customer,product,day,units\n"


def june(day: int) -> date:
    return date(2026, 6, day)


def ruled(company: Company, rules: str) -> Company:
    return company.configure(
        ERP,
        ("erp/orders_*.csv", "erp/orders_{%Y-%m-%d}.csv"),
        ("delivery: append\n", f"delivery: {rules}\n"),
    )


def orders(*days: int) -> dict[str, str | bytes | None]:
    files: dict[str, str | bytes | None] = {"erp/orders_1.csv": None}
    return files | {
        f"erp/orders_2026-06-{day:02}.csv": f"{HEADER}D{day},1,C1,P1,2026-06-{day:02},1\n"
        for day in days
    }


def freshness(columns: str, extract: str = "orders") -> str:
    return f"select {columns} from control.source_freshness where extract = '{extract}'"


def test_a_carried_file_makes_its_source_stale_and_says_since_when(company: Company) -> None:
    carried = ruled(company, "{kind: full, every: day, carry_forward_days: 3}")
    workspace = carried.open(orders(28))
    remember(workspace, june(28))
    with night(workspace, june(30)) as done:
        assert done.rows(
            freshness("carried_from_date::text, newest_file_date::text, is_stale")
        ) == [("2026-06-28", "2026-06-28", True)]
        assert done.rows("select status from control.raw_extracts where extract = 'orders'") == [
            ("carried_forward",)
        ]
        assert done.rows("select order_id from raw.order_lines") == [("D28",)]
    with ingested(carried.open(orders(30)), june(30)) as done:
        assert done.rows(freshness("carried_from_date, is_stale")) == [(None, False)]


def test_days_are_provisional_until_no_late_file_may_change_them(company: Company) -> None:
    late = ruled(
        company, "{kind: append, every: day, allowed_lateness_days: 2, carry_forward_days: 9}"
    )
    shown = "newest_file_date::text, complete_to_date::text, is_provisional, is_stale"
    with night(late.open(orders(26, 27, 29)), june(29)) as done:
        assert done.rows(freshness(shown)) == [("2026-06-29", "2026-06-27", True, True)]
    with night(late.open(orders(28, 30)), june(30)) as done:
        assert done.rows(freshness(shown)) == [("2026-06-30", "2026-06-28", True, False)]
        assert done.rows("select count(*) from raw.order_lines") == [(5,)]


def test_days_are_final_at_once_where_nothing_may_be_late(company: Company) -> None:
    strict = ruled(company, "{kind: append, every: day, allowed_lateness_days: 0}")
    with ingested(strict.open(orders(29, 30))) as done:
        assert done.rows(freshness("complete_to_date::text, is_provisional")) == [
            ("2026-06-30", False)
        ]


@pytest.mark.parametrize("limit", [0.5, 0.9])
def test_a_feed_that_changes_faster_than_it_is_read_is_reported(
    company: Company, limit: float
) -> None:
    rules = f"{{kind: full, maximum_changed_share: {limit}}}"
    changing = company.configure(ERP, ("delivery: append\n", f"delivery: {rules}\n"))
    shown = "changed_rate, maximum_changed_rate, is_outpaced"
    unchanged = f"{HEADER}O1,1,C1,P1,2026-06-20,1\n"
    with night(changing.open({"erp/orders_1.csv": unchanged}), june(28)) as done:
        assert done.rows(freshness(shown)) == [(None, limit, False)]
    changed = unchanged + "".join(f"O2,{n},C1,P1,2026-06-29,1\n" for n in range(3))
    with ingested(changing.open({"erp/orders_1.csv": changed}), june(29)) as done:
        assert done.rows(freshness(shown)) == [(0.75, limit, limit < 0.75)]


def test_an_appended_feed_is_measured_by_what_it_adds(company: Company) -> None:
    growing = ruled(company, "{kind: append, maximum_changed_share: 0.4}")
    remember(growing.open(orders(27, 28)), june(28))
    with ingested(growing.open(orders(29, 30)), june(30)) as done:
        assert done.rows(freshness("changed_rate, is_outpaced")) == [(0.5, True)]


@pytest.mark.requirement("S2.M2.B3")
def test_a_feed_has_one_mode_is_reported_when_outpaced_and_keeps_its_tables_in_the_other(
    company: Company,
) -> None:
    with pytest.raises(ConfigurationErrors, match="'batch' or 'intraday'"):
        ruled(company, "{kind: append, mode: [batch, intraday]}").open()
    schemas = []
    for mode in ("batch", "intraday"):
        rules = f"{{kind: append, mode: {mode}, maximum_changed_share: 0.4}}"
        feed = ruled(Company(root=company.root / mode), rules)
        remember(feed.open(orders(27, 28)), june(28))
        with ingested(feed.open(orders(29, 30)), june(30)) as done:
            assert done.rows(freshness("delivery_mode, is_outpaced")) == [(mode, True)]
            assert done.rows(freshness("delivery_mode, is_outpaced", "sites")) == [("batch", False)]
            schemas.append(
                done.rows(
                    "select schema_name, table_name, column_name, data_type from duckdb_columns() "
                    "where schema_name in ('raw', 'typed') order by all"
                )
            )
    assert schemas[0] == schemas[1] != []
