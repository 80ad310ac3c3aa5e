"""Kinds of fields: what a product is called, and several values in one text."""

from __future__ import annotations

from workspace.matching import normalise
from workspace.matching.shape import (
    Comparison,
    Key,
    Level,
    Shape,
    absent,
    contained,
    equal,
    null_level,
    other_level,
    overlap,
    pair,
)

RAREST_OF_TEXT = 4  # words of a description


def description(name: str, text: str, more: str | None = None) -> Shape:
    """What a product is called: its words, its numbers and the part codes within it.

    Codes are also looked for in a second text, such as a long description.
    """
    return Shape(
        columns=_description_columns(name, text, more),
        words=(f"{name}_words", f"{name}_parts", f"{name}_all_parts"),
        comparisons=(_words_compared(name), _numbers_compared(name), _parts_compared(name)),
        keys=(
            Key(
                name=name,
                sql=f"[{name}_text]",
                says=(name, f"{name}_numbers", f"{name}_parts"),
                is_strong=True,
            ),
            Key(
                name=f"{name}_part",
                sql=f"{name}_all_parts_rare",
                says=(f"{name}_parts",),
                is_strong=True,
            ),
            Key(name=f"{name}_word", sql=f"{name}_words_codes[1:{RAREST_OF_TEXT}]", says=(name,)),
        ),
    )


def _description_columns(name: str, text: str, more: str | None) -> tuple[tuple[str, str], ...]:
    tokens = _tokens(text)
    more_tokens = _tokens(f"concat_ws(' ', {text}, {more})") if more else f"{name}_tokens"
    is_part = (
        "(length(w) >= 5 and regexp_matches(w, '[0-9]') "
        "and not regexp_full_match(w, '[0-9]+[a-z]{1,3}'))"
    )
    return (
        (f"{name}_tokens", tokens),
        (f"{name}_text", normalise.joined(f"list_sort({name}_tokens)", " ")),
        (
            f"{name}_words",
            normalise.sorted_words(
                f"list_filter({name}_tokens, lambda w: regexp_full_match(w, '[^0-9]{{2,}}'))"
            ),
        ),
        (
            f"{name}_numbers",
            normalise.sorted_words(
                f"list_filter({name}_tokens, "
                f"lambda w: regexp_matches(w, '^[0-9]') and not {is_part})"
            ),
        ),
        (
            f"{name}_parts",
            normalise.sorted_words(f"list_filter({name}_tokens, lambda w: {is_part})"),
        ),
        (
            f"{name}_all_parts",
            normalise.sorted_words(f"list_filter({more_tokens}, lambda w: {is_part})"),
        ),
    )


def _tokens(text: str) -> str:
    """Return words, numbers and codes: signs within a code go, and a size as 5x12 is parted."""
    size = "([0-9])[\"'']?[x\u00d7]([0-9])"
    parted = f"regexp_replace({normalise.folded(text)}, '{size}', '\\1 \\2', 'g')"
    found = f"regexp_extract_all({parted}, '[\\p{{L}}\\p{{N}}]+(?:[.-][\\p{{L}}\\p{{N}}]+)*')"
    has_digit = "regexp_matches(w, '[0-9]')"
    return (
        f"flatten(list_transform({found}, lambda w: case when {has_digit} "
        "then [regexp_replace(w, '[.-]', '', 'g')] else string_split_regex(w, '[.-]') end))"
    )


def _words_compared(name: str) -> Comparison:
    return Comparison(
        name=name,
        levels=(
            null_level(absent(f"{name}_text")),
            Level(label="same text", sql=equal(f"{name}_text"), frequency=f"{name}_text"),
            *(
                Level(label=f"{share:.0%} of words", sql=overlap(f"{name}_words", share))
                for share in (0.85, 0.7, 0.55, 0.4, 0.25)
            ),
            other_level(),
        ),
    )


def _numbers_compared(name: str) -> Comparison:
    numbers = f"{name}_numbers"
    left, right = pair(numbers)
    shared = f"len(list_intersect({left}, {right}))"
    return Comparison(
        name=numbers,
        levels=(
            null_level(f"len({left}) = 0 or len({right}) = 0"),
            Level(label="same numbers", sql=equal(numbers)),
            Level(label="one has more", sql=f"{shared} = least(len({left}), len({right}))"),
            Level(label="some numbers", sql=f"{shared} > 0"),
            other_level("different numbers"),
        ),
    )


def _parts_compared(name: str) -> Comparison:
    left, right = pair(f"{name}_parts")
    (rare_l, rare_r), (all_l, all_r) = pair(f"{name}_parts_rare"), pair(f"{name}_all_parts_rare")
    begins = (
        f"len(list_filter({left}, lambda a: len(list_filter({right}, "
        "lambda b: starts_with(a, b) or starts_with(b, a))) > 0)) > 0"
    )
    return Comparison(
        name=f"{name}_parts",
        is_hard=True,
        supposed=(15.0, 3.0, 2.0),
        levels=(
            Level(
                label="a rare part code in both",
                sql=f"list_has_any({rare_l}, {all_r}) or list_has_any({all_l}, {rare_r})",
            ),
            null_level(f"coalesce(len({left}), 0) = 0 or coalesce(len({right}), 0) = 0"),
            Level(label="one part code begins with the other", sql=begins),
            other_level("other part codes"),
        ),
    )


def word_set(name: str, text: str, separator: str) -> Shape:
    """Several values in one text, such as classes or contact persons, each weighed by rarity."""
    words = f"{name}_words"
    listed = (
        f"list_transform(string_split({text}, '{separator}'), lambda w: {normalise.words('w')})"
    )
    return Shape(
        columns=(
            (words, normalise.sorted_words(f"list_filter({listed}, lambda w: w is not null)")),
        ),
        words=(words,),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(f"{words}_bits")),
                    *(
                        Level(label=f"{share:.0%} of the smaller set", sql=contained(words, share))
                        for share in (0.99, 0.6, 0.3, 0.1)
                    ),
                    Level(label="something in common", sql=contained(words, 0.0001)),
                    other_level("nothing in common"),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"{words}_codes[1:{RAREST_OF_TEXT}]", says=(name,)),),
    )
