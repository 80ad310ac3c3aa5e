"""Published cuts and service levels by name, as a start that a company then makes its own.

No cut is a law: the best class sizes depend on the service aim and on the assortment (van
Wingerden, Tan & van Houtum, 2016). A preset spares typing, and says where a number is from.
"""

from collections.abc import Mapping
from decimal import Decimal

from models.segmentation.errors import SchemeError
from models.segmentation.methods.cuts import Cut
from models.segmentation.methods.ranking_kinds import ParetoShare
from models.segmentation.methods.thresholds import Thresholds

PARETO_SHARES: Mapping[str, tuple[str, ...]] = {  # cumulative, at the end of A, B, C
    "sap_70_25_5": ("0.70", "0.95", "1"),
    "pareto_80_15_5": ("0.80", "0.95", "1"),
    "pareto_80_95": ("0.80", "0.95", "1"),
}

VARIATION_CUTS: Mapping[str, tuple[str, ...]] = {  # coefficient of variation, at the end of X, Y
    "sap_70_25_5": ("0.3",),
    "pareto_80_95": ("0.5", "1.0"),
    "weekly_cv_30_50": ("0.3", "0.5"),
}

SERVICE_LEVELS: Mapping[str, Mapping[str, Decimal]] = {  # by cell of value and variability
    "netsuite": {
        "A1": Decimal("0.98"), "A2": Decimal("0.96"), "A3": Decimal("0.95"),
        "B1": Decimal("0.94"), "B2": Decimal("0.93"), "B3": Decimal("0.90"),
        "C1": Decimal("0.90"), "C2": Decimal("0.87"), "C3": Decimal("0.85"),
    },
}  # fmt: skip


def preset_cuts(kind: str, preset: str) -> tuple[tuple[Cut, ...], str]:
    """Return the cuts that a preset has for a kind of method, and the segment beyond them.

    Cuts that reach everybody have no segment beyond. Raises SchemeError for an unknown preset.
    """
    if kind == "pareto_share":
        return abc(preset, measure="any").cuts, ""
    thresholds = xyz(preset, column="any")
    return thresholds.cuts, thresholds.last_segment_id


def abc(preset: str, *, measure: str, within: tuple[str, ...] = ()) -> ParetoShare:
    """Classes A, B, C by cumulative share of a measure, with the cuts of a preset."""
    return ParetoShare(
        measure=measure, cuts=_cuts("ABC", _offered(PARETO_SHARES, preset)), within=within
    )


def xyz(preset: str, *, column: str = "weekly_cv_ratio") -> Thresholds:
    """Classes X, Y, Z by coefficient of variation; a preset with one cut has X and Y only."""
    variations = _offered(VARIATION_CUTS, preset)
    return Thresholds(
        column=column, cuts=_cuts("XYZ", variations), last_segment_id="XYZ"[len(variations)]
    )


def _cuts(names: str, values: tuple[str, ...]) -> tuple[Cut, ...]:
    pairs = zip(names, values, strict=False)
    return tuple(Cut(segment_id=name, up_to=Decimal(value)) for name, value in pairs)


def _offered(presets: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    if name not in presets:
        raise SchemeError(f"there is no preset {name!r}; there are {', '.join(presets)}")
    return presets[name]
