"""GET /releases/current: what is served, and how complete it is."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from serving.api.answers import Feed, ReleaseAnswer
from serving.api.asked import Question

router = APIRouter(tags=["releases"])
FEEDS = """
select system, extract, delivery_mode, watermark_date, complete_to_date, is_provisional, is_stale
from source_freshness
order by system, extract
"""


@router.get("/releases/current")
def current(asked: Question, request: Request, response: Response) -> ReleaseAnswer:
    """Name the release that answers, and say which days of its extracts may still change."""
    asked.told(request, response)
    with asked.reader() as reader:
        manifest = reader.manifest
        feeds = [Feed(**row) for row in reader.rows(FEEDS)]
    return ReleaseAnswer(
        release_id=asked.release.release_id,
        as_of_date=asked.release.as_of,
        previous_release_id=manifest.previous_release_id,
        company=manifest.company,
        currency=manifest.currency,
        published_at=asked.release.published_at,
        feeds=feeds,
    )
