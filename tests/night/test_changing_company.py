"""A firm that is bought, customers that merge, split and are sold: over four nights."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from serving.customer_reasons import explain
from serving.golden_trace import trace_golden
from serving.release_reader import ReleaseReader, open_pair, open_release
from tests.night.changing_company import ACQUIRED, KNOWN_TO_BOTH, golden_ids
from tests.night.company import ROOT
from workspace.errors import TierwiseError

# What tells of deliveries and of the night itself, and the two tables of those kept apart.
OF_THE_NIGHT = {
    "asset_lineage",
    "dq_gates",
    "extract_history",
    "field_source_map",
    "publish_manifest",
    "raw_extracts",
    "rule_set_registry",  # with which deliveries a version began
    "source_freshness",
    "match_provisional",
    "segment_provisional",
}
# What keeps that somebody was there: ids, keys and days, what was said of them, and no more.
OF_THE_PAST = {
    "golden_xref",
    "entity_events",
    "entity_declarations",
    "match_records",
    "segment_assignment_history",
}
NAMED = "Customer 7"


@dataclass(frozen=True, kw_only=True)
class Nights:
    """The company's folder, its releases by name, and the ids before anything happened."""

    root: Path
    releases: dict[str, str]

    @property
    def ids(self) -> dict[str, str]:
        """Return the golden id of each customer record before anything happened."""
        return golden_ids(self.folder("apart"))

    def folder(self, name: str) -> Path:
        """Return the folder of a release."""
        return self.root / "releases" / self.releases[name]

    @contextmanager
    def reader(self, name: str) -> Iterator[ReleaseReader]:
        """Open a release."""
        with open_release(self.folder(name)) as reader:
            yield reader

    def rows(self, name: str, query: str, *values: object) -> list[dict[str, Any]]:
        """Return the rows of a query on a release."""
        with self.reader(name) as reader:
            return reader.rows(query, list(values))


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """Run the four nights once, in a process of their own."""
    root = tmp_path_factory.mktemp("changing") / "company"
    command = [sys.executable, "-m", "tests.night.changing_company", str(root)]
    said = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert said.returncode == 0, said.stderr
    return Nights(root=root, releases=json.loads(said.stdout))


def differences(nights: Nights, one: str, other: str, left_out: set[str]) -> set[str]:
    """Return the tables of two releases that are not equal, row for row."""
    found = set()
    with open_pair(nights.folder(one), nights.folder(other)) as pair:
        for table in sorted(open_tables(nights, one) - left_out):
            for first, second in (("before", "after"), ("after", "before")):
                query = f"from {first}.{table} except all from {second}.{table}"
                if pair.value(f"select count(*) from ({query})"):
                    found.add(table)
    return found


def open_tables(nights: Nights, name: str) -> set[str]:
    with nights.reader(name) as reader:
        return set(reader.columns)


@pytest.mark.requirement("S1.M9.B3")
def test_a_firm_changes_nothing_until_it_is_approved_and_nothing_once_that_is_reversed(
    nights: Nights,
) -> None:
    assert differences(nights, "without", "apart", OF_THE_NIGHT) == set()

    approved = golden_ids(nights.folder("approved"))
    bought = {key: name for key, name in approved.items() if key.startswith("carver:")}
    assert len(bought) == ACQUIRED
    for number in range(KNOWN_TO_BOTH):
        assert bought[f"carver:K{number}"] == nights.ids[f"erp:C{number}"]
    moved = "select count(*) as n from segment_churn where from_segment_id <> to_segment_id"
    assert nights.rows("approved", moved)[0]["n"] > 0  # it counts, now

    apart, after = golden_ids(nights.folder("apart")), golden_ids(nights.folder("reversed"))
    gone, part = apart.pop("erp:C7"), after["erp:C4"]
    assert after == {**apart, "erp:C4": part}
    placed = "select scheme_id, unit_id, segment_id from segment_assignment order by all"
    before, restored = (nights.rows(name, placed) for name in ("apart", "reversed"))
    assert [row for row in restored if row["unit_id"] != part] == [
        row for row in before if row["unit_id"] != gone
    ]
    booked = "select distinct event_type, is_reversed from entity_events " \
        "where namespace = 'carver' order by all"  # fmt: skip
    assert [tuple(row.values()) for row in nights.rows("reversed", booked)] == [
        ("acquire", True),
        ("reverse", False),
    ]


def test_what_it_would_become_is_previewed_as_it_becomes(nights: Nights) -> None:
    previewed = nights.rows(
        "apart", "select * from match_provisional where object_type = 'customer'"
    )
    approved = golden_ids(nights.folder("approved"))
    assert {
        row["source_key"]: (row["golden_id"], row["outcome"], row["is_known_id"])
        for row in previewed
    } == {
        f"K{n}": (
            approved[f"carver:K{n}"],
            "link" if n < KNOWN_TO_BOTH else "none",
            n < KNOWN_TO_BOTH,
        )
        for n in range(ACQUIRED)
    }
    starters = "select segment_id, overlay_id, count(*) as n from segment_provisional group by all"
    assert nights.rows("apart", starters) == [
        {"segment_id": "B", "overlay_id": "carver", "n": ACQUIRED}
    ]
    assert nights.rows("approved", starters) == []
    assert nights.rows("reversed", starters) == nights.rows("apart", starters)


