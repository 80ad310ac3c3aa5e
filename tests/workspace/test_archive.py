from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from workspace.archive import CHUNK_BYTES, archive, sha256_of
from workspace.errors import TierwiseError


def test_bytes_are_kept_once_under_their_hash_and_cannot_be_written(tmp_path: Path) -> None:
    content = b"x" * (CHUNK_BYTES + 1)
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_bytes(content)
    two.write_bytes(content)
    kept, again = (archive(file, tmp_path / "archive") for file in (one, two))
    assert kept == again
    assert kept.sha256 == hashlib.sha256(content).hexdigest() == sha256_of(kept.path)
    assert (kept.byte_count, kept.path.read_bytes()) == (len(content), content)
    assert kept.path.stat().st_mode & 0o777 == 0o444
    files = [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]
    assert files == [kept.path]


class _Growing(io.FileIO):
    """A file that grows when it is read, as one does whose transfer goes on."""

    def read(self, size: int | None = -1) -> Any:
        found = super().read(size)
        with Path(str(self.name)).open("ab") as other:
            other.write(b"more" if not found else b"")
        return found


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    class GrowingPath(type(tmp_path)):  # type: ignore[misc] # the platform's own class of paths
        def open(self, *_: Any, **__: Any) -> Any:
            return _Growing(str(self), "rb")

    file = tmp_path / "growing.csv"
    file.write_bytes(b"start")
    with pytest.raises(TierwiseError, match="FILE_UNSTABLE"):
        archive(GrowingPath(file), tmp_path / "archive")
    assert [path for path in (tmp_path / "archive").rglob("*") if path.is_file()] == []
