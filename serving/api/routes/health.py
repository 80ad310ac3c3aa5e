"""GET /healthz and /readyz: for whoever starts and watches the process."""

from __future__ import annotations

from fastapi import APIRouter, Request

from serving.api.answers import Health, Readiness
from serving.api.following import Following

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def health() -> Health:
    """Say that the process answers."""
    return Health(status="ok")


@router.get("/readyz")
def ready(request: Request) -> Readiness:
    """Say which release is served, and whether CURRENT names one that cannot be."""
    following: Following = request.app.state.following
    release = following.current()
    trouble = following.trouble
    return Readiness(
        status="degraded" if trouble else "ready",
        release_id=release.release_id,
        as_of_date=release.as_of,
        code=trouble.code if trouble else None,
        detail=trouble.cause if trouble else None,
    )