@pytest.mark.requirement("S2.M9.B5")
def test_membership_is_carried_through_a_merger_a_split_and_a_sale(nights: Nights) -> None:
    survivor, other = nights.ids["erp:C5"], nights.ids["erp:C6"]
    told = "select origin_unit_id, valid_from, valid_to from segment_assignment_history " \
        "where recorded_to is null and unit_id = ? order by all"  # fmt: skip
    both = nights.rows("approved", told, survivor)
    assert {row["origin_unit_id"] for row in both} == {survivor, other}
    (ended,) = nights.rows("approved", told, other)
    assert str(ended["valid_to"]) == "2026-07-01"
    back = nights.rows("reversed", told, survivor)
    assert {row["origin_unit_id"] for row in back} == {survivor}

    whole, parts = nights.ids["erp:C3"], golden_ids(nights.folder("approved"))
    assert parts["erp:C3"] == whole != parts["erp:C4"]
    worth = "select customer_id, revenue_12m_amount, margin_12m_amount, order_line_count_12m " \
        "from feat_customer_value where customer_id in (?, ?)"  # fmt: skip
    before = nights.rows("apart", worth, whole, whole)
    after = nights.rows("approved", worth, parts["erp:C3"], parts["erp:C4"])
    assert len(after) == 2
    for measure in ("revenue_12m_amount", "order_line_count_12m"):
        assert sum(row[measure] for row in after) == before[0][measure]
    left = next(row for row in after if row["customer_id"] == parts["erp:C4"])
    assert float(left["revenue_12m_amount"]) == pytest.approx(
        0.3 * float(before[0]["revenue_12m_amount"])
    )

    gone = nights.ids["erp:C7"]
    assert tables_that_tell(nights, "approved", gone) > {"fct_order_line", "segment_assignment"}
    assert tables_that_tell(nights, "reversed", gone) <= OF_THE_PAST
    assert tables_that_tell(nights, "reversed", NAMED) == set()
    with nights.reader("reversed") as reader:
        for name in (gone, NAMED):
            with pytest.raises(TierwiseError, match="UNIT_UNKNOWN"):
                explain(reader, name)
        with pytest.raises(TierwiseError, match="UNIT_UNKNOWN"):
            trace_golden(reader, "golden_customer", gone)


def tables_that_tell(nights: Nights, name: str, word: str) -> set[str]:
    """Return the tables of a release in which a word stands anywhere."""
    found = set()
    with nights.reader(name) as reader:
        for table, columns in reader.columns.items():
            texts = [column for column, kind in columns.items() if kind == "VARCHAR"]
            there = " or ".join(f"contains({column}, $word)" for column in texts)
            query = f"select 1 from {table} where {there or 'false'} limit 1"
            if reader.rows(query, {"word": word} if there else ()):
                found.add(table)
    return found


CAUSES = {"first", "returned", "features", "rules", "metric_untrusted", "unit", "scheme"}
CAUSES |= {"merge", "split", "transfer", "reuse", "reverse", "retire", "divest"}
CHANGES = """
select count(*) as changes from segment_assignment_history as begun
join segment_assignment_history as ended using (scheme_id, unit_id, origin_unit_id)
cross join publish_manifest as release
where begun.recorded_from = release.as_of_date and ended.recorded_from = release.as_of_date
    and begun.valid_from = ended.valid_to and begun.recorded_to is null and unit_id = origin_unit_id
"""
CHURN = """
select coalesce(sum(unit_count), 0)::bigint as changes from segment_churn
where from_segment_id <> to_segment_id and '(none)' not in (from_segment_id, to_segment_id)
"""
# A row that does not end where the next one begins, though nothing says that the unit was away.
BROKEN = """
with known as (
    select *, lead(valid_from) over following as next_from, lead(began_by) over following as cause
    from segment_assignment_history where recorded_to is null and unit_id = origin_unit_id
    window following as (partition by scheme_id, unit_id order by valid_from)
)
select * from known
where coalesce(next_from < valid_to, false)
    or next_from > valid_to and cause not in ('split', 'reverse', 'returned')
"""


@pytest.mark.requirement("S4.M2.B8")
def test_every_change_of_segment_has_a_cause_and_is_in_the_churn_report(nights: Nights) -> None:
    counted = []
    for name in ("apart", "approved", "reversed"):
        assert nights.rows(name, CHANGES) == nights.rows(name, CHURN)
        counted.append(nights.rows(name, CHURN)[0]["changes"])
        assert nights.rows(name, BROKEN) == []
        told = "select began_by, ended_by from segment_assignment_history"
        causes = {cause for row in nights.rows(name, told) for cause in row.values()}
        assert causes - {None} <= CAUSES
    assert counted[0] == 0 < counted[1]
