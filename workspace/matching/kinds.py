"""The kinds of fields, part one: names, descriptions and sets of words.

A kind says how a value is normalised, which degrees of likeness there are and by what records are
brought together. It is chosen by what a field means, never by how a data set looks.
"""

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
    likeness,
    null_level,
    one_slip,
    other_level,
    overlap,
    pair,
)

RAREST = 2  # words of a name by which it is blocked
RAREST_OF_TEXT = 4  # words of a description


def company_name(name: str, text: str) -> Shape:
    """A company's name; its legal form is evidence of its own."""
    left, right = pair(f"{name}_foreign")
    unknown = f"{absent(f'{name}_joined')} or {left} <> {right}"
    return Shape(
        columns=(
            (f"{name}_all", f"string_split({normalise.words(text)}, ' ')"),
            (f"{name}_form", normalise.legal_form(f"{name}_all")),
            (f"{name}_kept", normalise.significant(f"{name}_all")),
            (
                f"{name}_said",
                f"case when len({name}_kept) > 0 then {name}_kept else {name}_all end",
            ),
            (f"{name}_core", normalise.once(f"{name}_said")),
            (f"{name}_joined", normalise.joined(f"{name}_core")),
            (f"{name}_words", normalise.sorted_words(f"{name}_core")),
            (f"{name}_sorted", normalise.joined(f"{name}_words", " ")),
            (f"{name}_foreign", normalise.is_foreign(f"{name}_joined")),
        ),
        words=(f"{name}_words",),
        comparisons=(
            Comparison(name=name, levels=_name_levels(name, unknown)),
            Comparison(
                name=f"{name}_legal_form",
                levels=(
                    null_level(absent(f"{name}_form")),
                    Level(label="same form", sql=equal(f"{name}_form")),
                    Level(label="one form says more", sql=_one_contains(f"{name}_form")),
                    other_level("different forms"),
                ),
            ),
        ),
        keys=(
            Key(name=name, sql=f"[{name}_sorted]", says=(name,), is_strong=True),
            Key(name=f"{name}_word", sql=f"{name}_words_codes[1:{RAREST}]", says=(name,)),
            Key(name=f"{name}_head", sql=f"[{name}_joined[1:4]]", says=(name,), is_alone=False),
        ),
    )


def _name_levels(name: str, unknown: str) -> tuple[Level, ...]:
    words, whole = f"{name}_words", f"{name}_sorted"
    longer = f"case when length({pair(f'{name}_joined')[0]}) >= 10 then 2 else 1 end"
    return (
        null_level(unknown),
        Level(label="same words", sql=equal(whole), frequency=whole),
        Level(
            label="a slip of the pen",
            sql=f"{equal(f'{name}_joined')} or {one_slip(f'{name}_joined', longer)}",
            frequency=whole,
        ),
        Level(label="one name within the other", sql=contained(words)),
        Level(label="most words", sql=f"{overlap(words, 0.65)} or {likeness(whole, 0.94)}"),
        Level(label="some words", sql=f"{overlap(words, 0.4)} or {likeness(whole, 0.88)}"),
        Level(label="few words", sql=overlap(words, 0.2)),
        other_level(),
    )


def _one_contains(column: str) -> str:
    left, right = pair(column)
    return f"contains({left}, {right}) or contains({right}, {left})"


def person_name(name: str, given: str, surname: str | None = None) -> Shape:
    """A person's name: given name and surname, or one text with the surname last."""
    if surname is None:
        whole = f"string_split({normalise.words(given)}, ' ')"
        parts = (
            (f"{name}_all", whole),
            (f"{name}_given", f"{name}_all[1]"),
            (f"{name}_surname", f"case when len({name}_all) > 1 then {name}_all[-1] end"),
        )
    else:
        parts = (
            (f"{name}_given", f"replace({normalise.words(given)}, ' ', '')"),
            (f"{name}_surname", f"replace({normalise.words(surname)}, ' ', '')"),
            (
                f"{name}_all",
                f"list_filter([{name}_given, {name}_surname], lambda w: w is not null)",
            ),
        )
    first, last, whole = f"{name}_given", f"{name}_surname", f"{name}_whole"
    return Shape(
        columns=(
            *parts,
            (f"{name}_words", normalise.sorted_words(f"{name}_all")),
            (whole, normalise.joined(f"{name}_words", " ")),
        ),
        words=(f"{name}_words",),
        comparisons=(Comparison(name=name, levels=_person_levels(name, first, last, whole)),),
        keys=(
            Key(name=name, sql=f"[{whole}]", says=(name,), is_strong=True),
            Key(name=f"{name}_surname", sql=f"[{last}]", says=(name,)),
            Key(name=f"{name}_given", sql=f"[{first}[1:3]]", says=(name,), is_alone=False),
        ),
    )


