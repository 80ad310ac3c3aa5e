from __future__ import annotations

import random

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workspace.matching.matched_company import (
    customer,
    hand_model,
    outcomes,
    pairs,
    scored,
    write_records,
)
from workspace.matching.incremental import Prior
from workspace.matching.settings import MatchSettings

NAMES = ("Krüger Bau GmbH", "Krueger Bau", "Acme & Sons Ltd", "Sons Acme", "Lefèvre SARL")
SMALL = MatchSettings(placeholder_above=2, block_limit=6, review_weight=-4, link_weight=4)
PRIOR = Prior(pairs="before", basis="before_basis", changed="changed")


def delivered(numbers: list[int]) -> list[dict[str, object]]:
    """Return customers made of small numbers, so that names, places and identifiers meet."""
    return [
        customer(
            f"s{at % 3}:{at}",
            customer_name=NAMES[number % 5],
            postal_code=str(number % 4),
            city=("Ulm", "Husum")[number % 2],
            duns_number=str(number % 7) if number % 3 else None,
            country_code="DE",
            _record=at,
        )
        for at, number in enumerate(numbers)
    ]


def night_of(numbers: list[int], changes: dict[int, int], gone: int) -> list[dict[str, object]]:
    """Return the customers of a later night: some changed or new, the last ones gone."""
    now = numbers + [7] * max(0, max(changes, default=0) + 1 - len(numbers))
    return delivered([changes.get(at, one) for at, one in enumerate(now)])[: len(now) - gone]


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    before=st.lists(st.integers(0, 60), min_size=4, max_size=14),
    changes=st.dictionaries(st.integers(0, 15), st.integers(0, 60), max_size=4),
    gone=st.integers(0, 2),
    anew_share=st.sampled_from([0.2, 2.0]),
)
def test_scoring_what_changed_gives_what_scoring_all_gives(
    connection: duckdb.DuckDBPyConnection,
    tmp_path_factory: pytest.TempPathFactory,
    before: list[int],
    changes: dict[int, int],
    gone: int,
    anew_share: float,
) -> None:
    model = hand_model()
    kept = tmp_path_factory.mktemp("kept") / "customer.duckdb"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("workspace.matching.kept.ANEW_SHARE", anew_share)
        write_records(connection, delivered(before))
        scored(connection, model=model, settings=SMALL, into="before", kept=kept)
        rows = night_of(before, changes, gone)
        old = {row["record_key"]: row for row in delivered(before)}
        changed = [{"record_key": r["record_key"]} for r in rows if old.get(r["record_key"]) != r]
        write_records(connection, rows)
        write_records(connection, changed, "changed")
        found = scored(
            connection, model=model, settings=SMALL, prior=PRIOR, into="again", kept=kept
        )
        scored(connection, model=model, settings=SMALL, into="from_kept", kept=kept)
    scored(connection, model=model, settings=SMALL, into="scratch")
    assert found.is_incremental
    for again in ("again", "from_kept"):
        assert pairs(connection, again) == pairs(connection, "scratch")
        assert pairs(connection, f"{again}_basis") == pairs(connection, "scratch_basis")


def test_another_model_or_other_limits_score_all_again(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    write_records(connection, delivered([1, 1, 2]))
    write_records(connection, [], "changed")
    scored(connection, model=hand_model(), into="before")
    same = scored(connection, model=hand_model(), prior=PRIOR, into="again")
    other = scored(connection, model=hand_model(), settings=SMALL, prior=PRIOR, into="again")
    assert (same.is_incremental, other.is_incremental) == (True, False)


def test_threads_and_the_order_of_records_do_not_matter(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = delivered([number * 7 % 61 for number in range(60)])
    found = []
    for threads in (1, 2, 4):
        connection.execute(f"set threads = {threads}")
        random.Random(threads).shuffle(rows)
        write_records(connection, rows)
        scored(connection, model=hand_model(), settings=SMALL)
        found.append((pairs(connection), pairs(connection, "pairs_basis")))
    assert found[0] == found[1] == found[2]
    assert found[0][0]


def test_a_placeholder_identifier_of_many_records_makes_no_pairs(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute("""
        create table records as
        select 'a:' || i as record_key, 'Company ' || md5(cast(i as varchar)) as customer_name,
            '999999999' as duns_number, cast(i as varchar) as postal_code, 'f' as _file,
            i as _record
        from range(50000) as numbers(i)
    """)
    found = scored(connection, model=hand_model())
    assert (found.record_count, found.pair_count) == (50_000, 0)
    assert found.candidate_count < 50_000
    assert connection.execute(
        "select name, value, record_count from pairs_basis where kind = 'placeholder'"
    ).fetchall() == [("duns_number", "999999999", 50_000)]


def test_a_column_that_is_null_everywhere_costs_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [customer(f"a:{at}", postal_code=str(at)) for at in range(30)]
    write_records(connection, rows)
    found = scored(connection, model=hand_model())
    assert (found.candidate_count, found.pair_count) == (0, 0)
    assert outcomes(connection) == {}
