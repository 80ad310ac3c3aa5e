"""A limit on what a request may carry, kept before anything of it is parsed."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.api.problems import problem
from workspace.errors import TierwiseError

MAXIMUM_BYTES = 1_000_000
HEARD_OUT = 30


class BodyLimit:
    """ASGI layer: reads a body up to the limit and hands it on, or answers REQUEST_TOO_LARGE."""

    def __init__(self, app: ASGIApp, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        """Stand before an app."""
        self.app = app
        self.maximum_bytes = maximum_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await self._read(receive)
        if body is None:
            cause = f"The body is larger than {self.maximum_bytes:,} bytes."
            error = TierwiseError("REQUEST_TOO_LARGE", place=scope["path"], cause=cause)
            await problem(error)(scope, receive, send)
            return
        waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return waiting.pop() if waiting else await receive()

        await self.app(scope, replay, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the whole body, None where it is too large.

        A little more than is kept is read: most clients hear no answer before they have sent all.
        """
        body = bytearray()
        size = 0
        while size <= HEARD_OUT * self.maximum_bytes:
            message = await receive()
            if message["type"] != "http.request":
                return b""  # the client has gone
            part = message.get("body", b"")
            size += len(part)
            if size <= self.maximum_bytes:
                body += part
            if not message.get("more_body", False):
                return bytes(body) if size <= self.maximum_bytes else None
        return None
