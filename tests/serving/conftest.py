"""Two releases of an invented wholesaler, and readers on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from serving.release_reader import ReleaseReader, open_release
from tests.serving.synthetic_orders import masters
from tests.serving.synthetic_release import write_release


@dataclass(frozen=True, kw_only=True)
class Releases:
    """The folders of the first release and of the one after it."""

    first: Path
    second: Path


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    root = tmp_path_factory.mktemp("releases")
    company = masters()
    first = write_release(root, company, as_of=date(2024, 5, 26))
    second = write_release(root, company, as_of=date(2024, 6, 30), previous=first)
    return Releases(first=first, second=second)


@pytest.fixture
def reader(releases: Releases) -> Iterator[ReleaseReader]:
    with open_release(releases.second) as opened:
        yield opened


@pytest.fixture
def first_reader(releases: Releases) -> Iterator[ReleaseReader]:
    with open_release(releases.first) as opened:
        yield opened
