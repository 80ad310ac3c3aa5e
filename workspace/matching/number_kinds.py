"""Kinds of fields: identifiers, part numbers, telephone numbers, days and amounts."""

from __future__ import annotations

from workspace.matching import normalise
from workspace.matching.shape import (
    Comparison,
    Key,
    Level,
    Shape,
    absent,
    equal,
    null_level,
    one_slip,
    other_level,
    pair,
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
        comparisons=(_identifier_comparison(name, value, valid, unknown),),
        keys=(Key(name=name, sql=f"[{value}]", says=(name,), is_strong=True),),
    )


def _identifier_comparison(name: str, value: str, valid: str, unknown: str) -> Comparison:
    """Return the levels of two numbers, unless they are `unknown` to each other."""
    left, right = pair(valid)
    return Comparison(
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
