"""Schemes as values: what they refuse, their hash, and the presets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from models.segmentation.errors import SchemeError
from models.segmentation.methods.demand_pattern import DemandPattern
from models.segmentation.methods.matrix import Matrix
from models.segmentation.methods.ranking_kinds import (
    ItemCount,
    ItemShare,
    ParetoShare,
    ParetoValue,
    Quantiles,
)
from models.segmentation.methods.thresholds import Thresholds
from models.segmentation.presets import SERVICE_LEVELS, abc, xyz
from models.segmentation.scheme import Scheme, cuts_hash, rule_hash
from tests.models.segmentation.scheme_runs import NEW, STOPPED, cuts, scheme
from tests.models.segmentation.scheme_runs import abc as abc_of_value


@pytest.mark.parametrize(
    "broken",
    [
        lambda: ParetoShare(measure="m", cuts=cuts(A="0.8", B="0.95")),
        lambda: ParetoShare(measure="m", cuts=cuts(A="0.95", B="0.8", C="1")),
        lambda: ParetoShare(measure="m", cuts=cuts(A="0", B="1")),
        lambda: ParetoShare(measure="m", cuts=cuts(A="1")),
        lambda: ParetoShare(measure="m", cuts=cuts(A="0.1234567", B="1")),
        lambda: ParetoShare(measure="m", cuts=()),
        lambda: ItemShare(measure="m", cuts=cuts(A="0.2", B="0.9")),
        lambda: Quantiles(measure="m", cuts=cuts(low="1.5")),
        lambda: ItemCount(measure="m", cuts=cuts(A="20")),
        lambda: ParetoValue(measure="m", cuts=cuts(A="1000"), last_segment_id="A"),
        lambda: ParetoShare(measure="m", cuts=(*cuts(A="0.8"), *cuts(A="1"))),
        lambda: Thresholds(column="c", cuts=cuts(X="1", Y="1"), last_segment_id="Z"),
        lambda: Thresholds(column="c", cuts=(), last_segment_id="Z"),
        lambda: Thresholds(column="c", cuts=cuts(X="NaN"), last_segment_id="Z"),
        lambda: Thresholds(column="c", cuts=cuts(X="1"), last_segment_id="X"),
        lambda: DemandPattern(adi_column="a", cv2_column="c", adi_cut=Decimal(0)),
        lambda: scheme(abc_of_value(), NEW, NEW),
        lambda: scheme(abc_of_value(), keys=()),
    ],
)
def test_a_contradiction_is_refused_when_a_scheme_is_made(broken: Callable[[], object]) -> None:
    with pytest.raises(SchemeError):
        broken()


def test_the_hash_is_of_what_decides() -> None:
    first = scheme(abc_of_value(), NEW, STOPPED)
    same = scheme(abc_of_value(A="0.8", B="0.950", C="1.0"), NEW, STOPPED)
    assert rule_hash(first) == rule_hash(same) == rule_hash(replace(first, title="Another"))
    assert len(rule_hash(first)) == 64


@pytest.mark.parametrize(
    "other",
    [
        scheme(abc_of_value(), STOPPED, NEW),
        scheme(abc_of_value(), NEW),
        scheme(abc_of_value("site_id"), NEW, STOPPED),
        scheme(abc_of_value(A="0.81", B="0.95", C="1"), NEW, STOPPED),
        scheme(Matrix(row_scheme="abc", column_scheme="xyz"), NEW, STOPPED),
        replace(scheme(abc_of_value(), NEW, STOPPED), fallback_segment_id="C"),
        scheme(abc_of_value(), replace(NEW, when="months_of_history < 7"), STOPPED),
    ],
)
def test_the_hash_changes_with_each_decision(other: Scheme) -> None:
    assert rule_hash(other) != rule_hash(scheme(abc_of_value(), NEW, STOPPED))


def test_a_method_names_itself_and_what_it_reads() -> None:
    assert abc_of_value().kind == "pareto_share"
    assert abc_of_value("site_id").reads == ("value_amount", "site_id")
    pattern = DemandPattern(adi_column="adi", cv2_column="cv2")
    assert (pattern.kind, pattern.reads) == ("demand_pattern", ("adi", "cv2"))


def test_a_review_hangs_on_the_ranking_and_not_on_what_follows_from_it() -> None:
    ranking = scheme(abc_of_value(), NEW)
    assert cuts_hash(replace(ranking, fallback_segment_id="C")) == cuts_hash(ranking)
    assert cuts_hash(replace(ranking, band=Decimal("0.1"))) == cuts_hash(ranking)
    assert cuts_hash(scheme(abc_of_value(), NEW, STOPPED)) != cuts_hash(ranking)
    assert cuts_hash(scheme(abc_of_value("site_id"), NEW)) != cuts_hash(ranking)


def ends(method: ParetoShare | Thresholds) -> list[tuple[str, str]]:
    return [(cut.segment_id, str(cut.up_to)) for cut in method.cuts]


@pytest.mark.parametrize(
    ("preset", "published"),
    [
        ("sap_70_25_5", [("A", "0.70"), ("B", "0.95"), ("C", "1")]),
        ("pareto_80_15_5", [("A", "0.80"), ("B", "0.95"), ("C", "1")]),
        ("pareto_80_95", [("A", "0.80"), ("B", "0.95"), ("C", "1")]),
    ],
)
def test_presets_of_value_are_as_published(preset: str, published: list[tuple[str, str]]) -> None:
    assert ends(abc(preset, measure="margin")) == published


def test_presets_of_variation_are_as_published() -> None:
    assert ends(xyz("sap_70_25_5")) == [("X", "0.3")]
    assert xyz("sap_70_25_5").last_segment_id == "Y"
    assert ends(xyz("pareto_80_95")) == [("X", "0.5"), ("Y", "1.0")]
    assert ends(xyz("weekly_cv_30_50")) == [("X", "0.3"), ("Y", "0.5")]
    assert xyz("weekly_cv_30_50").last_segment_id == "Z"


def test_netsuite_service_levels_are_as_published() -> None:
    levels = SERVICE_LEVELS["netsuite"]
    assert list(levels) == ["A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"]
    assert [int(level * 100) for level in levels.values()] == [98, 96, 95, 94, 93, 90, 90, 87, 85]


def test_an_unknown_preset_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SchemeError, match="weekly_cv_30_50"):
        xyz("gold_silver")
