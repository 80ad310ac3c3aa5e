"""The cuts of schemes whose classes are cut from one measure, as SQL over what explains a unit."""

from __future__ import annotations

from itertools import permutations

from models.segmentation.methods.ranking import Ranking
from models.segmentation.methods.thresholds import Thresholds
from models.segmentation.scheme import Scheme
from models.segmentation.sql_values import plain_decimal
from workspace.ingest.parsing import literal


def is_on_one_measure(scheme: Scheme) -> bool:
    """Return whether the classes of a scheme are cut from one measure."""
    return isinstance(scheme.method, Ranking | Thresholds)


def is_falling(scheme: Scheme) -> bool:
    """Return whether the largest values come first."""
    return isinstance(scheme.method, Ranking) and scheme.method.is_falling


def measure_of(scheme: Scheme, relation: str) -> str:
    """Write the value that the method has read, from the inputs of `relation`."""
    path = literal(f"$.{scheme.method.reads[0]}")
    return f"try_cast(json_extract_string({relation}.inputs, {path}) as double)"


def cuts_of(scheme: Scheme, relation: str) -> list[str]:
    """Write the cuts between the segments in order, as text; null is one that nobody reaches."""
    method = scheme.method
    if isinstance(method, Thresholds):
        return [literal(plain_decimal(cut.up_to)) for cut in method.cuts]
    assert isinstance(method, Ranking)
    word = "from" if method.is_falling else "up_to"
    return [
        f"json_extract_string({relation}.inputs, {literal(f'$.{segment}_{word}')})"
        for segment in method.segments[:-1]
    ]


def crossed_limit(scheme: Scheme, relation: str, came_from: str, went_to: str) -> str:
    """Write the limit that a move has crossed: the last cut on its way, with the band beyond it."""
    segments = scheme.method.segments
    cuts = [f"cast({cut} as double)" for cut in cuts_of(scheme, relation)]
    band, branches = plain_decimal(scheme.band), []
    for before, after in permutations(range(len(segments)), 2):
        cut = cuts[after - 1] if after > before else cuts[after]
        sign = "+" if (after > before) != is_falling(scheme) else "-"
        branches.append(
            f"when {came_from} = {literal(segments[before])} and {went_to} = "
            f"{literal(segments[after])} then {cut} {sign} {band} * abs({cut})"
        )
    return f"case {' '.join(branches)} end"
