"""lint: what is wrong with the rules of schemes, proven on all their inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.options import DEFAULT_WORKSPACE, Json, Workspace

if TYPE_CHECKING:
    from workspace.rule_lint import Placed


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(lint)


def lint(workspace: Workspace = DEFAULT_WORKSPACE, json: Json = False) -> None:
    """List what is wrong with the rules of all schemes, each with a row that shows it.

    What `tierwise check` refuses is marked so. Conditions that cannot be read are its errors.
    """
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import open_workspace
        from workspace.rule_check import check_conditions
        from workspace.rule_lint import lint_schemes

        folder = open_workspace(workspace)
        check_conditions(folder)
        found = lint_schemes(folder)
        emit([_row(placed) for placed in found], as_json=json, text=lambda: _listed(found))


def _row(placed: Placed) -> dict[str, object]:
    finding = placed.finding
    return {
        "scheme_id": placed.scheme_id,
        "code": finding.code.value,
        "place": placed.place,
        "rules": list(finding.rules),
        "detail": finding.detail,
        "witness": dict(finding.witness),
        "is_proven": finding.is_proven,
        "is_refused": finding.is_refused,
    }


def _listed(found: list[Placed]) -> str:
    """Return two lines for each finding."""
    lines = []
    for placed in found:
        marks = ["refused"] if placed.finding.is_refused else []
        marks += [] if placed.finding.is_proven else ["not proven"]
        mark = f"  ({', '.join(marks)})" if marks else ""
        lines += [f"{placed.finding.code}  {placed.place}{mark}", f"  {placed.sentence}"]
    return "\n".join(lines) or "Nothing is wrong with the rules."
