"""The corporate plan: each aim, what segments have brought, and what no segment is asked for."""

from __future__ import annotations

from typing import Any

from serving.plan import Plan, plan
from serving.report.section import Column, Release, Section, Table
from serving.wording import counted

Row = dict[str, Any]


def corporate_plan(release: Release) -> Section | None:
    """Return the aims and the parts of segments; None where strategy.yml states no aim."""
    if "plan_aim" not in release.now.columns:
        return None
    found = plan(release.now)
    if not found.aims:
        return None
    return Section(
        section_id="plan",
        title="The corporate plan",
        lead=_said(found),
        tables=(_aims(found),),
        folded=(_parts(found),),
    )


def _said(found: Plan) -> str:
    """Return whether parts add up, and who has signed."""
    first = found.aims[0]
    open_aims = [str(aim["title"]) for aim in found.aims if not aim["is_reconciled"]]
    added = (
        f"Parts of segments do not add up to: {', '.join(open_aims)}."
        if open_aims
        else "The parts of segments add up to every aim."
    )
    signed = first["signed_by"] or "nobody"
    return f"{counted(len(found.aims), 'aim')}. {added} Signed by {signed}."


def _aims(found: Plan) -> Table:
    columns = (
        *("baseline_amount", "actual_amount", "projected_amount", "target_amount"),
        "gap_amount",
    )
    return Table(
        caption=f"Aims, in {found.currency} where they are amounts",
        columns=(
            Column(title="Aim"),
            Column(title="Measured by"),
            Column(title="Baseline", kind="amount"),
            Column(title="Last 12 months", kind="amount"),
            Column(title="At the pace of a quarter", kind="amount"),
            Column(title="Target", kind="amount"),
            Column(title="Asked of nobody", kind="amount"),
        ),
        rows=[
            (aim["title"], _words(aim["metric"]), *(aim[column] for column in columns))
            for aim in found.aims
        ],
    )


def _parts(found: Plan) -> Table:
    titles = {aim["aim"]: aim["title"] for aim in found.aims}
    columns = ("actual_amount", "projected_amount", "target_amount", "change_amount")
    return Table(
        caption="Aims by segment",
        columns=(
            Column(title="Aim"),
            Column(title="Segment"),
            Column(title="Last 12 months", kind="amount"),
            Column(title="At the pace of a quarter", kind="amount"),
            Column(title="Target", kind="amount"),
            Column(title="Still to come", kind="amount"),
        ),
        rows=[
            (titles[part["aim"]], part["segment_id"], *(part[column] for column in columns))
            for part in found.parts
        ],
    )


def _words(metric: str) -> str:
    return metric.replace("_", " ")
