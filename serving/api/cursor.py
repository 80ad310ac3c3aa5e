"""Cursors: where a page ends, and of which release, so that pages never mix two of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workspace.errors import TierwiseError


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """The last key of a page, its release, and a digest of the filter it was asked with."""

    release_id: str
    filter_digest: str
    after: tuple[str, ...]

    def text(self) -> str:
        """Return the cursor as callers carry it."""
        told = json.dumps([self.release_id, self.filter_digest, *self.after]).encode()
        return base64.urlsafe_b64encode(told).decode().rstrip("=")


def digest_of(wanted: Mapping[str, object]) -> str:
    """Return a short digest of a filter; a cursor serves no other."""
    told = json.dumps(wanted, sort_keys=True, default=str).encode()
    return hashlib.sha256(told).hexdigest()[:12]


def read_cursor(text: str, wanted: Mapping[str, object], key: Sequence[str]) -> Cursor:
    """Read a cursor; raises CURSOR_INVALID when it is none of this filter and key."""
    try:
        padded = text + "=" * (-len(text) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _invalid("It is no cursor that this API has given.") from error
    if (
        not isinstance(told, list)
        or len(told) != 2 + len(key)
        or not all(isinstance(part, str) and part.isprintable() for part in told)
        or "/" in told[0]
    ):
        raise _invalid("It is no cursor that this API has given.")
    cursor = Cursor(release_id=told[0], filter_digest=told[1], after=tuple(told[2:]))
    if cursor.filter_digest != digest_of(wanted):
        raise _invalid("It was given for another filter.")
    return cursor


def _invalid(cause: str) -> TierwiseError:
    return TierwiseError("CURSOR_INVALID", place="cursor", cause=cause)
