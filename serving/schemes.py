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
from workspace.yaml_file import parse_yaml

ITEM = "product_site"
CURRENT_RULE_SETS = """
select r.scheme_id, r.rule_hash, r.title, r.method, r.definition, r.effective_from
from rule_set_registry as r
semi join segment_assignment as a
    on a.scheme_id = r.scheme_id and a.rule_hash = r.rule_hash
-- a version that came back has several times in force: the last one counts
qualify row_number() over (partition by r.scheme_id order by r.effective_from desc) = 1
order by r.scheme_id
"""


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """One scheme as the release was made with it; `method` holds the method's own keys.

    `first` are the conditions tested before the method, by rule.
    """

    scheme_id: str
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
        return "item" if self.unit == ITEM else self.unit

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
    """Return the schemes in force, by name."""
    return [_scheme(row) for row in reader.rows(CURRENT_RULE_SETS)]


def _scheme(row: Mapping[str, Any]) -> Scheme:
    definition = parse_yaml(row["definition"], Path(f"{row['scheme_id']}.yml")).value
    return Scheme(
        scheme_id=row["scheme_id"],
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
