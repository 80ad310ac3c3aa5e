"""What the repository holds: the files git keeps, and the Python among them."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("cli", "orchestration", "serving", "workspace", "models", "expectations", "data")


def kept_files() -> list[Path]:
    """Return the files that git keeps or would keep, with their full paths."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    named = (ROOT / name for name in listed.split("\0") if name)
    return sorted({path for path in named if path.is_file()})


def kept(suffix: str, *folders: str) -> list[Path]:
    """Return the kept files with a suffix, in some top-level folders."""
    return [
        path
        for path in kept_files()
        if path.suffix == suffix and path.relative_to(ROOT).parts[0] in folders
    ]


def relative(path: Path) -> str:
    """Return a path as it is named within the repository."""
    return path.relative_to(ROOT).as_posix()


def syntax(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"))
