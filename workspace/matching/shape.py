"""What a kind of field turns into: normalised columns, comparisons with levels, and block keys."""

from __future__ import annotations

from dataclasses import dataclass

WEIGHT_BITS = 8  # the low bits of a word's code hold its weight
RARE_BITS = 3  # a rare word is held by at most 2^3 records
BITS_SCALE = 8  # a weight is bits of information times this, at most 255


@dataclass(frozen=True, kw_only=True)
class Level:
    """One degree of likeness, in Splink's SQL over `<column>_l` and `<column>_r`.

    `frequency` names the column by whose value's frequency the weight is adjusted. `is_null` says
    nothing can be said: no weight. `half_of_exact` weighs half of the best level where training
    has not seen it.
    """

    label: str
    sql: str
    frequency: str | None = None
    is_null: bool = False
    half_of_exact: bool = False


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One piece of evidence; its levels from the best to the worst, the last one is ELSE.

    `supposed` is how many matches at each level are taken for granted before any is seen. A
    comparison of numbers or codes `is_hard`: two records of one thing hardly ever differ in it, so
    that it is learned from the blocks of other strong keys only.
    """

    name: str
    levels: tuple[Level, ...]
    supposed: tuple[float, ...] = ()
    is_hard: bool = False


@dataclass(frozen=True, kw_only=True)
class Key:
    """A list of values of which two records that are compared share one.

    A strong key is enough alone; two others that both agree make a block together, and one alone
    where few records share it. `says` names the comparisons that agree by sharing the key: what
    they are worth among matches is not learned from its blocks.
    """

    name: str
    sql: str
    says: tuple[str, ...]
    is_strong: bool = False
    is_alone: bool = True


@dataclass(frozen=True, kw_only=True)
class Shape:
    """All that one field adds to a record and to the model.

    `columns` are (name, SQL) in order, each may use those before it. `words` name columns with a
    list of words that are weighed by their rarity: each becomes `<words>_codes`, `<words>_rare`
    (those that at most a few records hold) and `<words>_bits`.
    `placeholder` names the column whose value means nothing where too many records share it.
    `identifier` names the column that links records exactly.
    """

    columns: tuple[tuple[str, str], ...]
    comparisons: tuple[Comparison, ...] = ()
    keys: tuple[Key, ...] = ()
    words: tuple[str, ...] = ()
    placeholder: str | None = None
    identifier: str | None = None


def pair(column: str) -> tuple[str, str]:
    """Return the names of a column on both sides of a pair."""
    return f'"{column}_l"', f'"{column}_r"'


def equal(column: str) -> str:
    """Return the condition that both sides hold the same value."""
    left, right = pair(column)
    return f"{left} = {right}"


def absent(*columns: str) -> str:
    """Return the condition that one side lacks one of the columns."""
    return " or ".join(f"{side} is null" for column in columns for side in pair(column))


def null_level(condition: str) -> Level:
    """Return the level at which nothing can be said."""
    return Level(label="not known", sql=condition, is_null=True)


def other_level(label: str = "different") -> Level:
    """Return the last level."""
    return Level(label=label, sql="ELSE")


def likeness(column: str, at_least: float) -> str:
    """Return the condition that two texts have a Jaro-Winkler similarity of at least so much."""
    left, right = pair(column)
    return f"jaro_winkler_similarity({left}, {right}) >= {at_least}"


def one_slip(column: str, slips: str = "1") -> str:
    """Return the condition that texts differ by so many typing errors, swapped letters included.

    Damerau-Levenshtein costs forty times as much as Jaro-Winkler and eight times as much as
    Levenshtein (a million pairs of names: 8.2, 0.2 and 1.2 s on one core). These are asked first:
    one error leaves 0.88 of the similarity in texts of five letters, and is two steps at most.
    """
    left, right = pair(column)
    return (
        f"(abs(length({left}) - length({right})) <= {slips} "
        f"and jaro_winkler_similarity({left}, {right}) >= 0.88 "
        f"and levenshtein({left}, {right}) <= 2 * {slips} "
        f"and damerau_levenshtein({left}, {right}) <= {slips})"
    )


def shared_bits(column: str) -> str:
    """Return the information in the words that both sides hold."""
    left, right = pair(f"{column}_codes")
    mask = (1 << WEIGHT_BITS) - 1
    return (
        f"coalesce(list_sum(list_transform(list_intersect({left}, {right}), "
        f"lambda h: h & {mask})), 0)"
    )


def overlap(column: str, at_least: float) -> str:
    """Return the condition that shared words are so much of all words, by information (Dice)."""
    left, right = pair(f"{column}_bits")
    return f"2 * {shared_bits(column)} >= {at_least} * ({left} + {right})"


def contained(column: str, at_least: float = 1.0) -> str:
    """Return the condition that one side's words are (nearly) all among the other's."""
    left, right = pair(f"{column}_bits")
    return f"{shared_bits(column)} >= {at_least} * least({left}, {right})"
