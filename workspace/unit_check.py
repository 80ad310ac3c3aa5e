"""Quantities that state units need products that state what they are counted in."""

from __future__ import annotations

from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.units import MEASURED


def check_units(workspace: Workspace) -> list[TierwiseError]:
    """Return a fault for each mapping whose every row would go to quarantine as ROW_UOM."""
    counted = {
        mapping.namespace or read.value.system
        for read in workspace.sources.values()
        for mapping in read.value.mappings
        if mapping.entity == "products" and "base_unit_code" in mapping.columns
    }
    faults: list[TierwiseError] = []
    for read in workspace.sources.values():
        for number, mapping in enumerate(read.value.mappings):
            namespace = mapping.namespace or read.value.system
            states_units = mapping.entity in MEASURED and "unit_code" in mapping.columns
            if states_units and namespace not in counted:
                place = read.document.place(("mappings", number, "columns", "unit_code"))
                cause = (
                    f"The {mapping.entity} of {namespace} state units, but no mapping gives its "
                    "products a base_unit_code."
                )
                faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=cause))
    return faults
