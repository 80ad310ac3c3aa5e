"""The kinds of fields, part two: identifiers, places, dates, amounts and codes."""

from __future__ import annotations

from workspace.matching import normalise
from workspace.matching.shape import (
    Comparison,
    Key,
    Level,
    Shape,
    absent,
    equal,
    likeness,
    null_level,
    one_slip,
    other_level,
    pair,
)

_STREET_WORDS = (
    (("street", "st", "str", "strasse", "straat", "strase"), "st"),
    (("avenue", "av", "ave"), "ave"),
    (("road", "rd"), "rd"),
    (("drive", "dr"), "dr"),
    (("place", "pl", "plaza", "platz"), "pl"),
    (("court", "ct", "crt"), "ct"),
    (("boulevard", "blvd", "bd"), "blvd"),
    (("lane", "ln"), "ln"),
    (("crescent", "cres", "cr"), "cres"),
    (("parkway", "pkwy"), "pkwy"),
    (("highway", "hwy"), "hwy"),
    (("north", "n"), "n"),
    (("south", "s"), "s"),
    (("east", "e"), "e"),
    (("west", "w"), "w"),
)


def identifier(
    name: str, text: str, *, scope: str | None = None, is_valid: str | None = None
) -> Shape:
    """A number that one thing has: tax number, DUNS, GTIN.

    Numbers of different scopes (countries, manufacturers) say nothing about each other. A number
    whose check digit is false is weaker evidence, contradicts less and links nothing by itself.
    """
    value, valid = f"{name}_value", f"{name}_is_valid"
    scoped = f"{name}_scope"
    left, right = pair(valid)
    unknown = absent(value)
    if scope:
        unknown += f" or {pair(scoped)[0]} <> {pair(scoped)[1]}"
    return Shape(
        columns=(
            (value, normalise.alphanumeric(text)),
            (scoped, normalise.alphanumeric(scope) if scope else "cast(null as varchar)"),
            (valid, f"coalesce({is_valid}, false)" if is_valid else "true"),
            (
                f"{name}_key",
                f"case when {valid} then "
                + (f"coalesce({scoped}, '') || '|' || {value}" if scope else value)
                + " end",
            ),
        ),
        placeholder=value,
        identifier=f"{name}_key",
        comparisons=(
            Comparison(
                name=name,
                is_hard=True,
                supposed=(18.0, 0.5, 0.5, 0.5, 0.5),
                levels=(
                    null_level(unknown),
                    Level(label="same", sql=f"{equal(value)} and {left} and {right}"),
                    Level(label="same, check digit false", sql=equal(value), half_of_exact=True),
                    Level(label="one slip", sql=one_slip(value)),
                    Level(
                        label="different, a check digit is false",
                        sql=f"not {left} or not {right}",
                    ),
                    other_level(),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"[{value}]", says=(name,), is_strong=True),),
    )


def part_number(name: str, text: str, *, scope: str | None = None) -> Shape:
    """A manufacturer's number: an exact key within the manufacturer, else likeness."""
    value, scoped = f"{name}_value", f"{name}_scope"
    left, right = pair(value)
    within = (
        f"(least(length({left}), length({right})) >= 5 "
        f"and (starts_with({left}, {right}) or starts_with({right}, {left})))"
    )
    return Shape(
        columns=(
            (value, normalise.alphanumeric(text)),
            (scoped, normalise.alphanumeric(scope) if scope else "cast(null as varchar)"),
            (f"{name}_key", f"{scoped} || '|' || {value}" if scope else value),
        ),
        placeholder=value,
        identifier=f"{name}_key",
        comparisons=(
            Comparison(
                name=name,
                is_hard=True,
                supposed=(16.0, 2.0, 1.0, 1.0),
                levels=(
                    null_level(absent(value)),
                    Level(label="same", sql=equal(value)),
                    Level(label="one begins with the other", sql=within),
                    Level(label="one slip", sql=one_slip(value)),
                    other_level(),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"[{value}]", says=(name,), is_strong=True),),
    )


def phone(name: str, text: str) -> Shape:
    """A telephone number, by its last nine digits: country and trunk prefixes are left out."""
    value = f"{name}_value"
    short_l, short_r = (f"right({side}, 7)" for side in pair(value))
    return Shape(
        columns=((value, f"right({normalise.digits(text)}, 9)"),),
        placeholder=value,
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(value)),
                    Level(label="same", sql=equal(value)),
                    Level(label="same last seven digits", sql=f"{short_l} = {short_r}"),
                    Level(label="one slip", sql=one_slip(value)),
                    other_level(),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"[right({value}, 7)]", says=(name,), is_strong=True),),
    )


