"""The cells of a matrix scheme, seen by number of items, by value and by stock."""

from __future__ import annotations

from typing import Any

import altair as alt

from serving.report.section import Chart, Column, Release, Section, Table
from serving.report.theme import heat_map, side_axis
from serving.schemes import ITEM, Scheme, schemes
from serving.wording import amount, counted, share

CELLS = """
select segment_id, row_segment_id, column_segment_id, item_count,
    cast(value_12m_amount as double) as value_12m,
    cast(stock_value_amount as double) as stock_value
from segment_matrix
where scheme_id = ?
order by segment_id
"""
CONFLICTS = """
select row_segment_id, column_segment_id, segment_id, is_conflict, unit_count as units,
    cast(value_at_stake_amount as double) as at_stake
from segment_conflict
where scheme_id = ?
order by at_stake desc, row_segment_id, column_segment_id, segment_id
"""
VIEWS = (("item_count", "items"), ("value_12m", "12-month revenue"), ("stock_value", "stock value"))
Row = dict[str, Any]


def cells(release: Release) -> list[Section]:
    """Return one section for each matrix scheme."""
    known = {scheme.scheme_id: scheme for scheme in schemes(release.now)}
    return [
        _section(release, scheme, known) for scheme in known.values() if scheme.kind == "matrix"
    ]


def _section(release: Release, scheme: Scheme, known: dict[str, Scheme]) -> Section:
    rows = release.now.rows(CELLS, [scheme.scheme_id])
    currency = release.now.manifest.currency
    if "resolve" in scheme.method or len(scheme.axes) > 2:
        return _listed(release, scheme, rows, currency)
    orders = (known[scheme.axes[0]].segments, known[scheme.axes[1]].segments)
    inside = [
        row
        for row in rows
        if row["row_segment_id"] in orders[0] and row["column_segment_id"] in orders[1]
    ]
    outside = [row for row in rows if row not in inside]
    return Section(
        section_id=f"cells-{scheme.scheme_id}",
        title=scheme.title,
        lead="The same cells three ways: where the items are, where the revenue is, and where the "
        "stock lies. Shares are of all items, those outside the matrix included.",
        charts=tuple(
            _chart(scheme, view, rows, inside, orders, currency) for view in VIEWS if inside
        ),
        charts_across=3,
        notes=tuple(
            f"Outside the matrix, {row['segment_id']}: {counted(row['item_count'], scheme.noun)}, "
            f"stock {amount(row['stock_value'], currency)}."
            for row in outside
        ),
        folded=(_table(scheme, rows, currency),),
    )


def _listed(release: Release, scheme: Scheme, rows: list[Row], currency: str) -> Section:
    """Return the section of a matrix that no map shows: its cells, and its conflicts."""
    pairs = release.now.rows(CONFLICTS, [scheme.scheme_id]) if "resolve" in scheme.method else []
    units = sum(pair["units"] for pair in pairs)
    disagreed = sum(pair["units"] for pair in pairs if pair["is_conflict"])
    said = (
        f"Of {counted(units, scheme.noun)}, {share(disagreed / units)} have sides that disagree; "
        f"the rule of the scheme decided each of them."
        if units
        else f"{counted(sum(row['item_count'] for row in rows), scheme.noun)} "
        f"in {counted(len(rows), 'cell')}."
    )
    combined = Table(
        caption=f"What the sides of {scheme.title} say, and what follows",
        columns=(
            *(Column(title=axis) for axis in scheme.axes),
            Column(title="Class"),
            Column(title="Disagree"),
            Column(title=f"{scheme.noun.capitalize()}s", kind="count"),
            Column(title=f"At stake, {currency}", kind="amount"),
        ),
        rows=[
            (
                *(pair[name] for name in ("row_segment_id", "column_segment_id", "segment_id")),
                "yes" if pair["is_conflict"] else "no",
                pair["units"],
                pair["at_stake"],
            )
            for pair in pairs
        ],
    )
    return Section(
        section_id=f"cells-{scheme.scheme_id}",
        title=scheme.title,
        lead=said,
        folded=(*([combined] if pairs else []), _table(scheme, rows, currency)),
    )


def _chart(
    scheme: Scheme,
    view: tuple[str, str],
    rows: list[Row],
    inside: list[Row],
    orders: tuple[list[str], list[str]],
    currency: str,
) -> Chart:
    column, noun = view
    total = sum(row[column] for row in rows)
    largest = max(inside, key=lambda row: row[column])
    unit = "" if column == "item_count" else f", {currency}"
    shaded = [_cell(row, column, total=total, most=largest[column]) for row in inside]
    held = share(largest[column] / total if total else 0)
    return Chart(
        chart_id=f"cells-{scheme.scheme_id}-{column}",
        title=f"{largest['segment_id']} holds {held} of {noun}",
        description=f"{noun.capitalize()}{unit} by cell, and the share of "
        f"{_short(total, column)} in all.",
        specification=_map(shaded, orders),
        table=Table(
            caption=f"{noun}{unit} by cell",
            columns=(
                Column(title="Cell"),
                Column(title=noun.capitalize() + unit, kind="amount"),
                Column(title="Share", kind="share"),
            ),
            rows=[(cell["cell"], cell["value"], cell["share"]) for cell in shaded],
        ),
    )


def _cell(row: Row, column: str, *, total: float, most: float) -> Row:
    """Return what the heat map needs of one cell; the darkest is the one with the most."""
    value = row[column]
    part = value / total if total else 0.0
    return {
        "row": row["row_segment_id"],
        "column": row["column_segment_id"],
        "cell": row["segment_id"],
        "value": value,
        "share": part,
        "shade": max(value, 0) / most if most > 0 else 0.0,
        "label": f"{_short(value, column)}\n{share(part)}",
    }


def _short(value: float, column: str) -> str:
    return f"{value:,}" if column == "item_count" else amount(value)


def _map(labelled: list[Row], orders: tuple[list[str], list[str]]) -> dict[str, Any]:
    return heat_map(
        labelled,
        row=alt.Y(
            "row:N",
            sort=orders[0],
            scale=alt.Scale(domain=orders[0]),
            title=None,
            axis=side_axis("left"),
        ),
        column=alt.X(
            "column:N",
            sort=orders[1],
            scale=alt.Scale(domain=orders[1]),
            title=None,
            axis=side_axis("top"),
        ),
        tooltip=[
            alt.Tooltip("cell:N", title="Cell"),
            alt.Tooltip("value:Q", title="Value", format=",.0f"),
            alt.Tooltip("share:Q", title="Share", format=".1%"),
        ],
        height=64 * len(orders[0]),
    )


def _table(scheme: Scheme, rows: list[Row], currency: str) -> Table:
    has_stock = scheme.unit == ITEM  # of other units nothing is in stock
    return Table(
        caption=f"All cells of {scheme.title}",
        columns=(
            Column(title="Class" if "resolve" in scheme.method else "Cell"),
            Column(title=f"{scheme.noun.capitalize()}s", kind="count"),
            Column(title=f"12-month revenue, {currency}", kind="amount"),
            *([Column(title=f"Stock value, {currency}", kind="amount")] if has_stock else []),
        ),
        rows=[
            (row["segment_id"], row["item_count"], row["value_12m"], row["stock_value"])[
                : 3 + has_stock
            ]
            for row in rows
        ],
    )
