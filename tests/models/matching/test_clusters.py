from __future__ import annotations

from collections import defaultdict

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from models.matching.clusters import Resolution, resolve

PAIRS = {
    "record_key_l": pl.String,
    "record_key_r": pl.String,
    "match_weight": pl.Float64,
    "outcome": pl.String,
}
DECISIONS = {
    "record_key_l": pl.String,
    "record_key_r": pl.String,
    "decision": pl.String,
    "ledger_seq": pl.Int64,
}
Pair = tuple[str, float]
# What stewards said, the first one first: "ab" is one, or never.
Said = list[tuple[str, str]]


def resolved(
    records: str, pairs: dict[str, float | None], said: Said | None = None, **columns: list
) -> Resolution:
    """Resolve records of one letter; of pairs such as `ab` links weigh 10 and more."""
    kinds = dict.fromkeys(columns, pl.String)
    outcomes = [
        "link" if weight is None or weight >= 10 else "review" if weight >= 0 else "non_link"
        for weight in pairs.values()
    ]
    return resolve(
        pl.DataFrame({"record_key": list(records), **columns}, {"record_key": pl.String, **kinds}),
        pl.DataFrame(
            {
                "record_key_l": [pair[0] for pair in pairs],
                "record_key_r": [pair[1] for pair in pairs],
                "match_weight": list(pairs.values()),
                "outcome": outcomes,
            },
            PAIRS,
        ),
        pl.DataFrame(
            [(pair[0], pair[1], word, number) for number, (pair, word) in enumerate(said or [], 1)],
            DECISIONS,
            orient="row",
        ),
    )


def groups(found: Resolution) -> str:
    """Return the clusters as words, in the order of their numbers."""
    by_cluster: dict[int, str] = defaultdict(str)
    for record, cluster in found.members.sort("cluster", "record_key").iter_rows():
        by_cluster[cluster] += record
    assert list(by_cluster) == list(range(len(by_cluster)))
    return " ".join(by_cluster.values())


def told(found: Resolution, column: str) -> dict[str, object]:
    keys = found.pairs["record_key_l"] + found.pairs["record_key_r"]
    return dict(zip(keys.to_list(), found.pairs[column].to_list(), strict=True))


def test_a_chain_breaks_at_its_weakest_link_and_the_break_is_asked() -> None:
    found = resolved("abcd", {"ab": 20, "bc": 12, "ac": -9, "cd": 15})
    assert groups(found) == "ab cd"
    assert told(found, "outcome") == {"ab": "link", "cd": "link", "bc": "review", "ac": "non_link"}
    assert told(found, "is_question") == {"ab": False, "cd": False, "bc": True, "ac": False}
    asked = found.pairs.filter("is_question").select("contradiction_l", "contradiction_r")
    assert asked.rows() == [("a", "c")]


def test_a_pair_that_was_not_compared_is_no_objection() -> None:
    assert groups(resolved("abc", {"ab": 20, "bc": 12})) == "abc"


def test_a_pair_with_nothing_to_compare_is_no_objection() -> None:
    pairs = pl.DataFrame(
        [
            ("a", "b", 20.0, "link", 30.0),
            ("b", "c", 12.0, "link", 22.0),
            ("a", "c", -9.0, "non_link", 1.0),
        ],
        {**PAIRS, "evidence_weight": pl.Float64},
        orient="row",
    )
    records = pl.DataFrame({"record_key": list("abc")})
    none = pl.DataFrame(schema=DECISIONS)
    assert groups(resolve(records, pairs, none)) == "abc"
    against = pairs.with_columns(evidence_weight=pl.lit(-1.0))
    assert groups(resolve(records, against, none)) == "ab c"


def test_an_exact_identifier_without_a_weight_is_the_strongest_link() -> None:
    assert groups(resolved("abc", {"ab": 20, "bc": None, "ac": -9})) == "a bc"


def test_hard_identifiers_that_contradict_stop_a_link_of_any_weight() -> None:
    pairs = pl.DataFrame([("a", "b", 30.0, "link")], PAIRS, orient="row")
    found = resolve(
        pl.DataFrame({"record_key": ["a", "b"]}),
        pairs.with_columns(contradicts=pl.lit(value=True)),
        pl.DataFrame(schema=DECISIONS),
    )
    assert groups(found) == "a b"
    assert told(found, "is_question") == {"ab": True}


def test_what_lies_between_the_thresholds_is_asked_once_for_two_clusters() -> None:
    found = resolved("abcd", {"ab": 20, "cd": 20, "ac": 5, "bd": 8, "bc": 3})
    assert groups(found) == "ab cd"
    assert [pair for pair, asked in told(found, "is_question").items() if asked] == ["bd"]
    assert told(found, "outcome")["ac"] == "review"


