"""Errors as RFC 9457 problem documents, with the codes of `workspace.errors`."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from workspace.errors import CATALOGUE, TierwiseError

MEDIA_TYPE = "application/problem+json"
DOCS = "docs/errors.md"
FAULTS_SHOWN = 20
STATUS = {
    "ACCESS_KEY_REQUIRED": 401,
    "ACCESS_DENIED": 403,
    "ROUTE_UNKNOWN": 404,
    "UNIT_UNKNOWN": 404,
    "CURSOR_INVALID": 410,
    "REQUEST_TOO_LARGE": 413,
    "REQUEST_INVALID": 422,
    "RELEASE_MISSING": 503,
    "RELEASE_DAMAGED": 503,
    "POINTER_DAMAGED": 503,
    "CONFIG_SYNTAX": 503,
    "QUERY_REFUSED": 503,
}
log = logging.getLogger("tierwise.api")


def problem(
    error: TierwiseError, *, status: int | None = None, faults: Sequence[dict[str, str]] = ()
) -> Response:
    """Return the answer to a request that failed; `faults` are its parts, by place."""
    code = error.code
    status = status or STATUS.get(code, 500)
    document = {
        "type": f"urn:tierwise:error:{code}",
        "title": CATALOGUE[code].remedy,
        "status": status,
        "detail": error.cause,
        "code": code,
        "place": error.place,
        "docs": DOCS,
        **({"errors": list(faults)} if faults else {}),
    }
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    # What was asked may hold half a surrogate pair, which no answer can.
    text = json.dumps(document, ensure_ascii=True)
    return Response(text, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def add_problems(app: FastAPI) -> None:
    """Answer every kind of failure with a problem document."""

    @app.exception_handler(TierwiseError)
    def _coded(_: Request, error: TierwiseError) -> Response:
        return problem(error)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        faults = [
            {"place": ".".join(str(part) for part in one["loc"]), "cause": one["msg"]}
            for one in error.errors()[:FAULTS_SHOWN]
        ]
        cause = f"{faults[0]['place']}: {faults[0]['cause']}."
        invalid = TierwiseError("REQUEST_INVALID", place=request.url.path, cause=cause)
        return problem(invalid, faults=faults)

    @app.exception_handler(HTTPException)
    def _refused(request: Request, error: HTTPException) -> Response:
        known = error.status_code in (404, 405)
        code = "ROUTE_UNKNOWN" if known else "REQUEST_INVALID"
        place = f"{request.method} {request.url.path}"
        refused = TierwiseError(code, place=place, cause=f"{error.detail}.")
        answer = problem(refused, status=error.status_code)
        answer.headers.update(error.headers or {})
        return answer

    @app.exception_handler(TimeoutError)
    def _slow(request: Request, error: TimeoutError) -> Response:
        return problem(TierwiseError("QUERY_REFUSED", place=request.url.path, cause=f"{error}"))

    @app.exception_handler(Exception)
    def _failed(request: Request, error: Exception) -> Response:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        cause = "The request failed for a reason that has no code of its own."
        return problem(TierwiseError("API_FAILED", place=request.url.path, cause=cause))
