from __future__ import annotations

import ast
import os
import re
from collections import Counter

import yaml

from expectations import gate
from tests.architecture.repository import PACKAGES, ROOT, kept, kept_files, relative, syntax

ADDRESS_OF_AN_INDEX = re.compile(r"https?://\S*(?:pypi|pythonhosted|/simple\b)", re.IGNORECASE)
PLACE_OF_A_MACHINE = re.compile(r"(?<![\w.])/(?:root|home|Users|work|mnt)/\w")

LONGEST_FILE = 250
LONGEST_FUNCTION = 40


def test_requirements_are_locked_in_one_file_with_hashes() -> None:
    assert not [path for path in kept_files() if path.name in {"uv.lock", "poetry.lock"}]
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[A-Za-z0-9._-]+==", text, flags=re.MULTILINE)
    assert len(re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)) == len(pinned) + 1
    for block in re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block


def test_no_kept_file_names_an_index_or_a_place_on_a_machine() -> None:
    found = [
        f"{relative(path)}:{number}"
        for path in kept_files()
        if path.suffix not in {".png", ".csv"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ADDRESS_OF_AN_INDEX.search(line) or PLACE_OF_A_MACHINE.search(line)
    ]
    assert found == []


def test_each_file_can_be_read_in_one_sitting() -> None:
    files = [*kept(".py", *PACKAGES, "tests", "benchmarks"), *kept(".sql", "dbt_project")]
    lines = {relative(path): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {path: count for path, count in lines.items() if count > LONGEST_FILE} == {}


def test_each_function_can_be_seen_at_once() -> None:
    lines = {
        f"{relative(path)}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in kept(".py", *PACKAGES)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: count for name, count in lines.items() if count > LONGEST_FUNCTION} == {}


def test_each_test_file_has_a_name_of_its_own() -> None:
    names = Counter(path.name for path in kept(".py", "tests") if path.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_nothing_reports_on_its_user() -> None:
    dagster = yaml.safe_load((ROOT / "orchestration" / "dagster.yaml").read_text())
    assert dagster["telemetry"] == {"enabled": False}
    flags = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text())["flags"]
    assert flags["send_anonymous_usage_stats"] is False
    assert gate.tables()
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
