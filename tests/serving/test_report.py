from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from serving.report.render import render_report, write_report
from tests.serving.conftest import Releases

PAYLOAD = "</script><script>alert('x')</script><img src=x onerror=alert(1)> & \"quoted\""


class Page(HTMLParser):
    """Elements of a page with their attributes, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            self.scripts[-1] += data
        else:
            self.words.append(data)

    def having(self, tag: str, attribute: str) -> list[str]:
        return [
            value
            for name, attributes in self.elements
            if name == tag and (value := attributes.get(attribute)) is not None
        ]

    @property
    def specifications(self) -> list[dict[str, object]]:
        scripts = [a for name, a in self.elements if name == "script"]
        return [
            json.loads(text)
            for attributes, text in zip(scripts, self.scripts, strict=True)
            if "data-chart" in attributes
        ]


@pytest.fixture(scope="module")
def text(releases: Releases) -> str:
    return render_report(releases.second, releases.first)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


@pytest.fixture
def spoiled(releases: Releases, tmp_path: Path) -> Callable[[str], Page]:
    """Return the page of a copy of the release on which a statement has run."""

    def spoil(statement: str) -> Page:
        folder = shutil.copytree(releases.second, tmp_path / releases.second.name)
        with duckdb.connect(folder / "tierwise.duckdb") as connection:
            connection.execute(statement)
        return Page(render_report(folder))

    return spoil


def words(page: Page) -> str:
    return re.sub(r"\s+", " ", " ".join(page.words))


def test_the_same_release_gives_the_same_bytes(releases: Releases, text: str) -> None:
    assert render_report(releases.second, releases.first) == text


def test_the_page_asks_the_network_for_nothing(page: Page) -> None:
    addresses = [value for tag, _ in page.elements for value in page.having(tag, "src")]
    addresses += [value for tag, _ in page.elements for value in page.having(tag, "href")]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    assert not page.having("link", "rel")
    assert all("url" not in json.dumps(each.get("data", {})) for each in page.specifications)


def test_the_policy_lets_only_our_two_scripts_run(page: Page) -> None:
    policy = page.having("meta", "content")[0]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.count("sha256-") == 2
    assert "unsafe-eval" not in policy
    assert "script-src 'unsafe-inline'" not in policy


def test_every_script_of_the_page_is_ours_or_data(page: Page) -> None:
    kinds = [attributes.get("type") for tag, attributes in page.elements if tag == "script"]
    assert kinds.count(None) == 2
    assert set(kinds) == {None, "application/json"}


def test_text_from_the_data_stays_inert(spoiled: Callable[[str], Page]) -> None:
    hostile = PAYLOAD.replace("'", "''")
    page = spoiled(
        f"update golden_product set product_name = '{hostile}', product_code = '{hostile}';"
        f"update golden_location set site_code = '{hostile}'"
    )
    assert not page.having("img", "onerror")
    assert sum(tag == "script" and "type" not in a for tag, a in page.elements) == 2
    assert PAYLOAD in page.words


def test_a_raw_record_in_quarantine_is_shown_as_text(page: Page) -> None:
    assert "10420;<script>alert(1)</script>;EA" in page.words


def test_every_chart_has_a_title_words_and_a_table(page: Page) -> None:
    assert len(page.specifications) >= 7
    figures = [attributes for tag, attributes in page.elements if tag == "figure"]
    ids = set(page.having("h3", "id")) | set(page.having("figcaption", "id"))
    assert len(figures) == len(page.specifications)
    assert {f["aria-labelledby"] for f in figures} | {f["aria-describedby"] for f in figures} == ids
    assert words(page).count("The chart as a table") == len(figures)


def test_key_numbers_agree_with_the_release(page: Page, releases: Releases) -> None:
    with duckdb.connect(releases.second / "tierwise.duckdb", read_only=True) as connection:
        items, lines = connection.execute(
            "select (select count(*) from feat_item_value), (select count(*) from fct_order_line)"
        ).fetchall()[0]
    assert f"Items {items:,}" in words(page)
    assert f"Order lines {lines:,}" in words(page)


def test_the_first_release_says_that_there_is_nothing_to_compare(releases: Releases) -> None:
    page = Page(render_report(releases.first))
    assert "This is the first release: there is nothing to compare it with." in words(page)


def test_movers_say_where_they_came_from(page: Page) -> None:
    assert re.search(r"ABC by margin: [ABC] → [ABC]", words(page))


def test_movers_without_the_previous_release_say_where_they_went(releases: Releases) -> None:
    assert re.search(r"ABC by margin: → [ABC]", words(Page(render_report(releases.second))))


def test_what_needs_attention_is_named_at_the_top(page: Page) -> None:
    assert "Late or past the freshness limit: erp_north.customers." in words(page)
    due = "Cases past due: order_lines.quantity_units, fct_order_line.quantity_units."
    assert due in words(page)


def test_a_plane_of_too_many_points_is_thinned_and_says_so(
    spoiled: Callable[[str], Page],
) -> None:
    page = spoiled("""
        create temp table copies as select i from range(1, 8) as r(i);
        insert into golden_product by name
            select p.* replace (p.product_id || '-' || i as product_id)
            from golden_product as p, copies;
        insert into feat_item_value by name
            select v.* replace (v.product_id || '-' || i as product_id)
            from feat_item_value as v, copies;
        insert into feat_demand_profile by name
            select d.* replace (d.product_id || '-' || i as product_id)
            from feat_demand_profile as d, copies;
    """)
    assert "3,000 of 4,1" in words(page)


@pytest.mark.parametrize(
    "tables",
    [
        ("quarantine", "dq_gates", "source_freshness", "raw_extracts", "segment_churn"),
        ("policy_reorder", "feat_demand_profile", "segment_matrix"),
        ("segment_assignment",),
    ],
)
def test_empty_tables_leave_the_page_whole(
    spoiled: Callable[[str], Page], tables: tuple[str, ...]
) -> None:
    page = spoiled("".join(f"delete from {table};" for table in tables))
    assert "patterns" in page.having("section", "id")


def test_the_page_is_written_into_the_release(releases: Releases, tmp_path: Path) -> None:
    folder = shutil.copytree(releases.first, tmp_path / "release")
    assert write_report(folder).read_bytes() == (folder / "report.html").read_bytes()
    assert (folder / "report.html").stat().st_size < 2_000_000


def test_a_record_with_two_causes_is_one_record(spoiled: Callable[[str], Page]) -> None:
    page = spoiled("""
        insert into quarantine by name
            select * replace ('ROW_RANGE' as code) from quarantine where code = 'ROW_KEY_DUP'
    """)
    assert "32 records set aside" in words(page)
    assert "A record with several causes counts under each." in words(page)


def test_mismatches_are_drawn_with_the_action_that_saves_most_and_listed(
    releases: Releases,
) -> None:
    page = Page(render_report(releases.second))
    words = " ".join(page.words)
    assert "Where demand and supply do not fit" in words
    assert "of the value: " in words
    assert "Negotiate a smaller minimum order" in words
    (chart,) = (s for s in page.specifications if "marked" in str(s.get("datasets")))
    datasets = chart["datasets"]
    assert isinstance(datasets, dict)
    drawn = {row["action"] for row in datasets["marked"]}
    assert drawn == {"smaller minimum", "to order"}
