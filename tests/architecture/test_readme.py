from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.architecture.repository import ROOT


def commands(pattern: str) -> list[str]:
    """Return the words that follow a program's name in the code of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = re.findall(r"```.*?```|`[^`\n]+`", text, flags=re.DOTALL)
    return sorted({word for part in code for word in re.findall(pattern, part)})


def test_the_readme_names_the_two_commands_a_newcomer_needs() -> None:
    assert {"refresh", "test"} <= set(commands(r"\bmake ([a-z]+)"))


def test_each_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    assert set(commands(r"\bmake ([a-z]+)")) <= targets


def test_each_command_of_the_readme_exists() -> None:
    program = Path(sys.executable).with_name("tierwise")
    for command in commands(r"\btierwise ([a-z]+)"):
        done = subprocess.run([program, command, "--help"], capture_output=True, check=False)
        assert done.returncode == 0, f"tierwise {command}"
