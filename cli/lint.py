"""lint: what is wrong with the rules of schemes, proven on all their inputs, and decision cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from cli.options import DEFAULT_WORKSPACE, Json, Workspace

if TYPE_CHECKING:
    from workspace.errors import TierwiseError
    from workspace.folder import Workspace as Company
    from workspace.rule_lint import Placed


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(lint)


def lint(workspace: Workspace = DEFAULT_WORKSPACE, json: Json = False) -> None:
    """List what is wrong with the rules of all schemes, each with a row that shows it.

    What `tierwise check` refuses is marked so. Conditions that cannot be read are its errors. The
    decision cases of segmentation/cases.yml are run: where one does not come true, the status is 2.
    """
    from cli.outcome import emit, reported
    from workspace.errors import Exit

    with reported(as_json=json):
        from workspace.folder import open_workspace
        from workspace.rule_check import check_conditions
        from workspace.rule_lint import lint_schemes

        folder = open_workspace(workspace)
        check_conditions(folder)
        found = lint_schemes(folder)
        failed = _failed_cases(folder)
        cases = len(folder.edge_cases.cases.cases)
        rows = [*map(_row, found), *(case.as_json() for case in failed)]
        emit(rows, as_json=json, text=lambda: _listed(found, failed, cases))
        if failed:
            raise typer.Exit(int(Exit.CONFIGURATION))


def _failed_cases(company: Company) -> list[TierwiseError]:
    """Run the decision cases, if there are any; raises ConfigurationErrors for faults of a file."""
    if not company.edge_cases.cases.cases:
        return []
    from orchestration.edge_cases.cases import failed_cases
    from workspace.edge_case_check import check_edge_cases
    from workspace.errors import ConfigurationErrors

    if faults := check_edge_cases(company):
        raise ConfigurationErrors(faults)
    return list(failed_cases(company))


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


def _listed(found: list[Placed], failed: list[TierwiseError], cases: int) -> str:
    """Return two lines for each finding and case that fails, and how many cases come true."""
    lines = []
    for placed in found:
        marks = ["refused"] if placed.finding.is_refused else []
        marks += [] if placed.finding.is_proven else ["not proven"]
        mark = f"  ({', '.join(marks)})" if marks else ""
        lines += [f"{placed.finding.code}  {placed.place}{mark}", f"  {placed.sentence}"]
    lines = lines or ["Nothing is wrong with the rules."]
    for case in failed:
        lines += [f"{case.code}  {case.place}", f"  {case.cause}"]
    if cases:
        lines.append(f"{cases - len(failed)} of {cases} decision cases come true.")
    return "\n".join(lines)
