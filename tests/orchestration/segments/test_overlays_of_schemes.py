"""An overlay changes what its base opens, for its own units, on its own days, and nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from orchestration.segments.rule_registry import TABLE as REGISTRY
from orchestration.segments.rule_registry import registry
from tests.orchestration.segments.overlaid_nights import (
    IBERIA,
    NORDICS,
    OPENED,
    REVENUES,
    NightsByCountry,
    company,
)
from tests.orchestration.segments.schemes_of_customers import SIZE
from tests.orchestration.segments.steady_nights import Nights
from workspace.warehouse import write_by_contract


def test_an_overlay_cuts_elsewhere_for_its_own_and_moves_nobody_else(tmp_path: Path) -> None:
    base = NightsByCountry(company(tmp_path / "base")).night(REVENUES)
    both = NightsByCountry(company(tmp_path / "both", iberia=IBERIA, nordics=NORDICS))
    both.night(REVENUES)
    assert both.overlaid() == {"ES1": "iberia", "ES2": "iberia", "PT1": "iberia", "NO1": "nordics"}
    assert both.in_force() == base.in_force() | {"ES2": "large", "NO1": "middle"}
    # All customers are ranked together; only Norway's cut is another. NO1 is last by far.
    assert both.in_force("customer_abc") == base.in_force("customer_abc")
    assert both.overlaid("customer_abc") == {"NO1": "nordics"}
    # A cell follows its parents and is nobody's by itself.
    assert both.in_force("customer_cell")["ES2"] == base.in_force("customer_abc")["ES2"] + "large"
    assert both.overlaid("customer_cell") == {}


def test_a_cut_of_an_overlay_is_found_in_the_ranking_of_all(tmp_path: Path) -> None:
    ranked = {"NO1": 500, "NO2": 300, "DE1": 400, "DE2": 100}  # 38 %, 62 %, 85 %, …
    base = NightsByCountry(company(tmp_path / "base")).night(ranked)
    assert base.in_force("customer_abc") == {"NO1": "A", "DE1": "A", "NO2": "A", "DE2": "B"}
    half = NightsByCountry(company(tmp_path / "half", nordics=NORDICS)).night(ranked)
    assert half.in_force("customer_abc") == {"NO1": "A", "DE1": "A", "NO2": "B", "DE2": "B"}
    cuts = half.rows("segments.segment_cut")
    assert {(row["segment_id"], row["cut_value"]) for row in cuts} == {
        ("A", 300),
        ("A", 400),
        ("B", 100),
    }


@pytest.mark.requirement("S3.M9.B1")
def test_a_country_is_added_by_a_file_and_leaves_all_results_as_they_are(tmp_path: Path) -> None:
    nights = NightsByCountry(company(tmp_path / "one", iberia=IBERIA)).night(REVENUES)
    before = nights.rows("segments.segment_explanations")
    nights.workspace = company(tmp_path / "two", iberia=IBERIA, nordics=NORDICS)
    files = [
        {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*.yml")}
        for root in (tmp_path / "one", tmp_path / "two")
    ]
    assert set(files[1]) - set(files[0]) == {"segmentation/overlays/nordics.yml"}
    assert files[0].items() <= files[1].items()
    nights.night(REVENUES)
    after = nights.rows("segments.segment_explanations")
    of_norway = {"NO1"}
    assert [row for row in after if row["unit_id"] not in of_norway] == [
        row for row in before if row["unit_id"] not in of_norway
    ]
    assert {r["overlay_id"] for r in after if r["unit_id"] in of_norway} == {"base", "nordics"}


@pytest.mark.requirement("S0.M7.B8")
def test_each_assignment_reads_back_to_the_rules_that_gave_it_and_their_days_are_whole(
    tmp_path: Path,
) -> None:
    later = IBERIA.replace("3000", "5000")
    texts = [IBERIA, IBERIA, later, IBERIA]
    nights = NightsByCountry(company(tmp_path / "0", iberia=texts[0]))
    known = duckdb.connect()
    for number, text in enumerate(texts):
        nights.workspace = company(tmp_path / str(number), iberia=text)
        nights.night(REVENUES)
        _register(nights, known)
        _assert_rules_give_again_what_is_assigned(nights)
    spells = nights.rows(REGISTRY, "scheme_id = 'customer_size'")
    for overlay in ("base", "iberia"):
        of_part = sorted(
            (
                (row["effective_from"], row["effective_to"])
                for row in spells
                if row["overlay_id"] == overlay
            ),
        )
        assert of_part[0][0] == date(2026, 1, 1)
        assert [end for _, end in of_part] == [*(begin for begin, _ in of_part[1:]), None]
    in_force = next(r for r in spells if r["overlay_id"] == "iberia" and not r["effective_to"])
    assert (in_force["semantic_version"], in_force["approved_by"]) == ("1.2.0", "Ana")
    assert (in_force["legal_tags"], in_force["overlay_definition"]) == ("Ley 15/2010", IBERIA)
    known.close()


def _register(nights: Nights, known: duckdb.DuckDBPyConnection) -> None:
    """Write tonight's registry after the one of the night before, which `known` keeps."""
    connection = nights.connection
    connection.execute(
        "create or replace table control.delivery_plan (system varchar, extract varchar, "
        "file_name varchar, file_sha256 varchar, status varchar, code varchar, "
        "stands_in_for varchar)"
    )
    if known.execute("show tables").fetchall():
        connection.register("_known", known.sql("from registry").to_arrow_table())
        connection.execute("insert into prior.rule_set_registry by name from _known")
    write_by_contract(connection, REGISTRY, registry(connection, nights.workspace))
    known.register("_tonight", connection.sql(f"from {REGISTRY}").to_arrow_table())
    known.execute("create or replace table registry as from _tonight")
    known.unregister("_tonight")


