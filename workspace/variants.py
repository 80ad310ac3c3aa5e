"""A scheme as it holds for a part of its units: the base, and what overlays change of it.

The base is locked but for the parameters that it opens. An overlay changes values of these for the
units of its `where`; what is classified, by what, and into which segments stays the base's.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from models.segmentation.conditions import check_condition
from models.segmentation.scheme import Scheme
from workspace.config.overlay_file import OverlayFile
from workspace.config.scheme_file import SchemeFile, is_within
from workspace.config.strict import validated
from workspace.errors import TierwiseError
from workspace.folder import Read, Workspace
from workspace.organisation import organisation_columns
from workspace.schemes import to_scheme
from workspace.units import UNIT_KINDS
from workspace.yaml_file import Document

BASE = "base"


@dataclass(frozen=True, kw_only=True)
class Variant:
    """A scheme as it holds for the units of an overlay, or for all that no overlay names.

    `applies_to` is the condition on organisation fields that makes a unit the overlay's; the base
    has neither.
    """

    scheme: Scheme
    read: Read[SchemeFile]
    overlay: Read[OverlayFile] | None = None
    applies_to: str | None = None

    @property
    def overlay_id(self) -> str:
        """The overlay, or `base`."""
        return self.overlay.value.overlay if self.overlay else BASE

    @property
    def definition(self) -> str:
        """The scheme in YAML: the text of its file, or what an overlay's changes make of it."""
        if self.overlay is None:
            return _text(self.read.document)
        return str(yaml.safe_dump(self.read.document.value, sort_keys=False, allow_unicode=True))

    @property
    def overlay_definition(self) -> str | None:
        """The text of the overlay's file; none of the base."""
        return _text(self.overlay.document) if self.overlay else None


def _text(document: Document) -> str:
    return document.file.read_text(encoding="utf-8")


def variants_of(workspace: Workspace, name: str, day: date) -> tuple[Variant, ...]:
    """Return a scheme as overlays that hold on a day change it, and at last the base."""
    base = workspace.schemes[name]
    changed = [
        Variant(
            scheme=to_scheme(merged.value),
            read=merged,
            overlay=overlay,
            applies_to=overlay.value.where[base.value.unit],
        )
        for overlay in overlays_of(workspace, name)
        if overlay.value.holds_on(day)
        for merged in [merge(workspace, base, overlay)]
    ]
    return (*changed, Variant(scheme=to_scheme(base.value), read=base))


def overlays_of(workspace: Workspace, name: str) -> Iterator[Read[OverlayFile]]:
    """Yield the overlays that change a scheme, by name."""
    for overlay_id in sorted(workspace.overlays):
        if name in workspace.overlays[overlay_id].value.schemes:
            yield workspace.overlays[overlay_id]


def scope_sql(variant: Variant) -> str:
    """Return the SQL of the condition that makes a unit the overlay's."""
    columns = organisation_columns(UNIT_KINDS[variant.scheme.unit].key)
    return check_condition(variant.applies_to or "true", columns=columns).sql


def merge(
    workspace: Workspace, base: Read[SchemeFile], overlay: Read[OverlayFile]
) -> Read[SchemeFile]:
    """Return the scheme with what an overlay changes; places of the changes are the overlay's.

    Where the overlay's units are classified by a reduced scheme, its rules take the place of the
    base's.

    Raises ConfigurationErrors for a value that the scheme cannot have, TierwiseError with
    OVERLAY_LOCKED for a parameter that it does not open, CONFIG_REFERENCE for one there is not.
    """
    name = base.value.scheme
    value = _stated(workspace, base, overlay.value.reduced.get(name))
    places: dict[tuple[str | int, ...], tuple[int, int]] = {}
    for parameter, changed in overlay.value.change.get(name, {}).items():
        above = ("change", name, parameter)
        if not any(is_within(parameter, opened) for opened in base.value.open):
            raise _locked(base.value, parameter, overlay.document.place(above))
        path = _put(value, parameter, changed)
        if path is None:
            cause = f"`{parameter}` is no parameter of {name}."
            place = overlay.document.place(above)
            raise TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
        known = overlay.document.places
        places |= {(*path, *p[3:]): at for p, at in known.items() if p[:3] == above}
        places |= {path[:n]: known[above] for n in range(len(path))}
    document = Document(file=overlay.document.file, value=value, places=places)
    return Read(value=validated(SchemeFile, document), document=document)


def _stated(workspace: Workspace, base: Read[SchemeFile], reduced: str | None) -> Any:
    """Return what a scheme's file says, or what a reduced one says in its name."""
    if reduced is None:
        return deepcopy(base.document.value)
    stated = deepcopy(workspace.schemes[reduced].document.value)
    stated.pop("reduces", None)
    return stated | {"scheme": base.value.scheme, "title": base.value.title}


def _locked(scheme: SchemeFile, parameter: str, place: str) -> TierwiseError:
    opened = ", ".join(scheme.open) or "nothing"
    cause = f"`{parameter}` of {scheme.scheme} is locked: the scheme opens {opened}."
    return TierwiseError("OVERLAY_LOCKED", place=place, cause=cause)


def _put(value: Any, parameter: str, changed: Any) -> tuple[str | int, ...] | None:
    """Write a value at its place in a document; return its path, none where there is no place.

    What is in a list goes by the name that it bears.
    """
    path: tuple[str | int, ...] = ()
    steps = parameter.split(".")
    for number, step in enumerate(steps, start=1):
        is_last = number == len(steps)
        if isinstance(value, dict):
            path = (*path, step)
            value[step] = deepcopy(changed) if is_last else value.get(step, {})
            value = value[step]
        elif isinstance(value, list) and (named := _place_of(value, step)) is not None:
            path = (*path, named)
            value[named] = deepcopy(changed) if is_last else value[named]
            value = value[named]
        else:
            return None
    return path


def _place_of(items: list[Any], name: str) -> int | None:
    """Return which item of a list bears a name: that of a rule, a trigger, a leaf."""
    bearing = (
        n for n, item in enumerate(items) if isinstance(item, dict) and name in item.values()
    )
    return next(bearing, None)
