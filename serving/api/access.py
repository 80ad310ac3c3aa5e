"""Who may ask what: deny by default, in one place.

Every route names its scope here; a route without an entry answers nobody. Without any key, only
programs on this machine are answered.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fastapi import Request

from workspace.api_keys import KeyFile
from workspace.errors import TierwiseError

OPEN = "open"
SCOPE_OF_ROUTE = {
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/openapi.json"): "read",
    ("GET", "/releases/current"): "read",
    ("GET", "/segments"): "read",
    ("GET", "/segments/{unit:path}"): "read",
    ("GET", "/signals"): "read",
    ("POST", "/validate"): "validate",
}
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks: the name of a key, and the sites it is for; none of them means all."""

    name: str
    sites: tuple[str, ...] = ()


class Access:
    """The check that stands before every route."""

    def __init__(
        self,
        keys: KeyFile,
        *,
        requires_key: bool,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
    ) -> None:
        """Keep the keys; `requires_key` even where the file holds none."""
        self.keys = keys
        self.requires_key = requires_key
        self.today = today

    def __call__(self, request: Request) -> None:
        """Let a request pass, or raise ACCESS_KEY_REQUIRED or ACCESS_DENIED."""
        path = getattr(request.scope.get("route"), "path", request.url.path)
        scope = SCOPE_OF_ROUTE.get((request.method, path))
        if scope == OPEN:
            return
        if scope is None:
            raise _denied(request, "No scope gives access to this route.")
        if self.requires_key or self.keys.entries():
            request.state.caller = self._by_key(request, scope)
        else:
            request.state.caller = _by_loopback(request)

    def _by_key(self, request: Request, scope: str) -> Caller:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        key = self.keys.of(secret.strip()) if kind.lower() == "bearer" else None
        if key is None or not key.is_valid(self.today()):
            cause = "The request has no key, or none that is known and valid today."
            raise TierwiseError("ACCESS_KEY_REQUIRED", place=request.url.path, cause=cause)
        if scope not in key.scopes:
            raise _denied(request, f"The key {key.name} has no scope `{scope}`.")
        return Caller(name=key.name, sites=key.sites)


def _by_loopback(request: Request) -> Caller:
    """Let programs of this machine pass, and nobody through them: no proxy, no foreign page."""
    client = request.client.host if request.client else ""
    named = request.url.hostname or ""
    forwarded = any(header in request.headers for header in FORWARDED)
    if not (_is_loopback(client) and _is_loopback(named)) or forwarded:
        cause = "Without a key, only programs on this machine are answered, by its own address."
        raise TierwiseError("ACCESS_KEY_REQUIRED", place=request.url.path, cause=cause)
    return Caller(name="this machine")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _denied(request: Request, cause: str) -> TierwiseError:
    return TierwiseError("ACCESS_DENIED", place=request.url.path, cause=cause)
