"""Schemes and policies that are tried on a release change nothing, and show what they would."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.segments.sandbox import candidate_workspace, try_out
from serving.release_reader import open_release
from serving.rule_versions import difference, versions
from tests.night.company import copy_company, current, tierwise
from tests.night.conftest import Night
from workspace.archive import sha256_of
from workspace.folder import Folder
from workspace.releases import digest, named_release

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
    # By hand: items of class A at which the larger ones hold 60 % already, shops left aside.
    with open_release(first_night.workspace / "releases" / before) as reader:
        ranked = reader.rows(
            "with ranked as (select unit_id, segment_id, overlay_id, "
            "value_at_stake_amount as worth, "
            "coalesce(sum(greatest(value_at_stake_amount, 0)) over (order by value_at_stake_amount "
            "desc groups between unbounded preceding and 1 preceding), 0) as larger, "
            "sum(greatest(value_at_stake_amount, 0)) over () as total "
            "from segment_assignment where scheme_id = 'abc_margin' "
            "and segment_id in ('A', 'B', 'C')) "
            "select unit_id from ranked "
            "where segment_id = 'A' and overlay_id = 'base' and larger >= 0.6 * total"
        )
    assert (
        {m["unit_id"] for m in moves["abc_margin"]} == {row["unit_id"] for row in ranked} != set()
    )
    assert "Who would move" in page.read_text()


DUTCH = """\
overlay: dutch
title: The Netherlands
description: Other terms of payment.
owner: sales
where: {product_site: "site_country_code = 'NL' and site_type <> 'store'"}
change: {abc_margin: {method.cuts.A: 0.6}}
"""


@pytest.mark.requirement("S0.M2.B3")
@pytest.mark.requirement("S0.M7.B4")
def test_an_overlay_moves_what_the_two_runs_differ_in_and_without_it_all_is_as_before(
    first_night: Night, scheme: str, tmp_path: Path
) -> None:
    locked = DUTCH.replace("method.cuts.A: 0.6", "method.measure: revenue_12m_amount")
    (tmp_path / "locked.yml").write_text(locked)
    done = tierwise(
        "sandbox", tmp_path / "locked.yml", "--workspace", first_night.workspace, "--json"
    )
    assert done.codes == ["OVERLAY_LOCKED"]
    database = first_night.workspace / "releases" / current(first_night.workspace)
    untouched = sha256_of(database / "tierwise.duckdb")
    said, again = (tried(first_night, tmp_path / "dutch.yml", DUTCH) for _ in range(2))
    assert digest(said) == digest(again)
    assert sha256_of(database / "tierwise.duckdb") == untouched
    moves = {s["scheme_id"]: s["moves"] for s in said["schemes"]}["abc_margin"]
    before, after = _runs(first_night, tmp_path / "dutch", [tmp_path / "dutch.yml"])
    assert {(m["unit_id"], m["from_segment_id"]) for m in moves} == before - after
    assert {(m["unit_id"], m["to_segment_id"]) for m in moves} == after - before != set()
    # The demo has an overlay of its own; left out, the base alone decides everywhere.
    done = tierwise(
        "sandbox", "--without", "stores", "--workspace", first_night.workspace, "--json"
    )
    bare = _assigned(*_tried_out(first_night, [], tmp_path / "bare", without=["stores"]))
    base = re.sub(r"open: .*\n", "", scheme)
    (tmp_path / "abc_margin.yml").write_text(base)
    alone = [tmp_path / "abc_margin.yml"]
    same = _assigned(*_tried_out(first_night, alone, tmp_path / "alone", without=["stores"]))
    assert bare == same
    found = {s["scheme_id"]: s["moves"] for s in done.document["schemes"]}["abc_margin"]
    assert {(m["unit_id"], m["to_segment_id"]) for m in found} == bare - before != set()


def _runs(
    night: Night, folder: Path, files: list[Path]
) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Return unit and segment of abc_margin as published, and with these files."""
    with open_release(night.workspace / "releases" / current(night.workspace)) as reader:
        rows = reader.rows("from segment_assignment where scheme_id = 'abc_margin'")
    published = {(row["unit_id"], row["segment_id"]) for row in rows}
    return published, _assigned(*_tried_out(night, files, folder, without=[]))


def _tried_out(
    night: Night, files: list[Path], folder: Path, *, without: list[str]
) -> tuple[Path, str]:
    folder.mkdir()
    candidate = candidate_workspace(night.workspace, files, folder / "workspace", without=without)
    home = Folder(root=night.workspace)
    release = named_release(home, None)
    return try_out(candidate, home, release, folder / "tried"), "abc_margin"


def _assigned(folder: Path, scheme: str) -> set[tuple[str, str]]:
    with duckdb.connect(str(folder / "tierwise.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select unit_id, segment_id from segment_assignment where scheme_id = ?", [scheme]
        ).fetchall()
    return set(found)


@pytest.mark.requirement("S3.M6.B5")
def test_a_version_that_is_restored_assigns_as_it_did(
    first_night: Night, scheme: str, tmp_path: Path
) -> None:
    night = Night(
        workspace=copy_company(first_night.workspace, tmp_path / "company"), said=first_night.said
    )
    with open_release(night.workspace / "releases" / current(night.workspace)) as reader:
        (known,) = [v for v in versions(reader) if v.name == "abc_margin"]
        assert all(v.code_sha256 and v.inputs_sha256 for v in versions(reader))
    published, _ = _runs(night, tmp_path / "before", [])
    file = night.workspace / "segmentation" / "abc_margin.yml"
    file.write_text(scheme.replace(CUTS, "cuts: {A: 0.60, B: 0.95, C: 1.0}"))
    changed = replace(known, rule_hash="of the change", definition=file.read_text())
    (change,) = difference(known, changed).changes
    assert (change.parameter, change.before, change.after) == ("method.cuts.A", "0.80", "0.60")
    assert _runs(night, tmp_path / "changed", [])[1] != published
    done = tierwise("rules", "restore", known.rule_hash[:12], "--workspace", night.workspace)
    assert done.status == 0, done.err
    assert file.read_text() == scheme
    assert _runs(night, tmp_path / "restored", [])[1] == published


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
