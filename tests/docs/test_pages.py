"""How pages are written, and that what they link to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import CODE, PAGES, ROOT

HYPE = (
    "blazing", "cutting-edge", "delve", "effortless", "game-chang", "leverag", "powerful",
    "revolution", "robust", "seamless", "state-of-the-art", "supercharge", "unleash", "world-class",
)  # fmt: skip
EMOJI = re.compile("[\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f]")
EACH_PAGE = pytest.mark.parametrize(
    "page", [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in PAGES]
)


@EACH_PAGE
def test_links_within_the_repository_resolve(page: Path) -> None:
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    broken = [
        target
        for target in re.findall(r"\]\(([^)\s]+)\)", prose)
        if not re.match(r"https?:", target) and not _exists(page, target)
    ]
    assert broken == []


def _exists(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    file = page.parent / name if name else page
    return file.exists() and (not anchor or anchor in _anchors(file))


def _anchors(file: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@EACH_PAGE
def test_pages_are_plain_and_short(page: Path) -> None:
    content = page.read_text(encoding="utf-8")
    prose = CODE.sub("", content).lower()
    assert [word for word in HYPE if word in prose] == []
    assert "—" not in prose
    assert EMOJI.search(content) is None
    assert len(content.splitlines()) <= (200 if page.name == "README.md" else 350)


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for name in re.findall(r"\]\(([^)#\s]+\.md)\)", page.read_text(encoding="utf-8")):
            waiting.append((page.parent / name).resolve())
    assert set(PAGES) - reached == set()