def city(name: str, text: str) -> Shape:
    """A town, by its words."""
    value = f"{name}_value"
    left, right = pair(value)
    return Shape(
        columns=((value, normalise.words(text)),),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(value)),
                    Level(label="same", sql=equal(value), frequency=value),
                    Level(
                        label="alike",
                        sql=f"{likeness(value, 0.9)} or contains({left}, {right}) "
                        f"or contains({right}, {left})",
                        frequency=value,
                    ),
                    other_level(),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"[{value}]", says=(name,), is_alone=False),),
    )


def postal_code(name: str, text: str) -> Shape:
    """A postal code."""
    value = f"{name}_value"
    area_l, area_r = (f"left({side}, 3)" for side in pair(value))
    return Shape(
        columns=((value, normalise.alphanumeric(text)),),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(value)),
                    Level(label="same", sql=equal(value), frequency=value),
                    Level(label="one slip", sql=one_slip(value)),
                    Level(label="same area", sql=f"{area_l} = {area_r}"),
                    other_level(),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"[{value}]", says=(name,)),),
    )


def street(name: str, text: str, number: str | None = None) -> Shape:
    """A street and house number; the number may stand in a column of its own."""
    whole, house, road = f"{name}_whole", f"{name}_house", f"{name}_road"
    both = f"concat_ws(' ', {number}, {text})" if number else text
    cases = " ".join(
        f"when w in ({', '.join(repr(word) for word in spelt)}) then '{short}'"
        for spelt, short in _STREET_WORDS
    )
    house_l, house_r = pair(house)
    return Shape(
        columns=(
            (f"{name}_all", f"string_split({normalise.words(both)}, ' ')"),
            (f"{name}_short", f"list_transform({name}_all, lambda w: case {cases} else w end)"),
            (house, f"list_filter({name}_all, lambda w: regexp_matches(w, '^[0-9]'))[1]"),
            (
                road,
                normalise.joined(
                    f"list_filter({name}_short, lambda w: not regexp_matches(w, '^[0-9]'))", " "
                ),
            ),
            (whole, f"nullif(concat_ws(' ', {house}, {road}), '')"),
        ),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(whole)),
                    Level(label="same address", sql=equal(whole), frequency=whole),
                    Level(
                        label="same number, street alike",
                        sql=f"{house_l} = {house_r} and {likeness(road, 0.85)}",
                    ),
                    Level(
                        label="street alike, a number missing",
                        sql=f"({house_l} is null or {house_r} is null) and {likeness(road, 0.92)}",
                    ),
                    Level(label="same street", sql=likeness(road, 0.92)),
                    Level(label="same number", sql=f"{house_l} = {house_r}"),
                    other_level(),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"[{whole}]", says=(name,)),),
    )


def date(name: str, text: str) -> Shape:
    """A day, as year, month and day in digits."""
    value = f"{name}_value"
    left, right = pair(value)
    swapped = f"{left}[1:4] || {left}[7:8] || {left}[5:6] = {right}"
    return Shape(
        columns=((value, f"{normalise.digits(text)}[1:8]"),),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(value)),
                    Level(label="same day", sql=equal(value)),
                    Level(label="one slip", sql=f"{one_slip(value)} or {swapped}"),
                    Level(label="same month", sql=f"{left}[1:6] = {right}[1:6]"),
                    Level(label="same year", sql=f"{left}[1:4] = {right}[1:4]"),
                    other_level(),
                ),
            ),
        ),
        keys=(Key(name=name, sql=f"[{value}]", says=(name,)),),
    )


def amount(name: str, text: str) -> Shape:
    """A price or another positive quantity, compared by ratio."""
    value = f"{name}_value"
    left, right = pair(value)
    plain = f"regexp_replace(cast({text} as varchar), '[^0-9.]+', '', 'g')"
    ratio = f"greatest({left}, {right}) / least({left}, {right})"
    return Shape(
        columns=((value, f"nullif(abs(try_cast({plain} as double)), 0)"),),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(value)),
                    *(
                        Level(label=f"within {limit - 1:.0%}", sql=f"{ratio} <= {limit}")
                        for limit in (1.01, 1.1, 1.3, 2)
                    ),
                    other_level(),
                ),
            ),
        ),
    )


def code(name: str, text: str) -> Shape:
    """A word of a list, such as a country or a class: the same or not."""
    value = f"{name}_value"
    return Shape(
        columns=((value, normalise.alphanumeric(text)),),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(absent(value)),
                    Level(label="same", sql=equal(value), frequency=value),
                    other_level(),
                ),
            ),
        ),
    )
