from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from workspace.config.steward_file import StewardFile
from workspace.stewards import COMPANY, Stewards

DAY = date(2026, 6, 30)
ROLES: dict[str, Any] = {
    "head": {"title": "Head of data"},
    "desk": {"title": "Order desk"},
    "finance": {"title": "Finance", "left_date": "2026-04-01"},
    "items": {
        "title": "Item data",
        "absent": [{"first_date": "2026-06-29", "last_date": "2026-07-05"}],
    },
}


def _stewards(*assignments: dict[str, Any]) -> Stewards:
    file = StewardFile.model_validate(
        {"escalation": "head", "roles": ROLES, "assignments": list(assignments)}
    )
    return Stewards(file=file, unit_by_system={"north": "europe", "south": "america"})


def _steward(stewards: Stewards, element: str, unit: str = COMPANY, day: date = DAY) -> str | None:
    owner = stewards.owner(element, unit, day)
    return owner.steward if owner else None


def test_the_most_exact_pattern_names_the_steward() -> None:
    stewards = _stewards(
        {"elements": ["*"], "steward": "head"},
        {"elements": ["order_lines.net_amount"], "steward": "items"},
        {"elements": ["order_lines.*"], "steward": "desk"},
    )
    assert _steward(stewards, "order_lines.net_amount") == "items"
    assert _steward(stewards, "order_lines.order_date") == "desk"
    assert _steward(stewards, "order_lines.*") == "desk"
    assert _steward(stewards, "products.gtin") == "head"


def test_a_business_unit_may_have_its_own_steward() -> None:
    stewards = _stewards(
        {"elements": ["order_lines.*"], "steward": "head"},
        {"elements": ["order_lines.*"], "business_unit": "europe", "steward": "desk"},
    )
    assert stewards.unit_of("north") == "europe"
    assert stewards.unit_of("crm") == stewards.unit_of(None) == COMPANY
    assert _steward(stewards, "order_lines.order_date", "europe") == "desk"
    assert _steward(stewards, "order_lines.order_date", "america") == "head"


def test_nobody_answers_for_what_nothing_names() -> None:
    assert (
        _steward(_stewards({"elements": ["products.*"], "steward": "items"}), "sites.gln") is None
    )


def test_ownership_changes_on_a_date() -> None:
    stewards = _stewards(
        {"elements": ["products.*"], "steward": "desk", "valid_to": "2026-06-30"},
        {"elements": ["products.*"], "steward": "head", "valid_from": "2026-06-30"},
    )
    assert _steward(stewards, "products.gtin", day=date(2026, 6, 29)) == "desk"
    assert _steward(stewards, "products.gtin", day=date(2026, 6, 30)) == "head"


@pytest.mark.parametrize(
    ("steward", "deputy", "routed_to", "reason"),
    [
        ("desk", "head", "desk", "steward"),
        ("items", "desk", "desk", "steward absent"),
        ("finance", "desk", "desk", "steward left"),
        ("items", None, "head", "steward absent, no deputy there"),
        ("finance", "items", "head", "steward left, no deputy there"),
    ],
)
def test_a_case_goes_to_whoever_is_there(
    steward: str, deputy: str | None, routed_to: str, reason: str
) -> None:
    stewards = _stewards({"elements": ["*"], "steward": steward, "deputy": deputy})
    owner = stewards.owner("products.gtin", COMPANY, DAY)
    assert owner is not None
    assert (owner.steward, owner.routed_to, owner.route_reason) == (steward, routed_to, reason)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 6, 28), None),
        (date(2026, 6, 29), "absent"),
        (date(2026, 7, 5), "absent"),
        (date(2026, 7, 6), None),
    ],
)
def test_an_absence_has_both_its_days(day: date, why: str | None) -> None:
    assert _stewards({"elements": ["*"], "steward": "items"}).away("items", day) == why


def test_who_leaves_is_gone_from_that_day() -> None:
    stewards = _stewards({"elements": ["*"], "steward": "head"})
    assert stewards.away("finance", date(2026, 3, 31)) is None
    assert stewards.away("finance", date(2026, 4, 1)) == "left"
