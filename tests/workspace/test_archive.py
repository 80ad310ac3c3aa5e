from __future__ import annotations

import hashlib
import os
from pathlib import Path

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


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    class GrowingPath(type(tmp_path)):  # type: ignore[misc] # the platform's own class of paths
        def lstat(self) -> os.stat_result:
            """Look at the file once more, to whose end the transfer has gone on."""
            with self.open("ab") as transfer:
                transfer.write(b"more")
            return super().lstat()

    file = tmp_path / "growing.csv"
    file.write_bytes(b"start")
    with pytest.raises(TierwiseError, match="FILE_UNSTABLE"):
        archive(GrowingPath(file), tmp_path / "archive")
    assert [path for path in (tmp_path / "archive").rglob("*") if path.is_file()] == []


def test_a_link_that_took_a_files_place_is_not_followed(tmp_path: Path) -> None:
    secret, link = tmp_path / "secret.csv", tmp_path / "link.csv"
    secret.write_bytes(b"secret")
    link.symlink_to(secret)
    with pytest.raises(OSError, match="symbolic"):
        archive(link, tmp_path / "archive")
    assert not any((tmp_path / "archive").rglob("*"))
