"""Kinds of fields: towns, postal codes, streets, and words of a list."""

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


def town_of_country(name: str, town: str, country: str) -> Shape:
    """A town and its country, as one piece of evidence.

    As two they would count the country twice: two records of one town are of one country.
    """
    value, only, land = f"{name}_value", f"{name}_town", f"{name}_country"
    left, right = pair(only)
    return Shape(
        columns=(
            (only, normalise.words(town)),
            (land, normalise.alphanumeric(country)),
            (value, f"case when {only} is not null then concat_ws(' ', {only}, {land}) end"),
        ),
        comparisons=(
            Comparison(
                name=name,
                levels=(
                    null_level(f"({absent(value)}) and ({absent(land)})"),
                    Level(label="same", sql=equal(value), frequency=value),
                    Level(
                        label="alike",
                        sql=f"coalesce({equal(land)}, true) and ({likeness(only, 0.9)} "
                        f"or contains({left}, {right}) or contains({right}, {left}))",
                        frequency=value,
                    ),
                    Level(label="same country", sql=equal(land), frequency=land),
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
        comparisons=(_street_comparison(name, whole, house, road),),
        keys=(Key(name=name, sql=f"[{whole}]", says=(name,)),),
    )


def _street_comparison(name: str, whole: str, house: str, road: str) -> Comparison:
    house_l, house_r = pair(house)
    return Comparison(
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
