"""The app: routes behind one check of access, one limit of size and one form of errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import Depends, FastAPI, Request, Response

from serving.api.access import Access
from serving.api.asked import Unchanged, headers
from serving.api.body_limit import BodyLimit
from serving.api.following import Following
from serving.api.problems import add_problems
from serving.api.provisional import Signals
from serving.api.routes import health, releases, segments, signals, validate
from workspace.errors import TierwiseError
from workspace.folder import Folder

DESCRIPTION = """
Segments, their reasons and provisional signals of the published release, and a check of records
before they are saved. Every answer names its release; its ETag changes with it. Errors are
`application/problem+json` with a stable `code`.
"""


def create_app(home: Folder, access: Access) -> FastAPI:
    """Return the app on a workspace; it follows CURRENT for as long as it runs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with suppress(TierwiseError):  # /readyz says what is wrong; a later release may mend it
            app.state.following.current()
        yield
        app.state.following.close()

    app = FastAPI(
        title="tierwise",
        description=DESCRIPTION.strip(),
        version="1",
        lifespan=lifespan,
        dependencies=[Depends(access)],
        # The pages of these would load scripts from elsewhere; the document itself is a route.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.following, app.state.signals = Following(home), Signals(home)
    add_problems(app)
    app.add_middleware(BodyLimit)
    for part in (segments, signals, validate, releases, health):
        app.include_router(part.router)

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> dict[str, object]:
        return app.openapi()

    @app.exception_handler(Unchanged)
    def _unchanged(_: Request, unchanged: Unchanged) -> Response:
        return Response(status_code=304, headers=headers(unchanged.tag))

    return app
