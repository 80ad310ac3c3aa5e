"""Each preset, extended by a small company whose files look as such a system exports them."""

from __future__ import annotations

import csv
import json
import shutil
from importlib import import_module
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.workspace.small_company import POLICY, SCHEME, WORKSPACE, Ingested, ingested
from workspace.config.preset import presets, read_preset
from workspace.config.schemas import schema_text
from workspace.configuration_check import check_workspace
from workspace.folder import Workspace, open_workspace

COMPANIES = Path(__file__).parent / "presets"
EACH_PRESET = pytest.mark.parametrize("preset", presets())


@pytest.fixture
def workspace(preset: str, tmp_path: Path) -> Workspace:
    """Return the workspace of the company that extends a preset."""
    root = tmp_path / "company"
    shutil.copytree(COMPANIES / preset, root)
    for name, text in (
        ("workspace.yml", WORKSPACE),
        ("segmentation/xyz.yml", SCHEME),
        ("policies/stock.yml", POLICY),
    ):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return open_workspace(root)


@EACH_PRESET
def test_the_rows_of_each_entity_are_those_expected_of_the_delivered_lines(
    preset: str, workspace: Workspace
) -> None:
    check_workspace(workspace)
    with ingested(workspace) as night:
        for file in sorted((COMPANIES / preset / "expected").glob("*.csv")):
            table = "control.quarantine" if file.stem == "quarantine" else f"raw.{file.stem}"
            assert _rows(night, table, file) == _expected(file), file.stem


def _expected(file: Path) -> list[tuple[str | None, ...]]:
    with file.open(encoding="utf-8", newline="") as lines:
        _, *rows = csv.reader(lines)
    return sorted((tuple(value or None for value in row) for row in rows), key=str)


def _rows(night: Ingested, table: str, file: Path) -> list[tuple[str | None, ...]]:
    columns = file.read_text(encoding="utf-8").splitlines()[0].split(",")
    texts = ", ".join(f"nullif(cast({column} as varchar), '')" for column in columns)
    return sorted(night.rows(f"select {texts} from {table}"), key=str)


@EACH_PRESET
def test_the_company_names_every_extract_and_expects_every_entity_that_they_feed(
    preset: str, workspace: Workspace
) -> None:
    """So that no line of a preset is untried."""
    (source,) = (read.value for read in workspace.sources.values())
    given = read_preset(preset).value
    assert set(source.extracts) >= set(given["extracts"])
    fed = {mapping.entity for mapping in source.mappings}
    assert fed >= {mapping["entity"] for mapping in given["mappings"]}
    assert {file.stem for file in (COMPANIES / preset / "expected").glob("*.csv")} >= fed


@EACH_PRESET
def test_the_companys_file_is_valid_by_the_published_schema(preset: str) -> None:
    (file,) = (COMPANIES / preset / "sources").iterdir()
    plain = json.loads(json.dumps(YAML(typ="safe", pure=True).load(file), default=str))
    validator = import_module("jsonschema").Draft202012Validator  # it ships no types
    schema = validator(json.loads(schema_text("source")))
    assert [f"{fault.json_path}: {fault.message}" for fault in schema.iter_errors(plain)] == []
    plain["extracts"]["of_our_own"] = {"pth": "x.csv"}
    assert not schema.is_valid(plain)


@EACH_PRESET
def test_a_preset_maps_an_extract_into_an_entity_once(preset: str) -> None:
    """A company's mapping of the same two is laid over it."""
    mapped = [(m["entity"], m["extract"]) for m in read_preset(preset).value["mappings"]]
    assert len(mapped) == len(set(mapped))


@EACH_PRESET
def test_a_preset_says_what_is_fixed_of_a_system_and_nothing_of_a_company(preset: str) -> None:
    for file in sorted(Path(read_preset(preset).file).glob("*.yml")):
        document = YAML(typ="safe", pure=True).load(file)
        assert set(document) <= {"description", "kind", "format", "extracts", "mappings"}
        assert not [n for n, extract in document.get("extracts", {}).items() if "path" in extract]
