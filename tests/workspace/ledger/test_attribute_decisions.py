"""Values that stewards state of golden records: what may be said, and what stands."""

from __future__ import annotations

from datetime import date

import pytest

from workspace.errors import TierwiseError
from workspace.ledger.attribute_decisions import (
    AttributeDecision,
    attribute_decisions,
    statement,
    withdrawal,
)
from workspace.ledger.chain import Entry, Event
from workspace.ledger.entity_decisions import Entity

AT = "2026-01-02T08:00:00+00:00"
STAHL = Entity(golden_id="c-1", record_keys=("erp:1",))
BOLT = Entity(golden_id="p-1", record_keys=())


def said(entity: Entity, attribute: str, value: str, until: date | None = None) -> Event:
    return statement(entity, attribute, value, until=until, reason="By letter.", actor="Ada", at=AT)


def standing(*events: Event) -> list[AttributeDecision]:
    return attribute_decisions(
        Entry(sequence=number, hash="", event=event) for number, event in enumerate(events, 1)
    )


def test_the_last_word_on_an_attribute_stands_and_does_not_come_back_once_replaced() -> None:
    first = said(STAHL, "city", "Ulm", until=date(2027, 1, 1))
    second = said(STAHL, "city", "Bonn")
    (found,) = standing(first, said(BOLT, "product_line", "steel"))[:1]
    assert (found.value, found.valid_to, found.decided_by) == ("Ulm", date(2027, 1, 1), "Ada")
    (found,) = standing(first, second)
    assert (found.value, found.valid_to, found.ledger_seq) == ("Bonn", None, 2)
    back = withdrawal(2, [found], reason="A mistake.", actor="Ada", at=AT)
    assert standing(first, second, back) == []
    with pytest.raises(TierwiseError, match="DECISION_REFUSED"):
        withdrawal(1, [found], reason="A mistake.", actor="Ada", at=AT)


@pytest.mark.parametrize(
    ("entity", "attribute", "value", "kept"),
    [
        (STAHL, "customer_name", "  Stahl Nord  ", "Stahl Nord"),
        (STAHL, "is_active", "false", "false"),
        (STAHL, "created_date", "2020-02-29", "2020-02-29"),
        (BOLT, "standard_cost_amount", "1.5", "1.5000"),
    ],
)
def test_a_value_is_kept_as_golden_attribute_writes_it(
    entity: Entity, attribute: str, value: str, kept: str
) -> None:
    assert said(entity, attribute, value).subject["value"] == kept


@pytest.mark.parametrize(
    ("entity", "attribute", "value"),
    [
        (STAHL, "cty", "Ulm"),
        (STAHL, "customer_id", "c-2"),
        (STAHL, "city", "  "),
        (STAHL, "is_active", "no"),
        (STAHL, "created_date", "2021-02-29"),
        (BOLT, "standard_cost_amount", "cheap"),
        (BOLT, "standard_cost_amount", "NaN"),
        (BOLT, "is_active", "true"),
    ],
)
def test_what_is_no_value_of_an_attribute_is_refused(
    entity: Entity, attribute: str, value: str
) -> None:
    with pytest.raises(TierwiseError, match="DECISION_REFUSED"):
        said(entity, attribute, value)
