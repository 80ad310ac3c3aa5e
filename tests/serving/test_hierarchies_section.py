from __future__ import annotations

import pytest

from serving.release_reader import open_release
from serving.report.section import Release, Section
from serving.report.sections.hierarchies import hierarchies
from tests.serving.conftest import Releases


@pytest.fixture(scope="module")
def section(releases: Releases) -> Section:
    with open_release(releases.second) as reader:
        found = hierarchies(Release(now=reader))
    assert found is not None
    return found


def test_each_view_is_drawn_with_the_whole_revenue_at_both_levels(
    section: Section, releases: Releases
) -> None:
    (chart,) = section.charts
    boxes = chart.specification["datasets"]["boxes"]
    with open_release(releases.second) as reader:
        (row,) = reader.rows(
            """
            select cast(sum(revenue_amount) as double) as revenue
            from fct_order_line cross join publish_manifest as m
            where not is_cancelled and order_date <= m.as_of_date
                and order_date > m.as_of_date - interval 12 month
            """
        )
    for view in ("sales", "logistics"):
        for level in ("top", "node"):
            mine = [box for box in boxes if (box["view"], box["level"]) == (view, level)]
            assert sum(box["revenue"] for box in mine) == pytest.approx(row["revenue"])
    assert chart.title.startswith("Each of logistics and sales adds up to the same")


def test_what_is_open_is_listed_with_what_hangs_on_it(section: Section) -> None:
    (listed,) = section.tables
    assert len(listed.rows) == 1
    assert listed.rows[0][-1] == pytest.approx(1234.5)
    assert section.lead.startswith("1 disagreement about where something hangs: 0 settled")


def test_functions_are_compared(section: Section) -> None:
    assert "finance and sales least, 100\N{NO-BREAK SPACE}% alike" in section.folded[-1].caption
