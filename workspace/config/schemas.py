"""JSON Schema of each kind of configuration file, so that editors complete and check them.

`python -m workspace.config.schemas` writes docs/schemas; a test says when that is due.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from workspace.config.calendar_file import CalendarFile
from workspace.config.entities import Entity
from workspace.config.outlier_file import OutlierFile
from workspace.config.policy_file import PolicyFile
from workspace.config.scheme_file import SchemeFile
from workspace.config.source_file import SourceFile
from workspace.config.steward_file import StewardFile
from workspace.config.workspace_file import WorkspaceFile

FOLDER = Path(__file__).parents[2] / "docs" / "schemas"
KINDS: dict[str, type[BaseModel]] = {
    "calendar": CalendarFile,
    "entity": Entity,
    "outliers": OutlierFile,
    "policy": PolicyFile,
    "scheme": SchemeFile,
    "source": SourceFile,
    "stewards": StewardFile,
    "workspace": WorkspaceFile,
}


class _WithoutTitles(GenerateJsonSchema):
    """A field's title would only repeat its name."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def schema_text(kind: str) -> str:
    """Return the JSON Schema of one kind of file, its keys sorted."""
    schema = KINDS[kind].model_json_schema(schema_generator=_WithoutTitles)
    if kind == "source":
        _state_short_forms(schema["$defs"])
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


def write() -> None:
    """Write every schema into docs/schemas."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        file = FOLDER / f"{kind}.schema.json"
        file.write_text(schema_text(kind), encoding="utf-8")


if __name__ == "__main__":
    write()
