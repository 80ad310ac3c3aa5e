"""How often values and words occur: what agreement on them is worth."""

from __future__ import annotations

import math

import duckdb

from workspace.matching.declaration import Declaration
from workspace.matching.model_file import Frequencies, MatchModel, WordWeights
from workspace.matching.records import NORMALISED
from workspace.matching.shape import BITS_SCALE, WEIGHT_BITS, equal
from workspace.warehouse import one_row

LISTED_VALUES = 2_000
LISTED_WORDS = 5_000
DECIMALS = 9


def value_frequencies(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration
) -> dict[str, Frequencies]:
    """Return for each column the share of its most frequent values, and that of any other."""
    found = {}
    for column in declaration.frequencies:
        counts = f"select {column} as value, count(*) as n from {NORMALISED} group by all"
        total, distinct = one_row(
            connection,
            f"select coalesce(sum(n), 0), count(*) from ({counts}) where value is not null",
        )
        rows = connection.execute(
            f"select value, n from ({counts}) where value is not null and n > 1 "
            f"order by n desc, value limit {LISTED_VALUES}"
        ).fetchall()
        listed = sum(n for _, n in rows)
        others = max(distinct - len(rows), 1)
        share = max(total - listed, 1) / others / max(total, 1)
        found[column] = Frequencies(
            other=round(min(share, 1.0), DECIMALS),
            values={value: round(n / total, DECIMALS) for value, n in rows},
        )
    return found


def among_strangers(model: MatchModel, declaration: Declaration) -> MatchModel:
    """Return a trained model with frequencies as they are among records of different things.

    A value that many records of one thing bear is frequent among records, and not among things.
    Of all pairs of records Σ f² agree on a value, of pairs of strangers only u: frequencies are
    scaled by the quotient. No value is taken to be rarer than one that a single record bears.
    """
    frequencies = dict(model.frequencies)
    for comparison in declaration.comparisons:
        known = (level for level in comparison.levels if not level.is_null)
        for level, trained in zip(known, model.levels[comparison.name], strict=True):
            if level.frequency is not None and level.sql == equal(level.frequency):
                counted = model.frequencies[level.frequency]
                frequencies[level.frequency] = _scaled(counted, trained.u)
    return model.model_copy(update={"frequencies": frequencies})


def _scaled(counted: Frequencies, agreeing: float) -> Frequencies:
    """Scale frequencies toward those whose squares sum to the share of strangers that agree."""
    listed = sum(counted.values.values())
    squares = sum(share * share for share in counted.values.values())
    squares += max(1 - listed, 0) * counted.other
    scale = min(agreeing / squares, 1.0) if squares else 1.0
    return Frequencies(
        other=counted.other,
        values={
            value: max(round(share * scale, DECIMALS), min(share, counted.other))
            for value, share in counted.values.items()
        },
    )


def word_weights(
    connection: duckdb.DuckDBPyConnection, declaration: Declaration
) -> dict[str, WordWeights]:
    """Return for each column the weight of its frequent words, and that of any other.

    A word that one record in 2^b holds weighs b bits.
    """
    found = {}
    for column in declaration.words:
        (total,) = one_row(connection, f"select count({column}) from {NORMALISED}")
        counts = (
            f"select word, count(*) as n from (select unnest({column}) as word "
            f"from {NORMALISED}) group by word"
        )
        rows = connection.execute(
            f"select word, n from ({counts}) where n > 1 order by n desc, word limit {LISTED_WORDS}"
        ).fetchall()
        found[column] = WordWeights(
            other=_weight(total, rows[-1][1] / 2 if len(rows) == LISTED_WORDS else 1),
            values={word: _weight(total, n) for word, n in rows},
        )
    return found


def _weight(total: int, holders: float) -> int:
    bits = math.log2(max(total, 2) / holders)
    return max(1, min(round(BITS_SCALE * bits), (1 << WEIGHT_BITS) - 1))
