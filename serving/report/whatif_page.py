"""The page of what a candidate would change: who moves, and what that asks of stock."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import altair as alt

from serving.diff import SchemeDifference
from serving.release_reader import Manifest
from serving.report.render import render_page
from serving.report.section import Chart, Column, Section, Table
from serving.report.sections.changes import moves_map
from serving.report.sections.headline import Headline, Tile
from serving.report.theme import BLUE, ORANGE, plot, specification
from serving.whatif import CellChange, WhatIf
from serving.wording import MINUS, amount, counted, share, shown

LISTED = 25
ROW_HEIGHT = 34  # two bars and the space between them


def whatif_page(changed: WhatIf, manifest: Manifest) -> str:
    """Return the page as HTML that asks the network for nothing."""
    top = Headline(
        company=manifest.company,
        as_of=shown(manifest.as_of_date),
        release_id=manifest.release_id,
        previous_release_id=manifest.previous_release_id,
        tiles=_tiles(changed),
        attention=(),
    )
    return render_page("whatif.html.j2", top, [_moves(changed), _stock(changed)])


def _tiles(changed: WhatIf) -> tuple[Tile, ...]:
    units = {move.unit_id: move for scheme in changed.schemes for move in scheme.moves}
    at_stake = sum((move.value_at_stake_amount or 0 for move in units.values()), Decimal(0))
    total, currency = changed.total, changed.currency
    stocks = (
        ("Safety stock", total.safety_stock_before_amount, total.safety_stock_after_amount),
        ("Policy stock", total.policy_stock_before_amount, total.policy_stock_after_amount),
    )
    return (
        Tile(name="Units that move", value=f"{len(units):,}", context="in a scheme or more"),
        Tile(
            name=f"Value at stake, {currency}", value=amount(at_stake), context="of units that move"
        ),
        Tile(
            name="Items with a policy",
            value=f"{total.items_after:,}",
            context=f"{total.items_before:,} as published",
        ),
        *(
            Tile(
                name=f"{name}, {currency}",
                value=amount(after),
                context=f"{amount(before)} as published",
                change=_signed(after - before),
            )
            for name, before, after in stocks
        ),
        Tile(
            name="Below the reorder point",
            value=f"{total.below_after:,}",
            context=f"{total.below_before:,} as published",
        ),
    )


def _signed(difference: Decimal) -> str:
    if round(difference) == 0:
        return "unchanged"
    return f"{'+' if difference > 0 else MINUS}{amount(abs(difference))}"


def _moves(changed: WhatIf) -> Section:
    moved = {scheme.scheme_id for scheme in changed.schemes}
    files = ", ".join(changed.files)
    return Section(
        section_id="moves",
        title="Who would move",
        lead=f"With {files}. A row is the segment as published, a column that of the candidate; "
        "“(none)” stands for a scheme that only one of the two has.",
        charts=tuple(_moves_chart(changed, scheme) for scheme in changed.schemes),
        charts_across=2,
        notes=tuple(
            f"{name}: nobody moves." for name in sorted(changed.units) if name not in moved
        ),
        folded=tuple(_movers(scheme, changed.currency) for scheme in changed.schemes),
    )


def _moves_chart(changed: WhatIf, scheme: SchemeDifference) -> Chart:
    rows: list[dict[str, Any]] = [
        {
            "from_segment_id": left,
            "to_segment_id": right,
            "unit_count": count,
            "value_at_stake": float(value),
        }
        for (left, right), (count, value) in sorted(scheme.pairs.items())
    ]
    every = changed.units.get(scheme.scheme_id, len(scheme.moves))
    value = sum(row["value_at_stake"] for row in rows)
    title = f"{scheme.scheme_id}: {len(scheme.moves):,} of {counted(every, 'unit')} "
    title += f"({share(len(scheme.moves) / every)})" if every else ""
    return Chart(
        chart_id=f"moves-{scheme.scheme_id}",
        title=title,
        description=f"Units that would move, worth {amount(value, changed.currency)} at stake.",
        specification=moves_map(rows),
        table=Table(
            caption=title,
            columns=(
                Column(title="As published"),
                Column(title="Candidate"),
                Column(title="Units", kind="count"),
                Column(title=f"Value at stake, {changed.currency}", kind="amount"),
            ),
            rows=[tuple(row.values()) for row in rows],
        ),
    )


def _movers(scheme: SchemeDifference, currency: str) -> Table:
    listed = scheme.moves[:LISTED]
    return Table(
        caption=f"{scheme.scheme_id}: {len(listed)} of {len(scheme.moves):,} moves, most at stake "
        "first",
        columns=(
            Column(title="Unit", kind="code"),
            Column(title="As published"),
            Column(title="Candidate"),
            Column(title=f"Value at stake, {currency}", kind="amount"),
        ),
        rows=[
            (move.unit, move.from_segment_id, move.to_segment_id, move.value_at_stake_amount)
            for move in listed
        ],
    )


def _stock(changed: WhatIf) -> Section:
    total = changed.total
    before, after = total.policy_stock_before_amount, total.policy_stock_after_amount
    return Section(
        section_id="stock",
        title="What the policy would ask for",
        lead=f"Policy stock of {amount(after, changed.currency)} in place of "
        f"{amount(before, changed.currency)} as published.",
        charts=(_stock_chart(changed),) if changed.cells else (),
    )


def _stock_chart(changed: WhatIf) -> Chart:
    total = changed.total
    difference = total.policy_stock_after_amount - total.policy_stock_before_amount
    rows = [row for cell in changed.cells for row in _bars(cell)]
    bars = plot("cells").mark_bar().encode(
        y=alt.Y("cell:N", title=None, sort=None),
        yOffset=alt.YOffset("of:N", sort=None),
        x=alt.X("amount:Q", title=f"policy stock, {changed.currency}", axis=alt.Axis(format="~s")),
        color=alt.Color(
            "of:N",
            title=None,
            sort=None,
            scale=alt.Scale(domain=["as published", "candidate"], range=[BLUE, ORANGE]),
        ),
        tooltip=[
            alt.Tooltip("cell:N", title="Cell"),
            alt.Tooltip("of:N", title="Of"),
            alt.Tooltip("amount:Q", title="Policy stock", format=",.0f"),
            alt.Tooltip("items:Q", title="Items", format=","),
        ],
    )  # fmt: skip
    return Chart(
        chart_id="stock-cells",
        title=f"Policy stock changes by {_signed(difference)} {changed.currency}",
        description="Safety stock and half of an order, at cost, by cell of the policy.",
        specification=specification(
            bars, height=ROW_HEIGHT * len(changed.cells), data={"cells": rows}
        ),
        table=_stock_table(changed.cells, changed.currency),
    )


def _bars(cell: CellChange) -> list[dict[str, Any]]:
    sides = (
        ("as published", cell.items_before, cell.policy_stock_before_amount),
        ("candidate", cell.items_after, cell.policy_stock_after_amount),
    )
    return [
        {"cell": cell.segment_id, "of": of, "items": items, "amount": float(value)}
        for of, items, value in sides
    ]


def _stock_table(cells: Sequence[CellChange], currency: str) -> Table:
    return Table(
        caption="Stock by cell, as published and by the candidate",
        columns=(
            Column(title="Cell"),
            Column(title="Items", kind="count"),
            Column(title="Then", kind="count"),
            Column(title=f"Safety stock, {currency}", kind="amount"),
            Column(title="Then", kind="amount"),
            Column(title=f"Policy stock, {currency}", kind="amount"),
            Column(title="Then", kind="amount"),
        ),
        rows=[
            (
                cell.segment_id,
                cell.items_before,
                cell.items_after,
                cell.safety_stock_before_amount,
                cell.safety_stock_after_amount,
                cell.policy_stock_before_amount,
                cell.policy_stock_after_amount,
            )
            for cell in cells
        ],
    )
