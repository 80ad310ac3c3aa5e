"""What a file's own records promise, and what is read when a file proves unusable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from tests.workspace.delivery.nights import night, remember
from tests.workspace.small_company import Company, ingested, opened
from workspace.errors import TierwiseError
from workspace.ingest.landing import land

ERP = "sources/erp.yml"
HEADER = "order,line,customer,product,day,units\n"
LINES = "O1,1,C1,P1,2026-01-05,3\nO1,2,C1,P2,2026-01-05,4.5\n"
TRAILER = (
    "{kind: append, trailer: {when: \"order = 'END'\", "
    'counts: "try_cast(line as integer)", totals: {units: "units"}}}'
)


def june(day: int) -> date:
    return date(2026, 6, day)


def with_orders(company: Company, rules: str, *more: tuple[str, str]) -> Company:
    return company.configure(ERP, ("delivery: append\n", f"delivery: {rules}\n"), *more)


def refusal(
    company: Company, orders: str, more: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Return code and place with which a night refuses a file of orders; empty when it does not."""
    workspace = company.open({"erp/orders_1.csv": HEADER + orders, **(more or {})})
    with opened(workspace) as connection:
        try:
            land(connection, workspace, workspace.sources["erp"].value, "orders")
        except TierwiseError as error:
            return error.code, error.place
    return "", ""


def at_orders(code: str) -> tuple[str, str]:
    return (code, "erp.orders (orders_1.csv)") if code else ("", "")


@pytest.mark.parametrize(
    ("trailer", "code"),
    [
        ("END,2,,,,7.5\n", ""),
        ("END,2,,,,7.50\nEND,2,,,,7.5\n", ""),
        ("", "FILE_TRUNCATED"),
        ("END,3,,,,7.5\n", "FILE_MANIFEST_MISMATCH"),
        ("END,2,,,,7\n", "FILE_MANIFEST_MISMATCH"),
        ("END,,,,,7.5\n", "FILE_MANIFEST_MISMATCH"),
        ("END,2,,,,\n", "FILE_MANIFEST_MISMATCH"),
        ("END,2,,,,7.5\nO2,1,C1,P1,2026-01-05,0\n", "FILE_MANIFEST_MISMATCH"),
    ],
)
def test_a_file_agrees_with_its_trailer_or_is_refused(
    company: Company, trailer: str, code: str
) -> None:
    assert refusal(with_orders(company, TRAILER), LINES + trailer) == at_orders(code)


def test_a_trailer_is_skipped_and_counted(company: Company) -> None:
    ended = with_orders(company, TRAILER)
    with ingested(ended.open({"erp/orders_1.csv": f"{HEADER}{LINES}END,2,,,,7.5\n"})) as done:
        assert done.books("orders") == [("orders_1.csv", 3, 2, 0, 1, "loaded")]
        assert done.quarantine() == []


COMPANY = "{kind: append, company_key: {column: customer%s}}"


@pytest.mark.parametrize(
    ("allowed", "second", "code"),
    [
        ("", "C1", ""),
        ("", "C2", "FILE_COMPANY"),
        ("", "", "FILE_COMPANY"),
        (", allowed: [C1, C2]", "C1", ""),
        (", allowed: [C2]", "C1", "FILE_COMPANY"),
    ],
)
def test_one_file_holds_the_records_of_one_company(
    company: Company, allowed: str, second: str, code: str
) -> None:
    orders = f"O1,1,C1,P1,2026-01-05,3\nO1,2,{second},P2,2026-01-05,4\n"
    assert refusal(with_orders(company, COMPANY % allowed), orders) == at_orders(code)


def test_records_are_counted_against_the_manifest_each_night(company: Company) -> None:
    stating = with_orders(company, '{kind: append, manifest: {path: "{name}.json"}}')
    for records, code in ((2, ""), (3, "FILE_MANIFEST_MISMATCH"), (2, "")):
        manifest = {"erp/orders_1.csv.json": f'{{"records": {records}}}'}
        assert refusal(stating, LINES, manifest) == at_orders(code)


OPTIONAL = ("description: Sites.\n", "description: Sites.\n    required: false\n")


