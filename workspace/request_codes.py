"""Codes of requests to the API that cannot be answered: exit status, and what to do."""

from __future__ import annotations

REQUEST_CODES: dict[str, tuple[int, str]] = {
    "REQUEST_INVALID": (2, "Correct the request at the place named; see docs/api.md."),
    "REQUEST_TOO_LARGE": (2, "Send less at once; docs/api.md names the limits."),
    "ROUTE_UNKNOWN": (2, "Ask for one of the routes in docs/api.md."),
    "CURSOR_INVALID": (2, "Begin again without a cursor."),
    "ACCESS_KEY_REQUIRED": (
        2,
        "Send `Authorization: Bearer <key>`; `tierwise keys add` makes one.",
    ),
    "ACCESS_DENIED": (2, "Use a key with that scope, or for that site."),
    "API_FAILED": (1, "Read the log of `tierwise serve`."),
}
