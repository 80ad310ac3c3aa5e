"""Keys for the API: hashed, scoped and dated entries in a file of the workspace.

A key is 32 random bytes, shown once. Its SHA-256 is enough to recognise it and tells nobody what it
is: unlike a password it cannot be guessed, so that a slow hash would protect nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from workspace.errors import TierwiseError
from workspace.synced_file import replace_text

FILE = "api_keys.json"
SCOPES = ("read", "validate")


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """One entry; `sites` are codes or golden ids, none of them means all."""

    key_id: str
    name: str
    sha256: str
    scopes: tuple[str, ...]
    sites: tuple[str, ...]
    created_on: date
    expires_on: date

    def is_valid(self, today: date) -> bool:
        """Tell whether the key may be used on a day; on the day it expires it may not."""
        return today < self.expires_on


class KeyFile:
    """The keys of a file, read again whenever the file has changed."""

    def __init__(self, file: Path) -> None:
        """Remember the file; one that does not exist holds no key."""
        self.file = file
        self._state: tuple[int, int, int] | None = None
        self._keys: tuple[ApiKey, ...] = ()

    def entries(self) -> tuple[ApiKey, ...]:
        """Return all entries, expired ones too.

        Raises CONFIG_SYNTAX when the file is not what `tierwise keys` has written.
        """
        try:
            status = self.file.stat()
        except FileNotFoundError:
            self._state, self._keys = None, ()
            return ()
        state = (status.st_mtime_ns, status.st_ino, status.st_size)
        if state != self._state:
            self._keys = _read(self.file)
            self._state = state
        return self._keys

    def of(self, secret: str) -> ApiKey | None:
        """Return the entry that a secret is the key of."""
        digest = _digest(secret)
        found = [key for key in self.entries() if hmac.compare_digest(key.sha256, digest)]
        return found[0] if found else None

    def add(
        self,
        name: str,
        *,
        scopes: tuple[str, ...],
        sites: tuple[str, ...],
        today: date,
        until: date,
    ) -> tuple[ApiKey, str]:
        """Write a new entry; return it with the secret, which is kept nowhere."""
        key_id = secrets.token_hex(4)
        secret = f"tw_{key_id}_{secrets.token_urlsafe(32)}"
        key = ApiKey(
            key_id=key_id,
            name=name,
            sha256=_digest(secret),
            scopes=scopes,
            sites=sites,
            created_on=today,
            expires_on=until,
        )
        self._write((*self.entries(), key))
        return key, secret

    def revoke(self, key_id: str) -> ApiKey:
        """Take an entry out; raises UNIT_UNKNOWN when there is none of that id."""
        found = [key for key in self.entries() if key.key_id == key_id]
        if not found:
            cause = f"No key has the id `{key_id}`."
            raise TierwiseError("UNIT_UNKNOWN", place=str(self.file), cause=cause)
        self._write(tuple(key for key in self.entries() if key.key_id != key_id))
        return found[0]

    def _write(self, keys: tuple[ApiKey, ...]) -> None:
        """Replace the file in one step; only its owner may read it."""
        text = json.dumps([asdict(key) for key in keys], indent=1, default=str)
        replace_text(self.file, f"{text}\n", mode=0o600)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", errors="surrogatepass")).hexdigest()


def _read(file: Path) -> tuple[ApiKey, ...]:
    try:
        return tuple(
            ApiKey(
                **{
                    **entry,
                    "scopes": tuple(entry["scopes"]),
                    "sites": tuple(entry["sites"]),
                    "created_on": date.fromisoformat(entry["created_on"]),
                    "expires_on": date.fromisoformat(entry["expires_on"]),
                }
            )
            for entry in json.loads(file.read_text(encoding="utf-8"))
        )
    except (ValueError, KeyError, TypeError) as error:
        cause = f"It is no file of keys: {error}."
        raise TierwiseError("CONFIG_SYNTAX", place=str(file), cause=cause) from error
