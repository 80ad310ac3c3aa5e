"""A file that did not change is not read again; one that did is, however well it hides it."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from workspace.ingest.known_files import KnownFiles


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file that has been at rest for a while."""
    path = tmp_path / "orders.csv"
    path.write_bytes(b"first")
    return path


def at_rest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so much time pass that the file system's clock has ticked since the last change."""
    changed = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    monkeypatch.setattr(time, "time_ns", lambda: changed + 5_000_000_000)


def hashed(tmp_path: Path, path: Path) -> str:
    """Hash a file as one night does, with what the nights before remembered."""
    known = KnownFiles(tmp_path / "known_files.json")
    sha256 = known.hash_into(tmp_path / "archive", path, path.lstat())
    known.write()
    return sha256


def bytes_read() -> int:
    """Return how many bytes this process has read so far."""
    (line,) = [x for x in Path("/proc/self/io").read_text().splitlines() if x.startswith("rchar")]
    return int(line.split()[1])


def remembered(tmp_path: Path) -> int:
    return len(KnownFiles(tmp_path / "known_files.json").entries)


def test_a_file_at_rest_is_read_once(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 5_000_000
    file.write_bytes(bytes(size))
    at_rest(file, monkeypatch)
    before = bytes_read()
    first = hashed(tmp_path, file)
    assert first == hashlib.sha256(bytes(size)).hexdigest()
    once = bytes_read()
    assert once - before > size
    assert hashed(tmp_path, file) == first
    assert bytes_read() - once < size / 10


def test_bytes_rewritten_in_place_with_the_same_size_and_time_are_noticed(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_rest(file, monkeypatch)
    before = file.stat()
    hashed(tmp_path, file)
    with file.open("r+b") as stream:
        stream.write(b"other")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert hashed(tmp_path, file) == hashlib.sha256(b"other").hexdigest()


def test_a_file_changed_a_moment_ago_is_not_trusted(tmp_path: Path, file: Path) -> None:
    hashed(tmp_path, file)
    assert remembered(tmp_path) == 0


def test_a_file_of_the_future_is_not_trusted(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: file.stat().st_mtime_ns - 10**12)
    hashed(tmp_path, file)
    assert remembered(tmp_path) == 0


def test_a_file_put_in_anothers_place_is_noticed(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_rest(file, monkeypatch)
    before = file.stat()
    hashed(tmp_path, file)
    other = tmp_path / "other.csv"
    other.write_bytes(b"other")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)
    assert hashed(tmp_path, file) == hashlib.sha256(b"other").hexdigest()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"x": 1}', "\0", '{"orders.csv": ["a"]}'])
def test_what_is_remembered_may_be_spoiled_or_deleted(
    tmp_path: Path, file: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_rest(file, monkeypatch)
    first = hashed(tmp_path, file)
    (tmp_path / "known_files.json").write_text(text)
    assert hashed(tmp_path, file) == first


def test_bytes_that_the_archive_has_lost_are_archived_again(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_rest(file, monkeypatch)
    sha256 = hashed(tmp_path, file)
    (tmp_path / "archive" / sha256[:2] / sha256).unlink()
    hashed(tmp_path, file)
    assert (tmp_path / "archive" / sha256[:2] / sha256).read_bytes() == b"first"