def _person_levels(name: str, first: str, last: str, whole: str) -> tuple[Level, ...]:
    (given_l, given_r), (surname_l, surname_r) = pair(first), pair(last)
    return (
        null_level(absent(whole)),
        Level(label="same name", sql=equal(whole), frequency=whole),
        Level(
            label="a slip in one part",
            sql=f"({equal(last)} and {one_slip(first)}) or ({equal(first)} and {one_slip(last)}) "
            f"or {one_slip(whole, '2')}",
            frequency=whole,
        ),
        Level(
            label="same surname, given name alike",
            sql=f"{equal(last)} and ({likeness(first, 0.7)} or {given_l}[1] = {given_r}[1])",
            frequency=last,
        ),
        Level(
            label="both parts alike",
            sql=f"({likeness(first, 0.88)} and {likeness(last, 0.88)}) "
            f"or {contained(f'{name}_words')}",
        ),
        Level(label="same surname", sql=equal(last), frequency=last),
        Level(label="same given name", sql=equal(first), frequency=first),
        Level(
            label="one part alike",
            sql=f"{likeness(last, 0.88)} or {likeness(first, 0.88)} "
            f"or {given_l} = {surname_r} or {surname_l} = {given_r}",
        ),
        other_level(),
    )


def description(name: str, text: str, more: str | None = None) -> Shape:
    """What a product is called: its words, its numbers and the part codes within it.

    Codes are also looked for in a second text, such as a long description.
    """
    tokens = _tokens(text)
    more_tokens = _tokens(f"concat_ws(' ', {text}, {more})") if more else f"{name}_tokens"
    is_part = (
        "(length(w) >= 5 and regexp_matches(w, '[0-9]') "
        "and not regexp_full_match(w, '[0-9]+[a-z]{1,3}'))"
    )
    return Shape(
        columns=(
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
        ),
        words=(f"{name}_words", f"{name}_parts", f"{name}_all_parts"),
        comparisons=_description_comparisons(name),
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


def _description_comparisons(name: str) -> tuple[Comparison, ...]:
    words, numbers = f"{name}_words", f"{name}_numbers"
    (left, right), (parts_l, parts_r) = pair(numbers), pair(f"{name}_parts")
    (rare_l, rare_r), (all_l, all_r) = pair(f"{name}_parts_rare"), pair(f"{name}_all_parts_rare")
    begins = (
        f"len(list_filter({parts_l}, lambda a: len(list_filter({parts_r}, "
        "lambda b: starts_with(a, b) or starts_with(b, a))) > 0)) > 0"
    )
    shared = f"len(list_intersect({left}, {right}))"
    none = f"len({left}) = 0 or len({right}) = 0"
    return (
        Comparison(
            name=name,
            levels=(
                null_level(absent(f"{name}_text")),
                Level(label="same text", sql=equal(f"{name}_text"), frequency=f"{name}_text"),
                *(
                    Level(label=f"{share:.0%} of words", sql=overlap(words, share))
                    for share in (0.85, 0.7, 0.55, 0.4, 0.25)
                ),
                other_level(),
            ),
        ),
        Comparison(
            name=f"{name}_numbers",
            levels=(
                null_level(none),
                Level(label="same numbers", sql=equal(numbers)),
                Level(label="one has more", sql=f"{shared} = least(len({left}), len({right}))"),
                Level(label="some numbers", sql=f"{shared} > 0"),
                other_level("different numbers"),
            ),
        ),
        Comparison(
            name=f"{name}_parts",
            is_hard=True,
            supposed=(15.0, 3.0, 2.0),
            levels=(
                Level(
                    label="a rare part code in both",
                    sql=f"list_has_any({rare_l}, {all_r}) or list_has_any({all_l}, {rare_r})",
                ),
                null_level(f"coalesce(len({parts_l}), 0) = 0 or coalesce(len({parts_r}), 0) = 0"),
                Level(label="one part code begins with the other", sql=begins),
                other_level("other part codes"),
            ),
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
