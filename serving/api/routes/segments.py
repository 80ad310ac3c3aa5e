"""GET /segments and /segments/{unit}: who is where, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.answers import Assignment, Reason, SegmentPage, UnitAnswer, UnitStory
from serving.api.asked import Asked, Question
from serving.api.cursor import Cursor, digest_of, read_cursor
from serving.customer_reasons import CustomerExplanation
from serving.customer_reasons import explain as explain_name
from serving.explain import Explanation
from serving.explain import Reason as GivenReason
from serving.other_units import UnitReasons
from serving.release_reader import ReleaseReader
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.units import UNIT_KINDS

router = APIRouter(tags=["segments"])
MAXIMUM_PAGE = 1_000
KEY = ("scheme_id", "unit_id")
SCHEMES = "select distinct scheme_id from segment_assignment order by scheme_id"
PAGE = """
with wanted as (
    select *
    from segment_assignment as a
    where ($scheme is null or a.scheme_id = $scheme)
        and ($segment is null or a.segment_id = $segment)
        and ($product is null or a.product_id in (
            select product_id from golden_product
            where product_id = $product or product_code = $product
        ))
        and ($site is null or a.site_id in (
            select site_id from golden_location where site_id = $site or site_code = $site
        ))
        and ($customer is null or a.customer_id = $customer)
        and ($channel is null or (a.unit_type = 'channel' and a.unit_id = $channel))
        and ($unit is null or a.unit_type = $unit)
        and not coalesce(
            list_has_any([a.product_id, a.site_id, a.customer_id], cast($left as varchar[])), false
        )
        and (cast($sites as varchar[]) is null
            or list_contains(cast($sites as varchar[]), a.site_id))
        and (cast($after as varchar[]) is null or (a.scheme_id, a.unit_id)
            > ($after[1], $after[2]))
    order by a.scheme_id, a.unit_id
    limit $rows
)
select a.scheme_id, a.unit_type, a.unit_id, a.product_id, p.product_code, a.site_id, l.site_code,
    a.customer_id, case when a.unit_type = 'channel' then a.unit_id end as sales_channel_id,
    a.segment_id, a.hold_reason, a.valid_from, a.rule_id, a.value_at_stake_amount
