from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from serving.explain import explain_unit
from serving.release_reader import ReleaseReader, open_release
from serving.units import find_units
from tests.serving.conftest import Releases
from workspace.errors import TierwiseError


def unit_in(reader: ReleaseReader, scheme: str, segment: str, rule: str = "%") -> str:
    found = reader.value(
        "select p.product_code || '@' || l.site_code from segment_assignment as a "
        "join golden_product as p using (product_id) join golden_location as l using (site_id) "
        "where a.scheme_id = ? and a.segment_id = ? and a.rule_id like ? order by 1 limit 1",
        [scheme, segment, rule],
    )
    assert isinstance(found, str)
    return found


def reason(reader: ReleaseReader, scheme: str, unit: str) -> str:
    (item,) = explain_unit(reader, unit).items
    (found,) = [each for each in item.reasons if each.scheme_id == scheme]
    return found.why


def test_every_scheme_gives_its_reason(reader: ReleaseReader) -> None:
    (item,) = explain_unit(reader, unit_in(reader, "abc_margin", "A")).items
    assert [each.scheme_id for each in item.reasons] == [
        "abc_margin", "abc_xyz", "demand_pattern", "xyz",
    ]  # fmt: skip
    assert all(each.why for each in item.reasons)


@pytest.mark.parametrize(
    ("scheme", "segment", "rule", "words"),
    [
        ("abc_margin", "A", "%", ", and A begins at "),
        ("abc_margin", "C", "%", ", where B begins as of the review of 2023-10-01"),
        ("abc_margin", "new", "%", "first rule `new_item` holds: months_of_history < 3"),
        ("xyz", "X", "%", ", and X reaches up to 0.7"),
        ("xyz", "Z", "thresholds%", ", above the last cut at 1.4"),
        ("demand_pattern", "intermittent", "%", "is not below 1.32, CV² of sizes"),
        ("abc_xyz", "BY", "%", "abc_margin is B, xyz is Y"),
    ],
)
def test_a_reason_says_which_side_of_which_cut(
    reader: ReleaseReader, scheme: str, segment: str, rule: str, words: str
) -> None:
    said = reason(reader, scheme, unit_in(reader, scheme, segment, rule))
    assert words in said.replace("\u00a0", " ")


def test_a_flip_names_the_direction_the_value_and_the_segment(reader: ReleaseReader) -> None:
    text = explain_unit(reader, unit_in(reader, "xyz", "X")).text()
    assert "would be Y if weekly_cv_ratio rose to 0.7 (now 0." in text


def test_a_policy_shows_the_inputs_of_its_safety_stock(reader: ReleaseReader) -> None:
    text = explain_unit(reader, unit_in(reader, "abc_xyz", "AX")).text()
    assert "98\u00a0% cycle service level, normal demand, review every 7 days" in text
    assert "factor 2.05" in text


def test_an_item_without_a_target_says_so(reader: ReleaseReader) -> None:
    text = explain_unit(reader, unit_in(reader, "abc_xyz", "no_demand")).text()
    assert "Stock policy: none; its cell has no service target." in text


def test_an_override_and_a_fallback_are_told_apart_from_the_rules(
    releases: Releases, tmp_path: Path
) -> None:
    folder = shutil.copytree(releases.second, tmp_path / releases.second.name)
    with duckdb.connect(folder / "tierwise.duckdb") as connection:
        connection.execute("""
            update segment_assignment set segment_id = 'A', engine_segment_id = 'C'
            where scheme_id = 'abc_margin' and segment_id = 'C';
            update segment_assignment set rule_id = 'fallback', fallback_code = 'MISSING_INPUT'
            where scheme_id = 'xyz' and segment_id = 'Z';
        """)
    with open_release(folder) as reader:
        text = explain_unit(reader, unit_in(reader, "abc_xyz", "CZ")).text()
    assert "ABC by margin: A since" in text
    assert "; the rules alone say C" in text
    assert "an input is missing, and the fallback is Z" in text
    assert "fallback  MISSING_INPUT" in text


@pytest.mark.parametrize(
    "name", ["{product_id}@{site_id}", "{product_code}@{site_code}", "{gtin}@{site_code}"]
)
def test_an_item_goes_by_each_of_its_names(reader: ReleaseReader, name: str) -> None:
    (row,) = reader.rows(
        "select p.product_id, p.product_code, p.gtin, l.site_id, l.site_code "
        "from feat_item_value as v join golden_product as p using (product_id) "
        "join golden_location as l using (site_id) order by all limit 1"
    )
    (unit,) = find_units(reader, name.format(**row).lower())
    assert unit.key == [row["product_id"], row["site_id"]]


def test_a_product_without_a_site_is_explained_at_each(reader: ReleaseReader) -> None:
    code = reader.value(
        "select p.product_code from feat_item_value join golden_product as p using (product_id) "
        "group by all having count(*) = 3 order by 1 limit 1"
    )
    assert [item.unit.site_code for item in explain_unit(reader, code).items] == [
        "GRZ", "HAM", "LYO",
    ]  # fmt: skip


def test_an_unknown_product_is_answered_with_near_ones(reader: ReleaseReader) -> None:
    with pytest.raises(TierwiseError, match="UNIT_UNKNOWN 10008: No product goes by `10008`"):
        explain_unit(reader, "10008@HAM")


def test_a_word_of_a_name_suggests_products(reader: ReleaseReader) -> None:
    with pytest.raises(TierwiseError, match="Needle bearing"):
        explain_unit(reader, "needle bear")


def test_an_unknown_site_is_answered_with_the_product_s_sites(reader: ReleaseReader) -> None:
    with pytest.raises(TierwiseError, match=r"`10007` is known at 10007@"):
        explain_unit(reader, "10007@NOWHERE")


def test_an_explanation_is_also_a_document(reader: ReleaseReader) -> None:
    explanation = explain_unit(reader, unit_in(reader, "abc_margin", "A"))
    document = json.loads(json.dumps(asdict(explanation), default=str))
    assert document["items"][0]["reasons"][0]["inputs"]["margin_12m_amount"] > 0
