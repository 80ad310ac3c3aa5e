"""The pages people read: README.md and docs/**/*.md, as text, code and tables."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
CODE = re.compile(r"```.*?```|`[^`\n]+`", flags=re.DOTALL)

Row = dict[str, str]


def text(page: str) -> str:
    """Return a page of docs/."""
    return (ROOT / "docs" / page).read_text(encoding="utf-8")


def code() -> list[str]:
    """Return every piece of code of every page."""
    return [part for page in PAGES for part in CODE.findall(page.read_text(encoding="utf-8"))]


def code_blocks(page: str, language: str) -> list[list[str]]:
    """Return the lines of each block in a language."""
    found = re.findall(rf"```{language}\n(.*?)```", text(page), flags=re.DOTALL)
    return [block.splitlines() for block in found]


def tables(page: str) -> list[list[Row]]:
    """Return each table of a page as rows by column title; backticks around a cell are kept."""
    found: list[list[Row]] = []
    for block in re.findall(r"(?:^\|.*\n)+", text(page) + "\n", flags=re.MULTILINE):
        lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block.splitlines()]
        titles, _, *rows = [[cell.strip() for cell in line] for line in lines]
        found.append([dict(zip(titles, row, strict=True)) for row in rows])
    return found


def bare(cell: str) -> str:
    """Return a cell without the backticks around it."""
    return cell.strip("`")
