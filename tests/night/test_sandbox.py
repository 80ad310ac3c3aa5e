"""Schemes and policies that are tried on a release change nothing, and show what they would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from serving.release_reader import open_release
from tests.night.company import current, tierwise
from tests.night.conftest import Night

CUTS = "cuts: {A: 0.80, B: 0.95, C: 1.0}"


@pytest.fixture
def scheme(first_night: Night) -> str:
    text = (first_night.workspace / "segmentation" / "abc_margin.yml").read_text()
    assert CUTS in text
    return text


def tried(night: Night, file: Path, text: str, *options: str | Path) -> Any:
    """Return what the command says of a scheme with this text."""
    file.write_text(text)
    done = tierwise("sandbox", file, "--workspace", night.workspace, *options, "--json")
    assert done.status == 0, done.err + done.out
    return done.document


def test_a_scheme_as_it_is_moves_nobody_and_asks_for_the_same_stock(
    first_night: Night, scheme: str, tmp_path: Path
) -> None:
    said = tried(first_night, tmp_path / "abc.yml", scheme)
    assert said["schemes"] == []
    assert said["cells"]
    for cell in said["cells"]:
        assert cell["items_before"] == cell["items_after"]
        assert cell["policy_stock_before_amount"] == cell["policy_stock_after_amount"]


def test_a_version_of_the_registry_run_again_gives_the_published_assignment(
    first_night: Night,
) -> None:
    with open_release(
        first_night.workspace / "releases" / current(first_night.workspace)
    ) as reader:
        hashes = [row["rule_hash"] for row in reader.rows("from rule_set_registry")]
        used = reader.rows("select distinct rule_hash from segment_assignment")
    assert {row["rule_hash"] for row in used} <= set(hashes)
    versions = [part for rule_hash in hashes for part in ("--version", rule_hash[:12])]
    done = tierwise("sandbox", *versions, "--workspace", first_night.workspace, "--json")
    assert done.status == 0, done.err + done.out
    assert done.document["schemes"] == []
    done = tierwise("sandbox", "--version", "beef", "--workspace", first_night.workspace, "--json")
    assert done.codes == ["UNIT_UNKNOWN"]


def test_other_cuts_move_who_lies_between_them_and_nothing_is_published(
    first_night: Night, scheme: str, tmp_path: Path
) -> None:
    before = current(first_night.workspace)
    narrow = scheme.replace(CUTS, "cuts: {A: 0.60, B: 0.95, C: 1.0}")
    page = tmp_path / "page.html"
    said = tried(first_night, tmp_path / "abc.yml", narrow, "--page", page)
    assert current(first_night.workspace) == before
    moves = {s["scheme_id"]: s["moves"] for s in said["schemes"]}
    assert set(moves) == {"abc_margin", "abc_xyz"}
    assert {(m["from_segment_id"], m["to_segment_id"]) for m in moves["abc_margin"]} == {("A", "B")}
    # By hand: items of class A at which the larger ones hold 60 % already.
    with open_release(first_night.workspace / "releases" / before) as reader:
        ranked = reader.rows(
            "with ranked as (select unit_id, segment_id, value_at_stake_amount as worth, "
            "coalesce(sum(greatest(value_at_stake_amount, 0)) over (order by value_at_stake_amount "
            "desc groups between unbounded preceding and 1 preceding), 0) as larger, "
            "sum(greatest(value_at_stake_amount, 0)) over () as total "
            "from segment_assignment where scheme_id = 'abc_margin' "
            "and segment_id in ('A', 'B', 'C')) "
            "select unit_id from ranked where segment_id = 'A' and larger >= 0.6 * total"
        )
    assert (
        {m["unit_id"] for m in moves["abc_margin"]} == {row["unit_id"] for row in ranked} != set()
    )
    assert "Who would move" in page.read_text()


def test_what_is_wrong_with_a_candidate_is_told_at_its_own_place(
    first_night: Night, scheme: str, tmp_path: Path
) -> None:
    file = tmp_path / "abc.yml"
    file.write_text(scheme.replace("margin_12m_amount", "margin_of_the_year"))
    done = tierwise("sandbox", file, "--workspace", first_night.workspace, "--json")
    (error,) = done.document["errors"]
    assert error["code"] == "CONFIG_UNKNOWN_COLUMN"
    assert error["place"].startswith(f"{file}:")
    file.write_text("neither: one nor the other\n")
    done = tierwise("sandbox", file, "--workspace", first_night.workspace, "--json")
    assert done.codes == ["CONFIG_VALUE"]
