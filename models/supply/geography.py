"""Where goods come from: borders on the way, and what may go wrong in a country or region.

The score of a country is a weighted mean of indices, each scaled from 0 (its best value) to 1 (its
worst). What is not known of a country is taken from the region it lies in, and so on up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, get_args

import polars as pl

from models.supply.lead_times import PUBLISHED_DECIMALS

IndexName = Literal["import_complexity", "lead_time_risk", "duty", "hazard", "regional_stability"]
INDICES: tuple[IndexName, ...] = get_args(IndexName)
WORLD = "world"
OWN, PARTLY, PARENT, NONE = "own", "partly", "parent", "none"


@dataclass(frozen=True, kw_only=True)
class Geography:
    """Customs territories and regions by member, and ways through other countries by their ends."""

    territory_of: Mapping[str, str] = field(default_factory=dict)
    region_of: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)

    def import_steps(self, origin: str | None, destination: str | None) -> int | None:
        """Return the customs borders on the way between two countries; None where one is unknown.

        Countries of one territory have none between them; a way that is not declared is direct.
        """
        if origin is None or destination is None:
            return None
        via = self.routes.get((origin, destination), ())
        way = [self.territory_of.get(country, country) for country in (origin, *via, destination)]
        return sum(here != there for here, there in pairwise(way))

    def above(self, place: str) -> list[str]:
        """Return the regions that a place lies in, the nearest first; the world is the last."""
        found = []
        while place in self.region_of:
            place = self.region_of[place]
            found.append(place)
        return found if place == WORLD else [*found, WORLD]


@dataclass(frozen=True, kw_only=True)
class Index:
    """One part of the score: its weight, and the values that mean no risk and full risk."""

    weight: float
    best: float
    worst: float


def geo_risk(
    known: pl.DataFrame,
    places: Sequence[str],
    geography: Geography,
    indices: Mapping[IndexName, Index],
) -> pl.DataFrame:
    """Return one row per place, sorted: its score and what makes it.

    `known` holds place, index and value, one row each at most, in the index's own unit. Columns of
    the result:

    place, parent_place    the region right above; the world is above all
    <index>_ratio          scaled value that the score goes by; null where none is known
    <index>_share_ratio    contribution: weight times scaled value; null as before
    known_weight_ratio     weight of the indices that are known, 0 to 1
    inherited_count        indices that were taken from a region above
    score_ratio            sum of the contributions, 0 to 1: weights of what is not known are spread
                           over the rest; null where nothing is
    score_grade            own, partly (some from above), parent (all from above) or none
    """
    scaled = _scaled(known, indices)
    rows = []
    for place in sorted(set(places)):
        ways = [place, *geography.above(place)] if place != WORLD else [WORLD]
        found = {
            name: next(((way, scaled[way, name]) for way in ways if (way, name) in scaled), None)
            for name in indices
            if indices[name].weight > 0
        }
        rows.append(_row(place, ways[1] if len(ways) > 1 else None, found, indices))
    return pl.DataFrame(rows, schema=_SCHEMA)


def _scaled(
    known: pl.DataFrame, indices: Mapping[IndexName, Index]
) -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for place, name, value in known.select("place", "index", "value").iter_rows():
        if value is not None and name in indices:
            index = indices[name]
            ratio = (value - index.best) / (index.worst - index.best)
            found[place, name] = min(max(ratio, 0.0), 1.0)
    return found


def _row(
    place: str,
    parent: str | None,
    found: Mapping[IndexName, tuple[str, float] | None],
    indices: Mapping[IndexName, Index],
) -> dict[str, object]:
    there = {name: value for name, value in found.items() if value is not None}
    weight = sum(indices[name].weight for name in there)
    shares = {
        name: round(indices[name].weight / weight * value, PUBLISHED_DECIMALS)
        for name, (_, value) in there.items()
    }
    inherited = sum(way != place for way, _ in there.values())
    grade = PARTLY if 0 < inherited < len(there) else PARENT if inherited else OWN
    return {
        "place": place,
        "parent_place": parent,
        **{f"{name}_ratio": there[name][1] if name in there else None for name in INDICES},
        **{f"{name}_share_ratio": shares.get(name) for name in INDICES},
        "known_weight_ratio": round(weight, PUBLISHED_DECIMALS),
        "inherited_count": inherited,
        "score_ratio": round(sum(shares.values()), PUBLISHED_DECIMALS) if there else None,
        "score_grade": grade if there else NONE,
    }


_SCHEMA = {
    "place": pl.String,
    "parent_place": pl.String,
    **{f"{name}_ratio": pl.Float64 for name in INDICES},
    **{f"{name}_share_ratio": pl.Float64 for name in INDICES},
    "known_weight_ratio": pl.Float64,
    "inherited_count": pl.Int64,
    "score_ratio": pl.Float64,
    "score_grade": pl.String,
}
