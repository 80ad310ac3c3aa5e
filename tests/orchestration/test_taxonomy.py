"""One vocabulary over the codes of two subsidiaries and three functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestration import taxonomy
from tests.workspace.small_company import Company, Ingested, ingested
from tests.workspace.subsidiaries import VOCABULARY, company
from workspace.errors import TierwiseError
from workspace.warehouse import write_by_contract

TABLES = {
    "dim_segment": taxonomy.segments,
    "taxonomy_crosswalk": taxonomy.crosswalk,
    "taxonomy_account": taxonomy.accounts,
    "taxonomy_customer": taxonomy.customers,
    "taxonomy_confusion": taxonomy.confusion,
    "taxonomy_agreement": taxonomy.agreement,
}
# The hand calculation: sales in rows, logistics in columns; kappa is 0.405 / 0.655.
MATRIX = ((20, 5, 0), (10, 30, 5), (0, 5, 25))
SALES, LOGISTICS, CODES = (
    ("Builder", "Shop", "Town"),
    ("S", "D", "O"),
    ("TRADE", "RETAIL", "PUBLIC"),
)


def delivered() -> dict[str, str]:
    """Return a hundred customers of the north, the first of whom the south knows, too."""
    customers, classes, number = "id,name,sales\n", "view,id,class\n", 0
    for row, code in zip(MATRIX, SALES, strict=True):
        for count, other in zip(row, LOGISTICS, strict=True):
            for _ in range(count):
                number += 1
                customers += f"N{number:03},Customer {number},{code}\n"
                classes += f"logistics,N{number:03},{other}\n"
    return {
        "north/customers_1.csv": customers,
        "north/classes_1.csv": classes,
        "south/customers_1.csv": "id,name,sales\nS1,Customer 1,1\nS2,Alone,2\nS3,Nothing,\n",
        "south/classes_1.csv": "view,id,class\nlogistics,S1,\n",
    }


@contextmanager
def classified(folder: Path, vocabulary: str = VOCABULARY, **files: str) -> Iterator[Ingested]:
    """Ingest the company, give ids to its customers, and write the tables of the vocabulary."""
    named = {name.replace("__", "/") + "_1.csv": text for name, text in files.items()}
    workspace = company(folder, vocabulary).open(delivered() | named)
    with ingested(workspace) as night:
        connection = night.connection
        connection.execute(
            """
            create schema if not exists golden;
            create schema if not exists segments;
            create table golden.int_records_matched as
            select 'customer' as object_type, _namespace as namespace, customer_id as source_key,
                'c-' || replace(customer_id, 'S1', 'N001') as golden_id,
                case when customer_id = 'S1' then 2 else 1 end as survivorship_rank
            from raw.customers where _namespace <> 'erp';
            create table golden.golden_customer as
            select distinct golden_id as customer_id from golden.int_records_matched;
            """
        )
        for name, compute in TABLES.items():
            query = compute(connection, workspace)
            write_by_contract(connection, f"segments.{name}", query)
        yield night


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingested]:
    with classified(tmp_path_factory.mktemp("vocabulary")) as found:
        yield found


@pytest.mark.requirement("S0.M2.B1")
def test_each_code_stands_for_exactly_one_segment_on_each_day(night: Ingested) -> None:
    wrong = night.rows(
        """
        with days as (select unnest(generate_series(
            date '2025-12-01', date '2026-06-30', interval 1 day)) as day),
        codes as (select distinct function_name, namespace, source_code
            from segments.taxonomy_crosswalk)
        select c.*, d.day, count(x.segment_code) as n
        from codes as c cross join days as d
        left join segments.taxonomy_crosswalk as x
            on x.function_name = c.function_name and x.namespace = c.namespace
            and x.source_code = c.source_code and x.valid_from <= d.day
            and (x.valid_to is null or d.day < x.valid_to)
        group by all having n <> 1
        """
    )
    assert wrong == []
    carried = night.rows(
        "select sum(account_count)::bigint from segments.taxonomy_crosswalk "
        "where function_name = 'sales' and namespace = 'north'"
    )
    assert carried == [(100,)]  # none unmapped, none counted twice


@pytest.mark.requirement("S0.M2.B1")
def test_kappa_of_two_functions_is_that_of_the_hand_calculation(night: Ingested) -> None:
    confusion = {
        (other, code): count
        for code, other, count in night.rows(
            "select segment_code, other_segment_code, customer_count "
            "from segments.taxonomy_confusion"
        )
    }
    planted = {
        (a, b): n for a, row in zip(CODES, MATRIX, strict=True)
        for b, n in zip(CODES, row, strict=True) if n
    }  # fmt: skip
    assert confusion == planted
    (row,) = night.rows("from segments.taxonomy_agreement")
    assert row[:4] == ("logistics", "sales", 100, 75)
    assert row[4:] == pytest.approx((0.75, 0.345, 0.405 / 0.655))


@pytest.mark.requirement("S0.M2.B1")
def test_an_unknown_code_stops_the_night_and_says_where_it_is(tmp_path: Path) -> None:
    text = "id,name,sales\nS1,A,1\nS2,B,Boutique\nS3,C,Boutique\n"
    with (
        pytest.raises(TierwiseError) as caught,
        classified(tmp_path, south__customers=text),
    ):
        pass
    error = caught.value
    assert error.code == "TAXONOMY_UNMAPPED"
    assert "taxonomy.yml" in error.place
    assert "`Boutique` on 2 accounts, first in customers_1.csv, record 2" in error.cause.replace(
        "south/", ""
    )


def test_a_code_whose_meaning_has_ended_is_unknown(tmp_path: Path) -> None:
    ended = VOCABULARY.replace("{code: 2, segment: RETAIL}", "{code: 2, segment: RETAIL, "
                               "valid_from: 2020-01-01, valid_to: 2026-06-30}")  # fmt: skip
    with pytest.raises(TierwiseError, match="`2` on 1 account,"), classified(tmp_path, ended):
        pass


def test_one_business_in_two_subsidiaries_is_of_one_segment_and_keeps_its_local_codes(
    night: Ingested,
) -> None:
    accounts = night.rows(
        "select namespace, source_key, source_code, segment_code, is_leading "
        "from segments.taxonomy_account "
        "where customer_id = 'c-N001' and function_name = 'sales' order by all"
    )
    assert accounts == [
        ("north", "N001", "Builder", "TRADE", True),
        ("south", "S1", "1", "TRADE", False),
    ]
    nobody = "select customer_id from segments.taxonomy_customer where segment_code = 'UNASSIGNED'"
    assert set(night.rows(nobody)) == {("c-S2",), ("c-S3",)}


def test_a_workspace_without_a_vocabulary_has_empty_tables(tmp_path: Path) -> None:
    workspace = Company(root=tmp_path).open()
    assert workspace.taxonomy.file is None
    with ingested(workspace) as night:
        assert night.connection.sql(taxonomy.segments(night.connection, workspace)).fetchall() == []