def test_a_pair_in_one_cluster_is_a_link_whatever_it_says_alone() -> None:
    found = resolved("abc", {"ab": 20, "bc": 15, "ac": 2})
    assert told(found, "outcome") == {"ab": "link", "bc": "link", "ac": "link"}


def test_a_decision_is_obeyed_against_every_weight() -> None:
    assert groups(resolved("ab", {"ab": 40}, [("ab", "never")])) == "a b"
    assert groups(resolved("ab", {"ab": -40}, [("ab", "link")])) == "ab"
    found = resolved("abc", {}, [("ac", "link")])
    assert groups(found) == "ac b"
    assert told(found, "decided_by") == {"ac": 1}


def test_a_decision_settles_the_other_questions_between_two_clusters() -> None:
    found = resolved("abcd", {"ab": 20, "cd": 20, "ac": 5, "bd": 8}, [("bd", "never")])
    assert told(found, "outcome")["ac"] == "non_link"
    assert told(found, "decided_by") == {"ab": None, "cd": None, "ac": 1, "bd": 1}
    assert not found.pairs["is_question"].any()


def test_of_decisions_that_contradict_each_other_the_later_one_holds() -> None:
    said = [("ab", "link"), ("bc", "link"), ("ac", "never")]
    found = resolved("abc", {}, said)
    assert groups(found) == "a bc"
    assert found.overruled.rows() == [("a", "b", "link", 1)]
    found = resolved("abc", {}, said[::-1])
    assert groups(found) == "abc"
    assert found.overruled.rows() == [("a", "c", "never", 1)]
    assert groups(resolved("ab", {}, [("ab", "link"), ("ab", "never")])) == "a b"


def test_keys_of_one_delivered_record_cannot_be_parted() -> None:
    one = {"delivered_record": ["f:1", "f:1", None]}
    found = resolved("abc", {"ab": -9, "bc": 12}, [("ab", "never")], **one)
    assert groups(found) == "abc"
    assert found.overruled.rows() == [("a", "b", "never", 1)]


def test_what_has_left_the_company_is_one_with_nothing_else() -> None:
    found = resolved("abc", {"ab": 20, "bc": 30}, apart=[None, "divest 7", "divest 7"])
    assert groups(found) == "a bc"
    assert told(found, "outcome") == {"ab": "non_link", "bc": "link"}
    assert not found.pairs["is_question"].any()


def test_a_record_that_is_not_delivered_takes_its_pairs_along() -> None:
    found = resolved("ab", {"ab": 20, "bz": 20}, [("az", "link")])
    assert groups(found) == "ab"
    assert found.pairs.height == 1


def test_nothing_is_resolved_to_nothing() -> None:
    found = resolved("", {})
    assert (found.members.height, found.pairs.height) == (0, 0)


RECORDS = "abcdefg"
WEIGHTS = st.dictionaries(
    st.sets(st.sampled_from(RECORDS), min_size=2, max_size=2).map(lambda two: "".join(sorted(two))),
    st.sampled_from([-20.0, -5.0, 3.0, 12.0, 12.0, 15.0, 20.0]),
)
SAID = st.lists(
    st.tuples(st.sampled_from(["ab", "ac", "bd", "ef"]), st.sampled_from(["link", "never"])),
    max_size=3,
)


@settings(max_examples=80, deadline=None)
@given(pairs=WEIGHTS, said=SAID, seed=st.integers(0, 99))
def test_clusters_do_not_depend_on_the_order_of_pairs(
    pairs: dict[str, float | None], said: Said, seed: int
) -> None:
    first = resolved(RECORDS, pairs, said)
    turned = pl.DataFrame({"pair": list(pairs)}, {"pair": pl.String}).sample(
        fraction=1, shuffle=True, seed=seed
    )
    again = resolved(RECORDS[::-1], {pair: pairs[pair] for pair in turned["pair"]}, said)
    assert again.members.equals(first.members)
    assert again.pairs.equals(first.pairs)


@settings(max_examples=80, deadline=None)
@given(pairs=WEIGHTS)
def test_no_cluster_holds_two_that_were_found_to_be_two_and_no_link_is_left_out_for_nothing(
    pairs: dict[str, float | None],
) -> None:
    found = resolved(RECORDS, pairs)
    cluster = dict(found.members.iter_rows())
    against = {pair for pair, weight in pairs.items() if weight is not None and weight < 0}
    assert all(cluster[pair[0]] != cluster[pair[1]] for pair in against)
    for pair, weight in pairs.items():
        ends = {cluster[pair[0]], cluster[pair[1]]}
        if weight is not None and weight >= 10 and len(ends) == 2:
            assert any({cluster[two[0]], cluster[two[1]]} == ends for two in against)
