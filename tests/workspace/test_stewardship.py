from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from workspace.config.steward_file import StewardFile
from workspace.stewards import Stewards
from workspace.stewardship import Case, Outcome, cases

DAY = date(2026, 6, 30)
STEWARDS = Stewards(
    file=StewardFile.model_validate(
        {
            "escalation": "head",
            "roles": {"head": {"title": "Head"}, "desk": {"title": "Desk"}},
            "assignments": [{"elements": ["order_lines.*"], "steward": "desk", "response_days": 3}],
        }
    ),
    unit_by_system={"north": "europe"},
)


def _tested(failed: int = 2, **changes: Any) -> Outcome:
    return Outcome(
        **{
            "kind": "quarantine",
            "element": "order_lines.net_amount",
            "system": "north",
            "expectation": "north.orders.ROW_TYPE",
            "evaluated_count": 100,
            "failed_count": failed,
            **changes,
        }
    )


def _rows(found: Iterable[Case]) -> list[dict[str, Any]]:
    return [vars(case) for case in found]


def _nights(*tested: list[Outcome], stewards: Stewards | None = STEWARDS) -> list[list[Case]]:
    """Return the cases of nights that follow each other day by day."""
    found: list[list[Case]] = []
    for number, of_night in enumerate(tested):
        prior = _rows(found[-1]) if found else []
        found.append(cases(of_night, prior, stewards, DAY + timedelta(days=number)))
    return found


def test_a_failure_opens_a_case_for_the_steward_of_its_element() -> None:
    ((case,),) = _nights([_tested()])
    assert (case.business_unit, case.steward, case.routed_to) == ("europe", "desk", "desk")
    assert (case.opened_date, case.due_date) == (DAY, DAY + timedelta(days=3))
    assert (case.status, case.age_days, case.is_escalated) == ("open", 0, False)


def test_what_passes_is_no_case() -> None:
    assert _nights([_tested(failed=0)]) == [[]]


def test_a_case_keeps_its_opening_and_ages() -> None:
    *_, (case,) = _nights([_tested()], [_tested(failed=5)], [_tested(failed=1)])
    assert (case.opened_date, case.age_days, case.failed_count) == (DAY, 2, 1)


def test_a_case_past_its_time_is_escalated_on_the_day_after() -> None:
    nights = _nights(*[[_tested()]] * 5)
    assert [night[0].is_escalated for night in nights] == [False, False, False, False, True]
    assert nights[-1][0].escalated_to == "head"


def test_a_case_closes_when_its_expectation_passes_and_is_shown_once_more() -> None:
    _, (closed,), after = _nights([_tested()], [_tested(failed=0)], [_tested(failed=0)])
    assert (closed.status, closed.closed_date) == ("closed", DAY + timedelta(days=1))
    assert (closed.age_days, closed.failed_count, closed.is_escalated) == (1, 0, False)
    assert after == []


def test_a_case_whose_expectation_was_not_tested_stays_open() -> None:
    for untested in ([], [_tested(failed=0, evaluated_count=0)]):
        _, (case,) = _nights([_tested()], untested)
        assert (case.status, case.is_tested, case.age_days) == ("open", False, 1)
        assert case.failed_count == 2


def test_a_case_that_nothing_expects_any_more_closes_with_the_reason() -> None:
    ((opened,),) = _nights([_tested()])
    why = {opened.case_id: "Withdrawn: north.orders is declared no more."}
    day = DAY + timedelta(days=1)
    (closed,) = cases([], _rows([opened]), STEWARDS, day, withdrawn=why)
    assert (closed.status, closed.closed_date, closed.is_tested) == ("closed", day, False)
    assert (closed.detail, closed.failed_count) == (why[opened.case_id], 2)
    assert cases([], _rows([closed]), STEWARDS, day + timedelta(days=1), withdrawn=why) == []


def test_a_case_that_fails_is_open_whatever_was_withdrawn() -> None:
    ((opened,),) = _nights([_tested()])
    why = {opened.case_id: "Withdrawn."}
    (case,) = cases([_tested()], _rows([opened]), STEWARDS, DAY, withdrawn=why)
    assert case.status == "open"


def test_a_case_that_closed_begins_anew_when_it_fails_again() -> None:
    *_, (case,) = _nights([_tested()], [_tested(failed=0)], [_tested()])
    assert (case.status, case.opened_date) == ("open", DAY + timedelta(days=2))


def test_what_nobody_answers_for_goes_to_the_escalation_at_once() -> None:
    _, (case,) = _nights(*[[_tested(element="sites.gln")]] * 2)
    assert (case.steward, case.routed_to, case.route_reason) == (None, "head", "nobody assigned")
    assert case.is_escalated


def test_without_stewards_a_case_ages_all_the_same() -> None:
    _, (case,) = _nights([_tested()], [_tested()], stewards=None)
    assert (case.routed_to, case.due_date, case.age_days) == (None, None, 1)


def test_two_units_have_two_cases_of_one_expectation() -> None:
    ((one, other),) = _nights([_tested(), _tested(system="crm")])
    assert {one.business_unit, other.business_unit} == {"europe", "company"}
