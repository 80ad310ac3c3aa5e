"""The schemes of a release, from the rule sets that it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from models.segmentation.methods.demand_pattern import PATTERNS
from models.segmentation.presets import preset_cuts
from serving.release_reader import ReleaseReader
from workspace.units import UNIT_KINDS
from workspace.yaml_file import parse_yaml

ITEM = "product_site"
BASE = "base"
CURRENT_RULE_SETS = """
select scheme_id, overlay_id, rule_hash, title, method, definition, effective_from
from rule_set_registry
where effective_to is null
order by scheme_id, overlay_id
"""


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One scheme as the release was made with it, by the base or as an overlay changes it.

    `method` holds the method's own keys.

    `first` are the conditions tested before the method, by rule.
    """

    scheme_id: str
    overlay_id: str
    title: str
    unit: str
    kind: str
    rule_hash: str
    effective_from: date
    first: Mapping[str, str]
    method: Mapping[str, Any]

    @property
    def noun(self) -> str:
        """What one unit is called in sentences."""
        return UNIT_KINDS[self.unit].noun

    @property
    def axes(self) -> list[str]:
        """Schemes that a matrix joins, the rows' first."""
        return list(self.method.get("axes") or (self.method["rows"], self.method["columns"]))

    @property
    def cuts(self) -> dict[str, float]:
        """Segments that the method cuts, and up to where each reaches."""
        return {segment: float(cut) for segment, cut in self.method.get("cuts", {}).items()}

    @property
    def segments(self) -> list[str]:
        """Segments that the method gives, in its order; none for a matrix."""
        if self.kind == "demand_pattern":
            return list(PATTERNS)
        return [*self.cuts, self.method["last"]] if "last" in self.method else list(self.cuts)


def schemes(reader: ReleaseReader) -> list[Scheme]:
    """Return the schemes in force by name, as they hold where no overlay changes them."""
    return [_scheme(row) for row in reader.rows(CURRENT_RULE_SETS) if row["overlay_id"] == BASE]


def schemes_by_hash(reader: ReleaseReader) -> dict[str, Scheme]:
    """Return the schemes in force by the hash of their rules, those of overlays among them."""
    return {row["rule_hash"]: _scheme(row) for row in reader.rows(CURRENT_RULE_SETS)}


def _scheme(row: Mapping[str, Any]) -> Scheme:
    definition = parse_yaml(row["definition"], Path(f"{row['scheme_id']}.yml")).value
    return Scheme(
        scheme_id=row["scheme_id"],
        overlay_id=row["overlay_id"],
        title=row["title"],
        unit=definition.get("unit", ITEM),
        kind=row["method"],
        rule_hash=row["rule_hash"],
        effective_from=row["effective_from"],
        first={rule["rule"]: rule["when"] for rule in definition.get("first", ())},
        method=_with_cuts(definition["method"]),
    )


def _with_cuts(method: dict[str, Any]) -> dict[str, Any]:
    """Return a method with the cuts that its preset stands for."""
    if "preset" not in method:
        return method
    cuts, last = preset_cuts(method["kind"], method["preset"])
    stated = {"cuts": {cut.segment_id: str(cut.up_to) for cut in cuts}}
    return method | stated | ({"last": last} if last else {})


def schemes_of_kind(reader: ReleaseReader, kind: str) -> list[Scheme]:
    """Return the schemes of items whose method is of a kind, such as `pareto_share`."""
    found = schemes(reader)
    return [scheme for scheme in found if scheme.kind == kind and scheme.unit == ITEM]
