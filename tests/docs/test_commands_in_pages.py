"""Pages name commands, options and make targets that exist, and leave no command out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import typer.main

from cli.main import app
from tests.docs.pages import ROOT, code

MAIN: Any = typer.main.get_command(app)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def commands(group: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """Yield every command with its words; a group only through its members."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *path, name)
        else:
            yield " ".join((*path, name)), command


def test_every_command_is_documented() -> None:
    written = " ".join(code())
    missing = [
        name for name, _ in commands(MAIN) if not re.search(rf"\btierwise {name}\b", written)
    ]
    assert missing == []


def test_every_command_named_exists() -> None:
    known = {name for name, _ in commands(MAIN)}
    groups = {name.split()[0] for name in known if " " in name}
    named = {
        name for part in code() for name in re.findall(r"\btierwise ([a-z]+(?: [a-z]+)?)", part)
    }
    unknown = {
        name
        for name in named
        if name not in known | groups and name.split()[0] not in known - groups
    }
    assert unknown == set()


def test_every_option_named_exists() -> None:
    known = {"--help"} | {
        option
        for _, command in commands(MAIN)
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    used = {
        option
        for part in code()
        for line in part.splitlines()
        if "tierwise" in line or line.startswith("`--")
        for option in re.findall(r"(?<!\S)`?(--[a-z][a-z-]+)", line)
    }
    assert used <= known


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
    named = {name for part in code() for name in re.findall(r"\bmake ([a-z]+)", part)}
    assert named <= targets
