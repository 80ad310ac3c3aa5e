"""What arrives, and what the night does with it, whatever the order of arrival."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.delivery.added_situations import ADDED
from tests.workspace.delivery.full_situations import FULL
from tests.workspace.delivery.situations import Case

EACH_CASE = pytest.mark.parametrize("case", [pytest.param(c, id=c.says) for c in (*FULL, *ADDED)])


@EACH_CASE
def test_what_arrives_becomes(case: Case) -> None:
    decision = case.decision()
    assert [(file.name, file.status, file.code) for file in decision.files] == case.becomes
    assert (decision.error.code if decision.error else None) == case.error


@EACH_CASE
@given(data=st.data())
def test_the_order_of_arrival_decides_nothing(case: Case, data: st.DataObject) -> None:
    shuffled = replace(
        case,
        files=data.draw(st.permutations(case.files)),
        before=data.draw(st.permutations(case.before)),
    )
    assert shuffled.decision().files == case.decision().files
