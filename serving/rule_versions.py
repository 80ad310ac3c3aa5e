"""Versions of rules that a release knows: when each was in force, and what two differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from serving.release_reader import ReleaseReader
from serving.schemes import BASE
from workspace.errors import TierwiseError
from workspace.yaml_file import parse_yaml

VERSIONS = """
select scheme_id, overlay_id, rule_hash, title, method, definition, overlay_definition,
    semantic_version, approved_by, approved_date, effective_from, effective_to, code_sha256,
    inputs_sha256
from rule_set_registry
order by scheme_id, overlay_id, effective_from
"""
UNTOLD = {"title", "description", "owner", "version", "approval", "legal_tags"}  # decide nothing


@dataclass(frozen=True, kw_only=True)
class RuleVersion:
    """One time in which a version of a scheme's rules was in force, for the base or an overlay."""

    scheme_id: str
    overlay_id: str
    rule_hash: str
    title: str
    method: str
    definition: str
    overlay_definition: str | None
    semantic_version: str | None
    approved_by: str | None
    approved_date: date | None
    effective_from: date
    effective_to: date | None
    code_sha256: str | None
    inputs_sha256: str | None

    @property
    def name(self) -> str:
        """The scheme, and the overlay that changes it if one does."""
        return self.scheme_id if self.overlay_id == BASE else f"{self.scheme_id}.{self.overlay_id}"

    @property
    def configured(self) -> tuple[Path, str]:
        """The file below the workspace that states this version, and its text."""
        if self.overlay_definition is None:
            return Path("segmentation") / f"{self.scheme_id}.yml", self.definition
        return Path("segmentation") / "overlays" / f"{self.overlay_id}.yml", self.overlay_definition

    def line(self) -> str:
        """Return the version for people."""
        until = f"to {self.effective_to}" if self.effective_to else "in force"
        by = f", approved by {self.approved_by}" if self.approved_by else ""
        version = f" {self.semantic_version}" if self.semantic_version else ""
        return (
            f"{self.rule_hash[:12]}  {self.name}{version}: from {self.effective_from} {until}{by}"
        )


@dataclass(frozen=True, kw_only=True)
class ParameterChange:
    """One parameter that two versions of rules do not agree on; None where one has it not."""

    parameter: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class RuleDifference:
    """What two versions of rules differ in."""

    before: RuleVersion
    after: RuleVersion
    changes: tuple[ParameterChange, ...]

    def text(self) -> str:
        """Return the difference for people."""
        said = [
            f"  {c.parameter}: {_shown(c.before)} → {_shown(c.after)}" for c in self.changes
        ] or ["  They decide alike."]
        return "\n".join([self.before.line(), self.after.line(), "", *said])


def versions(reader: ReleaseReader) -> list[RuleVersion]:
    """Return all versions, by scheme, overlay and day."""
    return [RuleVersion(**row) for row in reader.rows(VERSIONS)]


def version_named(reader: ReleaseReader, start: str) -> RuleVersion:
    """Return the version whose hash begins so, in its last time in force.

    Raises UNIT_UNKNOWN for a start that is of none or of several.
    """
    found = {v.rule_hash: v for v in versions(reader) if v.rule_hash.startswith(start)}
    if len(found) != 1:
        cause = f"`{start}` begins the hash of {len(found)} versions of rules."
        raise TierwiseError("UNIT_UNKNOWN", place="rule_set_registry", cause=cause)
    return next(iter(found.values()))


def difference(before: RuleVersion, after: RuleVersion) -> RuleDifference:
    """Return the parameters that two versions do not agree on, in the order of their names."""
    one, other = (parameters(version.definition) for version in (before, after))
    changes = tuple(
        ParameterChange(parameter=name, before=one.get(name), after=other.get(name))
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    )
    return RuleDifference(before=before, after=after, changes=changes)


def parameters(definition: str) -> dict[str, str]:
    """Return every parameter of a scheme that decides, by its path as overlays name it."""
    document = parse_yaml(definition, Path("definition.yml")).value
    stated = {key: value for key, value in document.items() if key not in UNTOLD}
    return dict(_parameters(stated, ""))


def _parameters(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _parameters(below, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        for number, item in enumerate(value, start=1):
            yield from _parameters(item, f"{path}.{_name_of(item, number)}")
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _name_of(item: Any, number: int) -> str:
    """Return the name that an item of a list bears, else its number."""
    named = [item[key] for key in ("rule", "trigger", "leaf") if key in item]
    return str(named[0]) if named else str(number)


def _shown(value: str | None) -> str:
    return "(none)" if value is None else value
