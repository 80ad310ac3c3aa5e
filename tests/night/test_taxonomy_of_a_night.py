"""The vocabulary in a whole night of two subsidiaries: euros in one ERP, dollars in the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from serving.release_reader import ReleaseReader, open_release
from tests.night.company import current
from tests.night.conftest import Night


@pytest.fixture(scope="module")
def release(first_night: Night) -> Iterator[ReleaseReader]:
    workspace = first_night.workspace
    with open_release(workspace / "releases" / current(workspace)) as reader:
        yield reader


@pytest.mark.requirement("S2.M9.B2")
def test_a_business_of_two_subsidiaries_has_one_segment_and_its_local_codes_and_totals_tie(
    release: ReleaseReader,
) -> None:
    shared = release.rows(
        """
        select customer_id, count(distinct namespace) as systems,
            count(distinct segment_code) as segments, count(distinct source_code) as codes
        from taxonomy_account where function_name = 'finance'
        group by customer_id having count(distinct namespace) > 1
        """
    )
    assert shared
    assert {(row["systems"], row["segments"]) for row in shared} == {(2, 1)}
    # A 10 in the north is a T in the south: codes differ, and both are still there.
    assert {row["codes"] for row in shared} == {2}
    lost = release.rows(
        """
        select a.* from taxonomy_account as a
        anti join taxonomy_crosswalk as x on x.function_name = a.function_name
            and x.namespace = a.namespace and x.source_code = a.source_code
            and x.segment_code = a.local_segment_code
        """
    )
    assert lost == []
    sums = release.rows(
        """
        select c.function_name, sum(l.revenue_amount) as amount,
            (select sum(revenue_amount) from fct_order_line) as whole
        from fct_order_line as l join taxonomy_customer as c using (customer_id)
        group by c.function_name
        """
    )
    assert {row["function_name"] for row in sums} == {"sales", "logistics", "finance"}
    assert all(row["amount"] == row["whole"] > 0 for row in sums)


def test_every_view_and_level_of_the_trees_holds_the_revenue_of_the_company(
    release: ReleaseReader,
) -> None:
    sums = release.rows(
        """
        select h.view_name, h.level_number, sum(l.revenue_amount) as amount
        from fct_order_line as l
        join hier_customer as h on h.customer_id = l.customer_id
            and h.valid_from <= l.order_date
            and (h.valid_to is null or l.order_date < h.valid_to)
        group by all
        """
    )
    assert len(sums) == 9
    (whole,) = release.rows("select sum(revenue_amount) as amount from fct_order_line")
    assert {row["amount"] for row in sums} == {whole["amount"]}


def test_each_open_disagreement_is_a_case(release: ReleaseReader) -> None:
    (row,) = release.rows(
        """
        select (select count(*) from hier_disagreement where settled_by is null) as questions,
            (select count(*) from dq_stewardship where kind = 'hierarchy') as cases
        """
    )
    assert row["questions"] == row["cases"]
