"""`stability:` of a scheme, held against the features there are and against its method."""

from __future__ import annotations

from models.segmentation.errors import SchemeError
from models.segmentation.sql_values import kind_of
from workspace.config.stability_settings import StabilitySettings
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.schemes import to_scheme
from workspace.table_contract import feature_columns
from workspace.units import UNIT_KINDS


def check_stability(workspace: Workspace, name: str) -> list[TierwiseError]:
    """Check that triggers look at features that they can measure, and that bands have cuts."""
    read = workspace.schemes[name]
    settings = read.value.stability
    if settings is None:
        return []
    columns = feature_columns(UNIT_KINDS[read.value.unit].key)
    faults = _without_cuts(workspace, name, settings, columns)
    for number, trigger in enumerate(settings.triggers):
        place = read.document.place(("stability", "triggers", number, "column"))
        if trigger.column not in columns:
            cause = f"`{trigger.column}` is no feature of a {read.value.unit}."
            cause += suggestion(trigger.column, list(columns))
            faults.append(TierwiseError("CONFIG_UNKNOWN_COLUMN", place=place, cause=cause))
        elif trigger.kind != "change" and kind_of(columns[trigger.column]) != "number":
            cause = f"`{trigger.column}` is no number: only a trigger of kind change can watch it."
            faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=cause))
    return faults


def _without_cuts(
    workspace: Workspace, name: str, settings: StabilitySettings, columns: dict[str, str]
) -> list[TierwiseError]:
    """Refuse a band that somebody has set for a method that cuts no single value."""
    if "band" not in settings.model_fields_set or not settings.band:
        return []
    read = workspace.schemes[name]
    try:
        has_bands = to_scheme(read.value).method.place(columns, settings.band).banded is not None
    except (SchemeError, KeyError):
        return []  # which the check of the scheme reports
    if has_bands:
        return []
    place = read.document.place(("stability", "band"))
    cause = f"A {read.value.method.kind} cuts no single value: it has no bands."
    return [TierwiseError("CONFIG_VALUE", place=place, cause=cause)]
