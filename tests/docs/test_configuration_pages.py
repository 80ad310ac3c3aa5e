"""What the pages say of configuration is what the models, the allow-lists and the files say."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML
from sqlglot import exp

from models.segmentation.conditions import RuleError, check_condition
from tests.docs.pages import ROOT, Row, bare, code_blocks, tables
from workspace.config import (
    approval,
    calendar_file,
    case_file,
    concept,
    costing_file,
    decision,
    delivery_rules,
    exception_file,
    fallback_file,
    field_fill_limit,
    file_format,
    hierarchy_file,
    intraday_settings,
    matrix_method,
    metric_file,
    outlier_file,
    outside_data,
    overlay_file,
    plan,
    policy_file,
    rule_methods,
    scheme_file,
    scheme_methods,
    source_file,
    stability_settings,
    steward_file,
    strategy_file,
    supply_file,
    taxonomy_file,
    value_settings,
    workspace_file,
)
from workspace.config import entities as entity_file
from workspace.config.schemas import FOLDER, KINDS, schema_text
from workspace.config.strict import Strict
from workspace.edge_cases import FILES as EDGE_CASES
from workspace.errors import TierwiseError
from workspace.ingest.expressions import ALLOWED, checked
from workspace.matching import settings as match_settings
from workspace.table_contract import feature_columns

PAGE_OF_MODULE = {
    calendar_file: "calendars.md",
    file_format: "formats.md",
    intraday_settings: "intraday.md",
    outside_data: "outside_data.md",
    source_file: "contracts.md",
    entity_file: "contracts.md",
    workspace_file: "contracts.md",
    scheme_file: "schemes.md",
    stability_settings: "stability.md",
    matrix_method: "matrices.md",
    scheme_methods: "schemes.md",
    rule_methods: "rules.md",
    overlay_file: "overlays.md",
    policy_file: "policies.md",
    delivery_rules: "deliveries.md",
    costing_file: "cost_to_serve.md",
    metric_file: "quality.md",
    fallback_file: "fallbacks.md",
    exception_file: "fallbacks.md",
    case_file: "fallbacks.md",
    outlier_file: "quality.md",
    steward_file: "quality.md",
    strategy_file: "choice.md",
    decision: "choice.md",
    plan: "plan.md",
    approval: "versions.md",
    concept: "quality.md",
    field_fill_limit: "quality.md",
    hierarchy_file: "hierarchies.md",
    supply_file: "supply.md",
    taxonomy_file: "taxonomy.md",
    match_settings: "matching.md",
    value_settings: "value.md",
}
LISTED = {module.__name__ for module in PAGE_OF_MODULE}
FILES = {
    "calendar": "data/*/calendars.yml",
    "costing": "data/*/costing.yml",
    "cases": "data/*/segmentation/cases.yml",
    "exceptions": "data/*/segmentation/exceptions.yml",
    "fallbacks": "data/*/segmentation/fallbacks.yml",
    "entity": "workspace/entities/*.yml",
    "metrics": "data/*/quality/metrics.yml",
    "hierarchies": "data/*/golden/hierarchies.yml",
    "matching": "data/*/matching.yml",
    "outliers": "data/*/quality/outliers.yml",
    "overlay": "data/*/segmentation/overlays/*.yml",
    "policy": "data/*/policies/*.yml",
    "scheme": "data/*/segmentation/*.yml",
    "taxonomy": "data/*/segmentation/taxonomy.yml",
    "source": "data/*/sources/*.yml",
    "stewards": "data/*/quality/stewards.yml",
    "strategy": "data/*/strategy.yml",
    "supply": "data/*/supply.yml",
    "workspace": "data/*/workspace.yml",
}
BESIDE_SCHEMES = ("taxonomy.yml", *EDGE_CASES)
MODELS = [
    pytest.param(value, page, id=f"{name} in {page}")
    for module, page in PAGE_OF_MODULE.items()
    for name, value in vars(module).items()
    if isinstance(value, type) and issubclass(value, Strict) and value is not Strict
    if value.__module__ == module.__name__ or value.__module__ not in LISTED
]
CONFIGURATION = [
    pytest.param(kind, file, id=file.relative_to(ROOT).as_posix())
    for kind, pattern in FILES.items()
    for file in sorted(ROOT.glob(pattern))
    if kind != "scheme" or f"{file.stem}.yml" not in BESIDE_SCHEMES
]


@pytest.mark.parametrize(("model", "page"), MODELS)
def test_a_page_describes_every_key_of_a_file_with_its_default(
    model: type[BaseModel], page: str
) -> None:
    keys = list(model.model_fields)
    described = [t for t in tables(page) if [bare(row.get("key", "")) for row in t] == keys]
    assert described, f"no table of {page} has the keys {', '.join(keys)}"
    wrong = {
        name: row["default"]
        for name, row in zip(keys, described[0], strict=True)
        if not _tells_default(model.model_fields[name], row)
    }
    assert wrong == {}


def _tells_default(field: FieldInfo, row: Row) -> bool:
    """Compare plain defaults; what is none or a whole mapping is told in words."""
    if field.is_required():
        return row["default"] == "required"
    if field.default in (None, ()) or isinstance(field.default, BaseModel | dict):
        return row["default"] != "required"
    if field.default_factory is not None:
        return row["default"] != "required"
    if isinstance(field.default, str):
        return row["default"] == f"`{field.default}`"
    return row["default"] == f"`{json.dumps(field.default, default=str).strip(chr(34))}`"


def test_each_entity_is_described_with_what_a_mapping_must_give() -> None:
    (described,) = [rows for rows in tables("contracts.md") if "refers to" in rows[0]]
    stated = {bare(row["entity"]): (row["key"], row["other required columns"]) for row in described}
    assert stated == {
        name: (", ".join(entity.key), ", ".join(_required(entity)) or "none")
        for name, entity in entity_file.entities().items()
    }


def _required(entity: entity_file.Entity) -> list[str]:
    columns = entity.columns.items()
    return [name for name, spec in columns if spec.required and name not in entity.key]


def test_contracts_shows_every_construct_that_an_expression_may_use() -> None:
    allowed, refused = code_blocks("contracts.md", "sql")
    columns = {"t": {*"abcdef", "KUNNR", "Customer No"}, "header": {"AUDAT"}}
    shown: set[type[exp.Expr]] = set()
    for line in allowed:
        shown |= {type(node) for node in checked(line, columns, default="t", place="").walk()}
    written_out = {exp.RegexpFullMatch}  # is_gtin stands for it; by itself it is refused
    assert shown - written_out - {exp.Anonymous} == ALLOWED
    for line in refused:
        with pytest.raises(TierwiseError, match="CONFIG_EXPRESSION"):
            checked(line, columns, default="t", place="")


def test_schemes_shows_conditions_that_are_allowed_and_some_that_are_not() -> None:
    allowed, refused = code_blocks("schemes.md", "sql")
    for line in allowed:
        assert check_condition(line, columns=feature_columns()).columns
    for line in refused:
        with pytest.raises(RuleError):
            check_condition(line, columns=feature_columns())


@pytest.mark.parametrize("kind", KINDS)
def test_the_published_schemas_are_current(kind: str) -> None:
    published = (FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(kind), "run python -m workspace.config.schemas"


@pytest.mark.parametrize(("kind", "file"), CONFIGURATION)
def test_our_own_files_are_valid_by_the_published_schemas(kind: str, file: Path) -> None:
    document = YAML(typ="safe", pure=True).load(file)
    plain = json.loads(json.dumps(document, default=str))
    validator = import_module("jsonschema").Draft202012Validator  # it ships no types
    faults = validator(json.loads(schema_text(kind))).iter_errors(plain)
    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []
