"""What stewards are asked of golden ids: pairs between the thresholds, and keys given out anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb

from serving.matching import ELEMENTS
from workspace.stewardship import Outcome, question, with_answered

KIND = "match"
# So long a key that means another thing is shown; then the new id stands as accepted.
REUSE_DAYS = 14
QUESTIONS = """
    select object_type, record_key_l, record_key_r, match_weight, contradiction_l, contradiction_r
    from golden.match_pairs where is_question
    order by object_type, record_key_l, record_key_r
"""
REUSES = f"""
    select e.object_type, e.golden_id, e.other_golden_id
    from golden.entity_events as e
    cross join night.parameters as p
    where e.event_type = 'reuse' and not e.is_reversed
        and e.recorded_date > p.business_date - {REUSE_DAYS}
    order by e.object_type, e.golden_id, e.other_golden_id
"""


def match_questions(
    connection: duckdb.DuckDBPyConnection, prior: Sequence[dict[str, Any]]
) -> list[Outcome]:
    """Return each question of tonight, and as passed those of before that nobody asks any more."""
    asked = [_pair(*row) for row in connection.execute(QUESTIONS).fetchall()]
    asked += [_reuse(*row) for row in connection.execute(REUSES).fetchall()]
    return with_answered(KIND, asked, prior)


def _pair(
    object_type: str,
    one: str,
    other: str,
    weight: float | None,
    contradiction_l: str | None,
    contradiction_r: str | None,
) -> Outcome:
    weighs = "An identifier" if weight is None else f"A weight of {weight:.1f}"
    cause = f"{weighs} does not say whether {one} and {other} are one."
    if contradiction_l is not None:
        against = f"{contradiction_l} and {contradiction_r}, which are two"
        cause = f"{one} and {other} look like one, but that would make one of {against}."
    return question(
        KIND,
        ELEMENTS[object_type],
        f"{one} = {other}",
        detail=cause,
        remedy=f"tierwise match decide {one} {other} --link or --never",
    )


def _reuse(object_type: str, golden_id: str, other_golden_id: str) -> Outcome:
    return question(
        KIND,
        ELEMENTS[object_type],
        f"{golden_id} is not {other_golden_id}",
        detail=f"A key of {golden_id} bears another name and other identifiers than it did; what "
        f"it means now goes by {other_golden_id}.",
        remedy=f"If it is the same: tierwise entity merge {golden_id} {other_golden_id}. "
        f"Otherwise nothing: the case closes after {REUSE_DAYS} days.",
    )
