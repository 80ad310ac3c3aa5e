from __future__ import annotations

import duckdb
import pytest

from tests.workspace.small_company import SOURCE, Company, line_of
from workspace.ingest.remedies import land_remedies
from workspace.row_codes import ROW_CODES

CHECKED = (
    "    columns: {order: text, line: text, customer: text, product: text, day: date, "
    "units: decimal}\n",
    "    columns: {order: text, line: text, customer: text, product: text, day: date, "
    "units: decimal}\n"
    "    checks:\n"
    "      - {name: whole_units, expect: units = round(units)}\n"
    "      - {name: few_units, expect: units < 100}\n",
)
TEXT = SOURCE.replace(*CHECKED)
DISMISS = "Or dismiss it."


def remedy(company: Company, code: str, column: str, detail: str, extract: str = "orders") -> str:
    """Return what would release one record with one fault."""
    workspace = company.configure("sources/erp.yml", CHECKED).open()
    with duckdb.connect() as connection:
        connection.execute(
            "create schema control; create table control.row_faults (system varchar, "
            "extract varchar, file_sha256 varchar, record_number bigint, code varchar, "
            "column_name varchar, detail varchar)"
        )
        connection.execute(
            "insert into control.row_faults values ('erp', ?, 'ab', 1, ?, ?, ?)",
            [extract, code, column, detail],
        )
        land_remedies(connection, workspace)
        ((found,),) = connection.execute("select remedy from _remedies").fetchall()
    return str(found)


@pytest.mark.parametrize(
    ("code", "column", "detail", "words", "expected"),
    [
        (
            "ROW_CHECK",
            "",
            "few_units: units < 100",
            "name: few_units",
            "Confirm it, correct the record in the source, or widen the check few_units in {}.",
        ),
        (
            "ROW_RANGE",
            "quantity_units",
            "-3.0000 is below 0",
            "quantity_units: units",
            "Confirm it, correct quantity_units in the source, or map it into its range in {}.",
        ),
        (
            "ROW_RANGE",
            "transaction_type",
            "gift is not an allowed value",
            "transaction_type:",
            "Map the word to an allowed one in {}, or correct transaction_type in the source. "
            + DISMISS,
        ),
        (
            "ROW_RANGE",
            "net_amount",
            "net_amount does not fit decimal(18,4)",
            "net_amount:",
            "Correct net_amount in the source, or map a value that fits in {}. " + DISMISS,
        ),
        (
            "ROW_DATE_FUTURE",
            "order_date",
            "2027-01-01 lies after the business date",
            "order_date: day",
            "Confirm it, or correct order_date in the source; it is mapped in {}.",
        ),
        (
            "ROW_TYPE",
            "day",
            "x is no date of the declared format",
            "columns: {order: text",
            "Correct day in the source, or its type or format in {}. " + DISMISS,
        ),
        (
            "ROW_NULL",
            "requested_date",
            "requested_date is absent",
            "- entity: order_lines",
            "Deliver a value for requested_date, or map it from elsewhere in {}. " + DISMISS,
        ),
        (
            "ROW_KEY_DUP",
            "order, line",
            "Rows with the key O1 · 1 contradict each other",
            "orders:\n",
            "Confirm the record that is right, and the others of its key (order, line) are left "
            "out; or name `latest_by` in {}.",
        ),
        (
            "ROW_TOTAL_LINE",
            "",
            "A total line stands among the records.",
            "orders:\n",
            "Confirm it if it is a record, or declare the line under `skip` in {}.",
        ),
        (
            "ROW_ORPHAN",
            "customer_id",
            "C9 is not among the customers of erp",
            "",
            "Deliver the record that customer_id names; the row is then loaded by itself. "
            + DISMISS,
        ),
        (
            "ROW_KEY_NULL",
            "order",
            "The key is absent",
            "key: [order, line]",
            "Deliver order, or name another key in {}. " + DISMISS,
        ),
    ],
)
def test_a_remedy_names_the_line_of_the_contract_that_decides(
    company: Company, code: str, column: str, detail: str, words: str, expected: str
) -> None:
    place = f"sources/erp.yml line {line_of(TEXT, words)}"
    assert remedy(company, code, column, detail) == expected.format(place)


def test_a_code_without_a_place_has_the_general_remedy(company: Company) -> None:
    assert remedy(company, "ROW_NUL", "", "x") == f"{ROW_CODES['ROW_NUL']} {DISMISS}"
