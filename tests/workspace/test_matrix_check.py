"""What is refused of a matrix: parts that are none, names that say two things, classes unknown."""

from __future__ import annotations

import pytest

from tests.workspace.small_company import Company
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.schemes import segments_of

SCHEME = """\
scheme: {name}
title: {name}
description: Classes.
owner: planning
unit: {unit}
method: {{kind: thresholds, column: margin_12m_amount, cuts: {{{low}: 10}}, last: {high}}}
"""
MATRIX = """\
scheme: cells
title: Cells
description: Joined.
owner: planning
unit: {unit}
method: {method}
"""
PARENTS = {
    "buyers": ("customer", "C", "A"),
    "goods": ("product", "B", "A"),
    "items": ("product_site", "X", "Y"),
    "ways": ("channel", "AB", "B"),
    "lanes": ("flow", "AA", "A"),
}


def faults(company: Company, method: str, unit: str = "customer_product") -> list[str]:
    """Return what is said of a matrix with this method."""
    for name, (of, low, high) in PARENTS.items():
        text = SCHEME.format(name=name, unit=of, low=low, high=high)
        company = company.configure(f"segmentation/{name}.yml", text=text)
    text = MATRIX.format(unit=unit, method=method)
    try:
        check_workspace(company.configure("segmentation/cells.yml", text=text).open())
    except ConfigurationErrors as found:
        return [f"{error.place.rpartition('/')[2]} {error.cause}" for error in found.errors]
    return []


def test_a_matrix_joins_schemes_of_the_parts_of_its_unit(company: Company) -> None:
    assert faults(company, "{kind: matrix, rows: buyers, columns: goods}") == []
    assert faults(company, "{kind: matrix, rows: buyers, columns: lanes}", "flow") == []


def test_a_customer_has_the_channel_it_buys_by(company: Company) -> None:
    assert faults(company, "{kind: matrix, rows: buyers, columns: ways}", "customer") == []


@pytest.mark.parametrize(
    ("unit", "method", "said"),
    [
        (
            "customer_product",
            "{kind: matrix, rows: buyers, columns: items}",
            "cells.yml:6:38 `items` classifies a product at a site, which is no part of a product "
            "for a customer.",
        ),
        (
            "product",
            "{kind: matrix, axes: [goods, ways]}",
            "cells.yml:6:38 `ways` classifies a sales channel, which is no part of a product.",
        ),
    ],
)
def test_a_scheme_of_units_that_are_no_part_is_refused(
    company: Company, unit: str, method: str, said: str
) -> None:
    assert faults(company, method, unit) == [said]


def test_two_cells_of_one_name_are_refused_and_a_separator_parts_them(company: Company) -> None:
    axes = "axes: [lanes, ways]"
    assert faults(company, f"{{kind: matrix, {axes}}}", "flow") == [
        "cells.yml:6:1 Two cells have one name: AAB is AA with B and A with AB. "
        "A `separator` parts them."
    ]
    assert faults(company, f"{{kind: matrix, {axes}, separator: _}}", "flow") == []


def test_a_rule_for_conflicts_orders_every_class(company: Company) -> None:
    joined = "rows: buyers, columns: goods, resolve: {classes: [%s], wins: lower}"
    assert faults(company, f"{{kind: matrix, {joined % 'A, B, C'}}}") == []
    assert faults(company, f"{{kind: matrix, {joined % 'A, C'}}}") == [
        "cells.yml:6:38 `goods` gives B, which `resolve` does not order."
    ]


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("{kind: matrix, rows: buyers}", "give `rows` and `columns`, or `axes`"),
        ("{kind: matrix, rows: goods, axes: [buyers, goods]}", "give either"),
        ("{kind: matrix, axes: [buyers, buyers]}", "a scheme is an axis twice"),
        (
            "{kind: matrix, axes: [buyers, goods, ways], resolve: {classes: [A, B], wins: rows}}",
            "`resolve` is for two axes",
        ),
        (
            "{kind: matrix, axes: [buyers, goods], resolve: {classes: [A, A], wins: rows}}",
            "a class is named twice",
        ),
    ],
)
def test_a_matrix_that_contradicts_itself_is_refused(
    company: Company, method: str, said: str
) -> None:
    (fault,) = faults(company, method)
    assert said in fault


def test_a_class_that_a_first_rule_gives_is_a_class_of_the_matrix(company: Company) -> None:
    big = "{rule: big, segment: A, when: margin_12m_amount > 99}"
    first = f"first: [{big}, {{rule: late, segment: new, when: recency_days < 9}}]\n"
    for name, (of, low, high) in PARENTS.items():
        text = SCHEME.format(name=name, unit=of, low=low, high=high)
        company = company.configure(f"segmentation/{name}.yml", text=text + first)
    text = MATRIX.format(unit="customer_product", method="{kind: matrix, axes: [buyers, goods]}")
    workspace = company.configure("segmentation/cells.yml", text=text).open()
    assert segments_of(workspace, "cells") == ["AA", "AB", "CA", "CB", "new"]
