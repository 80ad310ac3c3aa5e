"""JSON Schema of each kind of configuration file, so that editors complete and check them.

`python -m workspace.config.schemas` writes docs/schemas; a test says when that is due.
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from workspace.config.calendar_file import CalendarFile
from workspace.config.case_file import CaseFile
from workspace.config.costing_file import CostingFile
from workspace.config.entities import Entity
from workspace.config.exception_file import ExceptionFile
from workspace.config.fallback_file import FallbackFile
from workspace.config.hierarchy_file import HierarchyFile
from workspace.config.metric_file import MetricFile
from workspace.config.outlier_file import OutlierFile
from workspace.config.overlay_file import OverlayFile
from workspace.config.policy_file import PolicyFile
from workspace.config.scheme_file import SchemeFile
from workspace.config.source_file import SourceFile
from workspace.config.steward_file import StewardFile
from workspace.config.strategy_file import StrategyFile
from workspace.config.supply_file import SupplyFile
from workspace.config.survivorship_file import SurvivorshipFile
from workspace.config.taxonomy_file import TaxonomyFile
from workspace.config.workspace_file import WorkspaceFile
from workspace.matching.settings import MatchSettings

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
KINDS: dict[str, type[BaseModel]] = {
    "calendar": CalendarFile,
    "cases": CaseFile,
    "costing": CostingFile,
    "entity": Entity,
    "exceptions": ExceptionFile,
    "fallbacks": FallbackFile,
    "hierarchies": HierarchyFile,
    "matching": MatchSettings,
    "metrics": MetricFile,
    "outliers": OutlierFile,
    "overlay": OverlayFile,
    "policy": PolicyFile,
    "scheme": SchemeFile,
    "source": SourceFile,
    "stewards": StewardFile,
    "strategy": StrategyFile,
    "supply": SupplyFile,
    "taxonomy": TaxonomyFile,
    "survivorship": SurvivorshipFile,
    "workspace": WorkspaceFile,
}


class _WithoutTitles(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False


def schema_text(kind: str) -> str:
    """Return the JSON Schema of one kind of file, its keys sorted."""
    schema = KINDS[kind].model_json_schema(schema_generator=_WithoutTitles)
    if kind == "source":
        _state_short_forms(schema["$defs"])
        _state_presets(schema)
    schema["$schema"] = GenerateJsonSchema.schema_dialect
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _state_short_forms(parts: dict[str, Any]) -> None:
    """Say what only validators know: a type may stand for a column, a format may be partial."""
    extract = parts["Extract"]["properties"]
    a_type = {"enum": parts["Column"]["properties"]["type"]["enum"], "type": "string"}
    extract["columns"]["additionalProperties"] = {"anyOf": [a_type, {"$ref": "#/$defs/Column"}]}
    extract["format"] = {"$ref": "#/$defs/Format"}
    a_kind = {"enum": parts["DeliveryRules"]["properties"]["kind"]["enum"], "type": "string"}
    extract["delivery"] = {"anyOf": [a_kind, {"$ref": "#/$defs/DeliveryRules"}]}


def _state_presets(schema: dict[str, Any]) -> None:
    """Say that a file which extends a preset need not say everything, and may take out by null."""
    parts, properties = schema["$defs"], schema["properties"]
    for name in ("Extract", "Mapping", "Lookup"):
        part = parts[f"{name}OfPreset"] = deepcopy(parts[name])
        part["required"] = [key for key in part["required"] if key in ("entity", "extract")]
        for key, said in part["properties"].items():
            part["properties"][key] = {"anyOf": [said, {"type": "null"}]}
        _allow_null_in(part["properties"].get("columns"))
    parts["LookupOfPreset"].pop("required")
    lookups = parts["MappingOfPreset"]["properties"]["lookups"]["anyOf"][0]
    lookups["additionalProperties"] = {"$ref": "#/$defs/LookupOfPreset"}
    whole = {key: properties.pop(key) for key in ("extracts", "mappings")}
    partial = deepcopy(whole)
    partial["extracts"]["additionalProperties"] = {
        "anyOf": [{"$ref": "#/$defs/ExtractOfPreset"}, {"type": "null"}]
    }
    partial["mappings"]["items"] = {"$ref": "#/$defs/MappingOfPreset"}
    properties |= {"extracts": {}, "mappings": {}}
    schema["if"] = {"required": ["extends"]}
    schema["then"] = {"properties": partial}
    schema["else"] = {"properties": whole, "required": ["description", "kind"]}
    schema["required"] = [key for key in schema["required"] if key not in ("description", "kind")]


def _allow_null_in(columns: dict[str, Any] | None) -> None:
    if columns is not None:
        values = columns["anyOf"][0]
        values["additionalProperties"] = {
            "anyOf": [values["additionalProperties"], {"type": "null"}]
        }


def write() -> None:
    """Write every schema into docs/schemas."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        file = FOLDER / f"{kind}.schema.json"
        file.write_text(schema_text(kind), encoding="utf-8")


if __name__ == "__main__":
    write()