from wanted as a
left join golden_product as p on p.product_id = a.product_id
left join golden_location as l on l.site_id = a.site_id
order by a.scheme_id, a.unit_id
"""
Word = Annotated[str | None, Field(min_length=1, max_length=200)]


class SegmentFilter(BaseModel):
    """What to list; all that is given must hold."""

    model_config = ConfigDict(extra="forbid")

    scheme: Word = Field(None, description="Scheme id.")
    segment: Word = Field(None, description="Segment id.")
    product: Word = Field(None, description="Product code or golden id.")
    site: Word = Field(None, description="Site code or golden id.")
    customer: Word = Field(None, description="Golden id of a customer.")
    channel: Word = Field(None, description="Sales channel.")
    unit: Word = Field(None, description=f"Kind of unit: {', '.join(UNIT_KINDS)}.")
    page_size: int = Field(100, ge=1, le=MAXIMUM_PAGE)
    cursor: Annotated[str | None, Field(max_length=2_000)] = None


@router.get("/segments")
def list_segments(
    asked: Question,
    wanted: Annotated[SegmentFilter, Query()],
    request: Request,
    response: Response,
) -> SegmentPage:
    """List segments by scheme and unit; a cursor stays with the release it began on.

    What has left the company since then is not listed any more.
    """
    given = wanted.model_dump(include=set(SegmentFilter.model_fields) - {"page_size", "cursor"})
    cursor = read_cursor(wanted.cursor, given, KEY) if wanted.cursor else None
    left = asked.left()
    if cursor is not None and cursor.release_id != asked.release.release_id:
        asked = asked.of(cursor.release_id)
    asked.told(request, response)
    with asked.reader() as reader:
        _require_scheme(reader, wanted.scheme)
        rows = reader.rows(
            PAGE,
            {
                **given,
                "sites": asked.sites(reader),
                "left": left,
                "after": list(cursor.after) if cursor else None,
                "rows": wanted.page_size + 1,
            },
        )
    page = rows[: wanted.page_size]
    return SegmentPage(
        release_id=asked.release.release_id,
        as_of_date=asked.release.as_of,
        items=[Assignment(**row, provisional=_signal(asked, row)) for row in page],
        next_cursor=_next(asked, given, page) if len(rows) > len(page) else None,
    )


@router.get("/segments/{unit:path}")
def explain(unit: str, asked: Question, request: Request, response: Response) -> UnitAnswer:
    """Explain a unit: `<product>[@<site>]`, a customer, or the parts of another kind with @.

    Each part goes by code, GTIN, source key, name or golden id.
    """
    asked.told(request, response)
    with asked.reader() as reader:
        allowed = asked.sites(reader)
        try:
            found = explain_name(reader, unit)
        except TierwiseError as error:
            if allowed is None:
                raise
            # What is near to a name would tell of sites that the key is not for.
            raise _unknown(unit) from error
    units = _stories(asked, found, allowed)
    if not units:
        raise _unknown(unit)
    return UnitAnswer(
        release_id=asked.release.release_id,
        as_of_date=asked.release.as_of,
        currency=found.currency,
        units=units,
    )


def _require_scheme(reader: ReleaseReader, scheme: str | None) -> None:
    if scheme is None:
        return
    known = [str(row["scheme_id"]) for row in reader.rows(SCHEMES)]
    if scheme not in known:
        cause = f"No scheme is called `{scheme}`.{suggestion(scheme, known)}"
        raise TierwiseError("REQUEST_INVALID", place="scheme", cause=cause)


def _signal(asked: Asked, row: dict[str, Any]) -> Any:
    return asked.provisional.by_unit.get(row["unit_id"])


def _next(asked: Asked, given: dict[str, Any], page: list[dict[str, Any]]) -> str:
    return Cursor(
        release_id=asked.release.release_id,
        filter_digest=digest_of(given),
        after=tuple(str(page[-1][name]) for name in KEY),
    ).text()


def _stories(
    asked: Asked, found: Explanation | CustomerExplanation, allowed: list[str] | None
) -> list[UnitStory]:
    """Return the units of an explanation; a key for sites sees none that is of no site."""
    others = [
        _other(unit)
        for unit in found.others
        if isinstance(unit, UnitReasons) and _is_seen(unit, allowed)
    ]
    if isinstance(found, Explanation):
        items = [
            UnitStory(
                unit_type="product_site",
                unit_id=item.unit.unit_id,
                **asdict(item.unit),
                segments=_reasons(item.reasons),
                policy=dict(item.policy) if item.policy else None,
                provisional=_signal(asked, {"unit_id": item.unit.unit_id}),
            )
            for item in found.items
            if allowed is None or item.unit.site_id in allowed
        ]
        return [*items, *others]
    customers = [
        UnitStory(
            unit_type="customer",
            unit_id=customer.customer_id,
            customer_id=customer.customer_id,
            customer_name=customer.customer_name,
            segments=_reasons(customer.reasons),
        )
        for customer in found.customers
        if allowed is None
    ]
    return [*customers, *others]


def _other(unit: UnitReasons) -> UnitStory:
    return UnitStory(
        unit_type=unit.unit_type,
        unit_id=unit.unit_id,
        **unit.ids,
        segments=_reasons(unit.reasons),
    )


def _is_seen(unit: UnitReasons, allowed: list[str] | None) -> bool:
    return allowed is None or unit.ids.get("site_id") in allowed


def _reasons(found: Sequence[GivenReason]) -> list[Reason]:
    return [Reason(**asdict(reason)) for reason in found]


def _unknown(unit: str) -> TierwiseError:
    cause = "No unit that the key is for goes by that name."
    return TierwiseError("UNIT_UNKNOWN", place=unit, cause=cause)
