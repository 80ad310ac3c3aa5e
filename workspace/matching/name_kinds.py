"""Kinds of fields: names of companies and of persons.

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