def _assert_rules_give_again_what_is_assigned(nights: Nights) -> None:
    """Run the registered statement of each version in force over tonight's features."""
    for version in nights.rows(REGISTRY, "effective_to is null and scheme_id = 'customer_size'"):
        again = dict(
            nights.connection.execute(
                f"select customer_id, segment_id from ({version['sql_text']})"
            ).fetchall()
        )
        assigned = nights.rows(
            "segments.segment_assignment", f"rule_hash = '{version['rule_hash']}'"
        )
        assert assigned
        for row in assigned:
            assert row["overlay_id"] == version["overlay_id"]
            assert again[row["unit_id"]] == row["segment_id"]
    hashes = {row["rule_hash"] for row in nights.rows("segments.segment_assignment")}
    assert hashes <= {row["rule_hash"] for row in nights.rows(REGISTRY, "effective_to is null")}


def test_an_overlay_holds_on_its_days(tmp_path: Path) -> None:
    timed = IBERIA.replace("where:", "since: 2026-01-02\nuntil: 2026-01-03\nwhere:")
    nights = NightsByCountry(company(tmp_path, iberia=timed))
    said = [nights.night(REVENUES).in_force()["ES2"] for _ in range(3)]
    assert said == ["middle", "large", "middle"]


def test_a_longer_dwell_holds_its_units_and_no_others(tmp_path: Path) -> None:
    quick = "stability: {confirm: {nights: 1, of: 1}, band: 0, dwell_days: 0}\n"
    slow = IBERIA.replace("method.cuts.middle: 3000", "stability.dwell_days: 30")
    nights = NightsByCountry(company(tmp_path, SIZE + OPENED + quick, iberia=slow))
    nights.night({"ES1": 1000, "DE1": 1000}).night({"ES1": 3000, "DE1": 3000})
    nights.night({"ES1": 1000, "DE1": 1000})
    assert nights.in_force() == {"ES1": "middle", "DE1": "small"}
    assert nights.held() == {"ES1": ("small", "dwell")}
