"""GET /signals: what events since the release say, provisionally."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.answers import Signal, SignalPage
from serving.api.asked import Asked, Question
from serving.api.cursor import Cursor, digest_of, read_cursor
from workspace.errors import TierwiseError

router = APIRouter(tags=["signals"])
MAXIMUM_PAGE = 1_000
KEY = ("token", "unit_id")


class SignalFilter(BaseModel):
    """What to list; without a flag, every unit that open events speak of."""

    model_config = ConfigDict(extra="forbid")

    flag: Literal["order_spike", "stock_out", "late_shipment"] | None = Field(
        None, description="Only units with this flag."
    )
    page_size: int = Field(100, ge=1, le=MAXIMUM_PAGE)
    cursor: Annotated[str | None, Field(max_length=2_000)] = None


@router.get("/signals")
def list_signals(
    asked: Question, wanted: Annotated[SignalFilter, Query()], request: Request, response: Response
) -> SignalPage:
    """List signals by product and site; a cursor ends when the lane has looked again."""
    last = asked.provisional
    # Each look makes another answer, as it says when it was.
    looked = f".{last.looked_at:%Y%m%d%H%M%S}" if last.looked_at else ""
    asked.told(request, response, f'"{asked.release.release_id}.{last.token}{looked}"')
    given = {"flag": wanted.flag}
    after = _last_seen(wanted.cursor, given, asked) if wanted.cursor else ""
    with asked.reader() as reader:
        allowed = asked.sites(reader)
    rows = [
        last.by_unit[unit]
        for unit in sorted(last.by_unit)
        if unit > after
        and (allowed is None or last.by_unit[unit]["site_id"] in allowed)
        and (wanted.flag is None or last.by_unit[unit][f"is_{wanted.flag}"])
    ]
    page = rows[: wanted.page_size]
    more = len(rows) > len(page)
    return SignalPage(
        release_id=asked.release.release_id,
        as_of_date=asked.release.as_of,
        looked_at=last.looked_at,
        business_date=last.business_date,
        items=[Signal(**row) for row in page],
        next_cursor=Cursor(
            release_id=asked.release.release_id,
            filter_digest=digest_of(given),
            after=(last.token, f"{page[-1]['product_id']}@{page[-1]['site_id']}"),
        ).text()
        if more
        else None,
    )


def _last_seen(text: str, given: Mapping[str, object], asked: Asked) -> str:
    """Return the unit that a page ended with; raises CURSOR_INVALID of signals that are gone."""
    cursor = read_cursor(text, given, KEY)
    if (cursor.release_id, cursor.after[0]) != (asked.release.release_id, asked.provisional.token):
        cause = "The lane has looked again since, or a night was published."
        raise TierwiseError("CURSOR_INVALID", place="cursor", cause=cause)
    return cursor.after[1]
