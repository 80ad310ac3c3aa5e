"""Cases: what failed, whose it is and since when; a case closes when its expectation passes.

A case is one expectation that failed of one data element in one business unit. It keeps its
opening date from release to release, is shown once more in the release in which it closed, and
begins anew when the expectation fails again. What nobody expects any more closes it as well: its
gate is no longer configured, its extract no longer declared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from workspace.stewards import COMPANY, Owner, Stewards

OPEN, CLOSED = "open", "closed"
NOBODY = "nobody assigned"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """An expectation as it was tested tonight; nothing failed when `failed_count` is 0."""

    kind: str
    element: str
    system: str | None
    expectation: str
    evaluated_count: int
    failed_count: int
    detail: str = ""
    remedy: str = ""


def question(kind: str, element: str, expectation: str, *, detail: str, remedy: str) -> Outcome:
    """Return what only a steward can answer, as an expectation that fails until it is answered."""
    asked = _answered(kind, element, expectation)
    return replace(asked, failed_count=1, detail=detail, remedy=remedy)


def with_answered(
    kind: str, asked: Sequence[Outcome], prior: Iterable[Mapping[str, Any]]
) -> list[Outcome]:
    """Return tonight's questions of a kind, and as passed those of before that are asked no more.

    `prior` are the cases of the previous release.
    """
    known = {(each.element, each.expectation) for each in asked}
    before = {(row["element"], row["expectation"]) for row in prior if row["kind"] == kind}
    return [*asked, *(_answered(kind, *answered) for answered in sorted(before - known))]


def _answered(kind: str, element: str, expectation: str) -> Outcome:
    return Outcome(
        kind=kind,
        element=element,
        system=None,
        expectation=expectation,
        evaluated_count=1,
        failed_count=0,
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row of dq_stewardship."""

    case_id: str
    kind: str
    element: str
    business_unit: str
    system: str | None
    expectation: str
    is_tested: bool
    evaluated_count: int
    failed_count: int
    detail: str
    remedy: str
    steward: str | None
    deputy: str | None
    routed_to: str | None
    route_reason: str
    response_days: int | None
    opened_date: date
    due_date: date | None
    age_days: int
    is_escalated: bool
    escalated_to: str | None
    status: str
    closed_date: date | None


def cases(
    tested: Iterable[Outcome],
    prior: Iterable[Mapping[str, Any]],
    stewards: Stewards | None,
    day: date,
    *,
    withdrawn: Mapping[str, str] | None = None,
) -> list[Case]:
    """Return tonight's cases, by their id.

    `prior` are the rows of the previous release. An open one whose expectation was tested and did
    not fail is closed, and so is one that nothing expects any more: `withdrawn` gives the reason by
    case. One whose expectation was not tested stays open, whatever the reason.
    """
    gone = withdrawn or {}
    before = {row["case_id"]: row for row in prior if row["status"] == OPEN}
    tonight: dict[str, Case] = {}
    passed: set[str] = set()
    for test in tested:
        unit = stewards.unit_of(test.system) if stewards else COMPANY
        case_id = identity(test.kind, test.element, unit, test.expectation)
        if test.failed_count:
            opened = before[case_id]["opened_date"] if case_id in before else day
            tonight[case_id] = _opened(test, case_id, unit, opened)
        elif test.evaluated_count:
            passed.add(case_id)
    for case_id, row in before.items():
        if case_id not in tonight:
            is_closed = case_id in passed or case_id in gone
            reason = None if case_id in passed else gone.get(case_id)
            tonight[case_id] = _carried(row, day, is_closed=is_closed, reason=reason)
    routed = (_routed(case, stewards, day) for case in tonight.values())
    return sorted(routed, key=lambda case: case.case_id)


def identity(kind: str, element: str, unit: str, expectation: str) -> str:
    """Return `k-` and 16 hex digits: the same expectation of the same element, the same case."""
    text = "\x1f".join((kind, element, unit, expectation))
    return f"k-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _opened(test: Outcome, case_id: str, unit: str, opened: date) -> Case:
    return Case(
        **vars(test),
        case_id=case_id,
        business_unit=unit,
        is_tested=True,
        opened_date=opened,
        status=OPEN,
        closed_date=None,
        **_UNROUTED,
    )


def _carried(row: Mapping[str, Any], day: date, *, is_closed: bool, reason: str | None) -> Case:
    """Return a case that did not fail tonight: closed, by its test or for a reason, or open."""
    kept = {name: row[name] for name in Case.__annotations__ if name not in _UNROUTED}
    changed: dict[str, Any] = {"is_tested": is_closed and reason is None}
    if is_closed:
        changed |= {"status": CLOSED, "closed_date": day}
        closed: dict[str, Any] = {"failed_count": 0}
        changed |= closed if reason is None else {"detail": reason, "remedy": ""}
    return Case(**{**kept, **changed}, **_UNROUTED)


_UNROUTED: dict[str, Any] = {
    "steward": None,
    "deputy": None,
    "routed_to": None,
    "route_reason": NOBODY,
    "response_days": None,
    "due_date": None,
    "age_days": 0,
    "is_escalated": False,
    "escalated_to": None,
}


def _routed(case: Case, stewards: Stewards | None, day: date) -> Case:
    """Give the case to whoever answers for its element today, and age it."""
    aged = replace(case, age_days=((case.closed_date or day) - case.opened_date).days)
    if stewards is None:
        return aged
    owner = stewards.owner(case.element, case.business_unit, day)
    # What nobody answers for is past its time from the start.
    due = case.opened_date + timedelta(days=owner.response_days) if owner else case.opened_date
    is_late = case.status == OPEN and (owner is None or day > due)
    escalation = stewards.file.escalation
    return replace(
        aged,
        **(_ownership(owner) if owner else {"routed_to": escalation}),
        due_date=due,
        is_escalated=is_late,
        escalated_to=escalation if is_late else None,
    )


def _ownership(owner: Owner) -> dict[str, Any]:
    return vars(owner)
