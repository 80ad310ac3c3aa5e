from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.small_company import Company, ingested
from workspace.folder import Workspace
from workspace.ingest.contract import contract_of
from workspace.ingest.entity_values import doubts, entity_of, flaws

ERP = "sources/erp.yml"
HEADER = "order,line,customer,product,day,units\n"
GOOD = "O1,1,C1,P1,2026-01-05,3\n"
BOOKS = {
    "raw.order_lines": "* exclude (_file)",
    "control.raw_extracts": "* exclude (delivered_date)",
    "control.quarantine": "*",
}


def found(workspace: Workspace) -> tuple[dict[str, list[tuple[Any, ...]]], int]:
    """Return the rows and books of a night, and how many files it had to read."""
    with ingested(workspace) as night:
        books = {
            name: night.rows(f"select {columns} from {name} order by all")
            for name, columns in BOOKS.items()
        }
        return books, sum(landed.built_count for landed in night.landed.values())


def test_a_file_is_read_once_however_many_nights_it_lies_there(company: Company) -> None:
    spoiled = HEADER + GOOD + GOOD + "O9,1,C7,P1,2026-01-05,3\nO9,2,C1,P1,never,3\n"
    workspace = company.open({"erp/orders_1.csv": spoiled})
    first, read = found(workspace)
    again, read_again = found(workspace)
    assert (read, read_again) == (4, 0)
    assert first == again


def test_what_was_landed_may_be_deleted(company: Company) -> None:
    workspace = company.open({"erp/orders_2.csv": HEADER + GOOD + "O3,1,C7,P1,2026-01-05,3\n"})
    before, _ = found(workspace)
    shutil.rmtree(workspace.landed)
    after, read = found(workspace)
    assert (before, read) == (after, 5)


def test_a_changed_contract_reads_its_own_files_again_and_no_other(company: Company) -> None:
    found(company.open())
    checking = company.configure(
        ERP,
        ("delivery: append", "delivery: append\n    checks: [{name: few, expect: units < 5}]"),
    )
    books, read = found(checking.open())
    assert read == 1
    assert len(books["raw.order_lines"]) == 2
    held = list((checking.open().landed / "erp__orders").glob("*/rows.parquet"))
    assert len(held) == 1


@pytest.mark.parametrize("kind", ["append", "delta"])
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_files_that_come_one_by_one_and_all_at_once_give_the_same_night(
    kind: str, data: st.DataObject
) -> None:
    line = st.builds(
        "{},{},{},P1,2026-01-0{},{}\n".format,
        st.sampled_from(["O1", "O2", "O3"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["C1", "C1", "C7", ""]),
        st.integers(1, 3),
        st.sampled_from(["3", "4", "x"]),
    )
    files = data.draw(st.lists(st.lists(line, min_size=1, max_size=5), min_size=2, max_size=4))
    texts = {f"erp/orders_{n}.csv": HEADER + "".join(lines) for n, lines in enumerate(files)}
    order = data.draw(st.permutations(sorted(texts)))
    none = {"erp/orders_1.csv": None}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        rule = ("delivery: append", f"delivery: {kind}")
        slow = Company(root=Path(one)).configure(ERP, rule)
        arrived: dict[str, str | bytes | None] = dict(none)
        for name in order:
            arrived |= {name: texts[name]}
            books, _ = found(slow.open(arrived))
        whole, _ = found(Company(root=Path(other)).configure(ERP, rule).open({**none, **texts}))
    assert books == whole


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "varchar": st.one_of(
        st.none(), st.sampled_from(["", " ", "sale", " sale ", "EUR", "x", "SALE"])
    ),
    "decimal(38,10)": st.one_of(
        st.none(),
        st.sampled_from(["0", "-0.00001", "99999999999999.99995", "1e27", "-1e27", "3.5"]),
    ),
    "date": st.one_of(st.none(), st.dates()),
}


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_wherever_a_value_is_flawed_it_is_doubted(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Company(root=Path(folder)).open()
        contract = contract_of(workspace, workspace.sources["erp"].value, "orders")
    (mapping,) = contract.mappings
    columns = contract.extract.columns
    kinds = {"text": "varchar", "date": "date", "decimal": "decimal(38,10)"}
    typed = ", ".join(
        f'cast(${number} as {kinds[spec.type]}) as "{name}"'
        for number, (name, spec) in enumerate(columns.items(), start=1)
    )
    row = [data.draw(VALUES[kinds[spec.type]]) for spec in columns.values()]
    # Blank text never reaches a mapping: it was read as null.
    row = [None if isinstance(value, str) and not value.strip() else value for value in row]
    row = [Decimal(v) if isinstance(v, str) and v[-1].isdigit() else v for v in row]
    with duckdb.connect() as connection:
        for column, spec in entity_of(mapping).columns.items():
            flawed = (one.condition for one in flaws(mapping, column, spec))
            wrong, doubted = (
                " or ".join(f"coalesce({one}, false)" for one in conditions) or "false"
                for conditions in (flawed, doubts(mapping, column, spec))
            )
            query = f"select {wrong}, {doubted} from (select {typed}) as t"
            ((is_wrong, is_doubted),) = connection.execute(query, row).fetchall()
            assert is_doubted or not is_wrong, column
