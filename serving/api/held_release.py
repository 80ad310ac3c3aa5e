"""A release that is held open: a few readers, lent to one request each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, Lock

from serving.api.validation.index import Index
from serving.release_reader import ReleaseReader, open_release
from workspace.releases import Release

# More would wait for each other: DuckDB shares a query among the cores by itself.
READERS = 4


class HeldRelease:
    """One release; readers are opened as they are needed, and closed once it is left."""

    def __init__(self, release: Release) -> None:
        """Open the first reader, so that what cannot be read is known at once."""
        self.release_id = release.release_id
        self.as_of = release.as_of
        self.previous_release_id: str | None = release.manifest["previous_release_id"]
        self.published_at: str | None = release.manifest.get("run", {}).get("published_at")
        self._folder = release.folder
        self._idle = [open_release(self._folder)]
        self._open_count = 1
        self._is_left = False
        self._changed = Condition()
        self._index: Index | None = None
        self._indexing = Lock()

    def index(self) -> Index:
        """Return what the check of records looks up, read when it is first asked for."""
        with self._indexing:
            if self._index is None:
                with self.reader() as reader:
                    self._index = Index(reader)
            return self._index

    @contextmanager
    def reader(self) -> Iterator[ReleaseReader]:
        """Lend a reader, once one is free; one of a left release is closed when it comes back."""
        reader = self._lent()
        try:
            yield reader
        finally:
            with self._changed:
                if self._is_left:
                    reader.close()
                    self._open_count -= 1
                else:
                    self._idle.append(reader)
                self._changed.notify()

    def leave(self) -> None:
        """Close what is idle now, and the rest as it comes back."""
        with self._changed:
            self._is_left = True
            for reader in self._idle:
                reader.close()
            self._open_count -= len(self._idle)
            self._idle = []
            self._changed.notify_all()

    def _lent(self) -> ReleaseReader:
        with self._changed:
            while not self._idle and self._open_count >= READERS:
                self._changed.wait()
            if self._idle:
                return self._idle.pop()
            self._open_count += 1
        try:
            return open_release(self._folder)
        except BaseException:
            with self._changed:
                self._open_count -= 1
                self._changed.notify()
            raise
