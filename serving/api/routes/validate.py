"""POST /validate: what order capture and master data screens ask before they save."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Response
from fastapi import Body as InBody

from serving.api.asked import Question, headers
from serving.api.validation.check import check
from serving.api.validation.reasons import decision_of
from serving.api.validation.record import Batch, Body, Verdicts

router = APIRouter(tags=["validate"])


@router.post("/validate")
def validate(asked: Question, body: Annotated[Body, InBody()], response: Response) -> Verdicts:
    """Accept, warn of or reject one record, or each of several, with reason codes."""
    response.headers.update(headers(asked.tag))
    records = body.records if isinstance(body, Batch) else [body]
    results = check(asked, records, datetime.now(UTC).date())
    reasons = [reason for result in results for reason in result.reasons]
    return Verdicts(
        release_id=asked.release.release_id,
        as_of_date=asked.release.as_of,
        decision=decision_of(reasons),
        results=results,
    )