def test_an_optional_file_that_does_not_parse_leaves_the_last_good_one_in_force(
    company: Company,
) -> None:
    optional = company.configure(ERP, OPTIONAL)
    remember(optional.open(), june(28))
    broken = optional.open({"erp/sites_2.csv": "id,nom\nS1,Renamed\n"})
    with night(broken, june(29)) as done:
        assert [(row[0], row[5]) for row in done.books("sites")] == [
            ("sites_1.csv", "carried_forward"),
            ("sites_2.csv", "refused"),
        ]
        assert done.rows("select code from control.raw_extracts where status = 'refused'") == [
            ("FILE_SCHEMA_DRIFT",)
        ]
        assert done.rows("select site_name from raw.sites") == [("Main",)]
    with ingested(broken, june(30)) as done:
        assert done.rows("select site_name from raw.sites") == [("Main",)]


def test_the_last_good_bytes_of_a_file_that_was_spoiled_in_place_stay_in_force(
    company: Company,
) -> None:
    optional = company.configure(ERP, OPTIONAL)
    remember(optional.open(), june(28))
    with ingested(optional.open({"erp/sites_1.csv": "\0\0"}), june(29)) as done:
        assert [(row[0], row[5]) for row in done.books("sites")] == [
            ("sites_1.csv", "carried_forward"),
            ("sites_1.csv", "refused"),
        ]
        assert done.rows("select site_name from raw.sites") == [("Main",)]


def test_a_required_file_that_does_not_parse_holds_the_night(company: Company) -> None:
    remember(company.open(), june(28))
    broken = company.open({"erp/sites_2.csv": "id,nom\nS1,Renamed\n"})
    with opened(broken, june(29)) as connection, pytest.raises(TierwiseError) as caught:
        land(connection, broken, broken.sources["erp"].value, "sites")
    assert caught.value.code == "FILE_SCHEMA_DRIFT"


DELTA = "{kind: delta, deleted_when: \"customer = 'GONE'\"}"
FIRST = "O1,1,C1,P1,2026-01-05,3\nO2,1,C1,P1,2026-01-05,5\nO3,1,C1,P1,2026-01-05,7\n"


def test_of_changed_rows_the_newest_stays_and_a_deletion_removes(company: Company) -> None:
    changing = with_orders(company, DELTA)
    files = {
        "erp/orders_1.csv": HEADER + FIRST,
        "erp/orders_2.csv": HEADER + "O2,1,C2,P1,2026-01-05,6\nO3,1,GONE,P1,2026-01-05,7\n",
    }
    with ingested(changing.open(files)) as done:
        assert done.rows(
            "select order_id, quantity_units::integer from raw.order_lines order by 1"
        ) == [
            ("O1", 3),
            ("O2", 6),
        ]
        assert done.quarantine() == []
        assert [row[1:5] for row in done.books("orders")] == [(3, 1, 0, 2), (2, 1, 0, 1)]


def test_a_key_that_was_deleted_may_come_again(company: Company) -> None:
    changing = with_orders(company, DELTA)
    files = {
        "erp/orders_1.csv": HEADER + FIRST,
        "erp/orders_2.csv": HEADER + "O3,1,GONE,P1,2026-01-05,7\n",
        "erp/orders_3.csv": HEADER + "O3,1,C1,P1,2026-01-05,8\n",
    }
    with ingested(changing.open(files)) as done:
        assert done.rows(
            "select quantity_units::integer from raw.order_lines where order_id = 'O3'"
        ) == [(8,)]


def test_latest_by_goes_before_the_order_of_files(company: Company) -> None:
    changing = with_orders(
        company, "delta", ("key: [order, line]", "key: [order, line]\n    latest_by: day")
    )
    files = {
        "erp/orders_1.csv": HEADER + "O1,1,C1,P1,2026-01-09,9\n",
        "erp/orders_2.csv": HEADER + "O1,1,C1,P1,2026-01-05,5\n",
    }
    with ingested(changing.open(files)) as done:
        assert done.rows("select quantity_units::integer from raw.order_lines") == [(9,)]


def test_changes_of_one_key_in_one_file_contradict_each_other(company: Company) -> None:
    changing = with_orders(company, "delta")
    orders = HEADER + "O1,1,C1,P1,2026-01-05,3\nO1,1,C1,P1,2026-01-05,4\nO2,1,C1,P1,2026-01-05,1\n"
    with ingested(changing.open({"erp/orders_1.csv": orders})) as done:
        assert [row[2] for row in done.quarantine()] == ["ROW_KEY_DUP", "ROW_KEY_DUP"]
        assert done.rows("select order_id from raw.order_lines") == [("O2",)]
