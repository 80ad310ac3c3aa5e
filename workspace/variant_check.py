"""Overlays that change schemes, checked before a night: what they may change, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from models.segmentation.conditions import RuleError, check_condition
from models.segmentation.hit_policy import Hit, HitPolicy
from models.segmentation.lint import SEGMENT, LintedRule, RuleSet, lint
from models.segmentation.lint import Code as LintCode
from models.segmentation.partition.predicate import predicate
from models.segmentation.ruled import columns_of
from workspace.config.overlay_file import OverlayFile
from workspace.config.scheme_file import SchemeFile
from workspace.config.strict import suggestion
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.folder import Read, Workspace
from workspace.organisation import organisation_columns
from workspace.rule_check import check_rules
from workspace.scheme_check import check_scheme
from workspace.schemes import segments_of, to_scheme
from workspace.stability_check import check_stability
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS
from workspace.variants import merge, overlays_of


def check_variants(workspace: Workspace) -> list[TierwiseError]:
    """Return a fault for each change, condition and result that is not allowed."""
    faults = [
        fault
        for overlay in workspace.overlays.values()
        for fault in (*_check_conditions(overlay), *_check_changes(workspace, overlay))
    ]
    return check_reduced(workspace) + faults or list(_overlaps(workspace))


def _check_conditions(overlay: Read[OverlayFile]) -> Iterator[TierwiseError]:
    for unit, condition in overlay.value.where.items():
        place = overlay.document.place(("where", unit))
        if unit not in UNIT_KINDS:
            cause = f"`{unit}` is no unit.{suggestion(unit, list(UNIT_KINDS))}"
            yield TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
            continue
        try:
            check_condition(condition, columns=organisation_columns(UNIT_KINDS[unit].key))
        except RuleError as error:
            code = "CONFIG_UNKNOWN_COLUMN" if error.code == "RULE_UNKNOWN_COLUMN" else error.code
            yield TierwiseError(code, place=place, cause=f"{error}")


def _check_changes(workspace: Workspace, overlay: Read[OverlayFile]) -> Iterator[TierwiseError]:
    for name in overlay.value.schemes:
        reduced = overlay.value.reduced.get(name)
        place = overlay.document.place(("reduced" if reduced else "change", name))
        base = workspace.schemes.get(name)
        if base is None:
            cause = f"`{name}` is no scheme.{suggestion(name, list(workspace.schemes))}"
            yield TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
        elif base.value.unit not in overlay.value.where:
            cause = f"`where` does not say for which {base.value.unit} {name} changes."
            yield TierwiseError("CONFIG_VALUE", place=place, cause=cause)
        elif reduced is not None and not _reduces(workspace, reduced, name):
            cause = f"`{reduced}` is no scheme that says `reduces: {name}`."
            yield TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
        else:
            yield from _check_merged(workspace, base, overlay)


def _check_merged(
    workspace: Workspace, base: Read[SchemeFile], overlay: Read[OverlayFile]
) -> Iterator[TierwiseError]:
    """Check the scheme as the overlay has it like any other, and that it is still the base's."""
    name = base.value.scheme
    try:
        merged = merge(workspace, base, overlay)
    except ConfigurationErrors as refused:
        yield from refused.errors
        return
    except TierwiseError as fault:
        yield fault
        return
    changed = replace(workspace, schemes={**workspace.schemes, name: merged})
    faults = check_scheme(changed, name) or check_rules(changed, name)
    faults += [] if faults else check_stability(changed, name)
    yield from faults
    if faults:
        return
    if name in overlay.value.reduced:
        return  # its own check holds it to the segments, and it reads what it has
    place = overlay.document.place(("change", name))
    if segments_of(changed, name) != segments_of(workspace, name):
        cause = f"It gives {name} other segments than {', '.join(segments_of(workspace, name))}."
        yield TierwiseError("OVERLAY_LOCKED", place=place, cause=cause)
    columns = feature_columns(UNIT_KINDS[base.value.unit].key)
    read = [set(columns_of(to_scheme(file), columns)) for file in (base.value, merged.value)]
    for column in sorted(read[1] - read[0]):
        cause = f"It reads {column}, which {name} does not."
        yield TierwiseError("RULE_LOCKED_COLUMN", place=place, cause=cause)


def _reduces(workspace: Workspace, reduced: str, name: str) -> bool:
    return reduced in workspace.schemes and workspace.schemes[reduced].value.reduces == name


def check_reduced(workspace: Workspace) -> list[TierwiseError]:
    """Return a fault for each reduced scheme of other units, or other segments, than the whole."""
    faults = []
    for name, read in workspace.schemes.items():
        whole = read.value.reduces
        if whole is None:
            continue
        place = read.document.place(("reduces",))
        full = workspace.schemes.get(whole)
        if full is None or whole == name:
            cause = f"`{whole}` is no other scheme.{suggestion(whole, list(workspace.schemes))}"
            faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
        elif full.value.unit != read.value.unit:
            cause = f"{whole} classifies a {full.value.unit}, not a {read.value.unit}."
            faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
        elif set(segments_of(workspace, name)) - set(segments_of(workspace, whole)):
            cause = f"{whole} gives {', '.join(segments_of(workspace, whole))}, and no others."
            faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=cause))
    return faults


def _overlaps(workspace: Workspace) -> Iterator[TierwiseError]:
    """Find overlays that change a scheme for one unit on one day."""
    for name, base in workspace.schemes.items():
        unit = base.value.unit
        for one, other in combinations(overlays_of(workspace, name), 2):
            witness = _common(unit, one.value, other.value)
            if witness is not None and _meet_in_time(one.value, other.value):
                row = ", ".join(f"{column} = {value}" for column, value in witness.items())
                cause = f"A {unit} with {row} is {one.value.overlay}'s, too, in {name}."
                place = other.document.place(("where", unit))
                yield TierwiseError("OVERLAY_OVERLAP", place=place, cause=cause)


def _common(unit: str, one: OverlayFile, other: OverlayFile) -> dict[str, str | None] | None:
    """Return the organisation fields of a unit that both overlays name; none where none can be."""
    columns = organisation_columns(UNIT_KINDS[unit].key)
    rules = tuple(
        LintedRule(
            name=overlay.overlay,
            when=predicate(overlay.where[unit], columns),
            outcome={SEGMENT: overlay.overlay},
        )
        for overlay in (one, other)
    )
    found = lint(RuleSet(rules=rules, policy=HitPolicy(hit=Hit.UNIQUE)), columns)
    overlaps = (finding for finding in found if finding.code is LintCode.OVERLAP)
    return next((dict(finding.witness) for finding in overlaps), None)


def _meet_in_time(one: OverlayFile, other: OverlayFile) -> bool:
    """Return whether there is a day on which the changes of both hold."""
    return (one.since is None or other.until is None or one.since < other.until) and (
        other.since is None or one.until is None or other.since < one.until
    )
