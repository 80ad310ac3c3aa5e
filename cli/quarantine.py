"""quarantine list, quarantine show: the records that were not loaded, and why."""

from __future__ import annotations

import shutil
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import decide
from cli.options import DEFAULT_WORKSPACE, Build, Csv, Json, ReleaseName, Workspace, record_named
from cli.outcome import printable

if TYPE_CHECKING:
    from serving.quarantine import Quarantine
    from workspace.ledger.row_decisions import RowDecision

group = typer.Typer(help="Records that were held back.", no_args_is_help=True)
NARROWEST = 100


def register(app: typer.Typer) -> None:
    """Add the commands of this file, and those that decide."""
    decide.register(group)
    app.add_typer(group, name="quarantine")


@group.command("list")
def list_records(
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    build: Build = False,
    system: Annotated[str | None, typer.Option("--system", help="Only of this system.")] = None,
    extract: Annotated[str | None, typer.Option("--extract", help="Only this extract.")] = None,
    code: Annotated[str | None, typer.Option("--code", help="Only this cause.")] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--since", formats=["%Y-%m-%d"], help="Only what releases before this day did not have."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most records shown.")] = 50,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Count the records in quarantine by cause, and list them; as CSV all, with their text."""
    from cli.outcome import emit, emit_csv, reported

    if json and csv:
        raise typer.BadParameter("Give --json or --csv, not both.")
    with reported(as_json=json):
        from workspace.folder import Folder

        found = _read(workspace, release, of_build=build)
        found = found.only(system=system, extract=extract, code=code)
        if since is not None:
            found = found.since(Folder(root=workspace), since.date())
        if csv:
            emit_csv(found.rows)
            return
        rows = _with_decisions(workspace, found.rows.head(limit).drop("raw_text").to_dicts())
        document = {"quarantine_of": found.name, "counts": found.counts(), "records": rows}
        emit(document, as_json=json, text=lambda: _table(found, rows))


@group.command("show")
def show_record(
    file: Annotated[
        str, typer.Argument(help="File name or hash as listed, or <file>:<record> in one.")
    ],
    record: Annotated[
        int | None, typer.Argument(help="Record number, the header not counted.")
    ] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    build: Build = False,
    json: Json = False,
) -> None:
    """Show one record: its text, where it stands, what is wrong, and what would release it."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        if record is None:
            file, record, _ = record_named(file)
        found = _read(workspace, release, of_build=build).of_record(file, record)
        rows = _with_decisions(workspace, found.rows.to_dicts())
        emit(rows, as_json=json, text=lambda: "\n\n".join(_shown(row) for row in rows))


def _read(workspace: Path, release: str | None, *, of_build: bool) -> Quarantine:
    from serving.quarantine import read_quarantine
    from workspace.folder import Folder

    return read_quarantine(Folder(root=workspace), release, of_build=of_build)


def _with_decisions(workspace: Path, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add what has been decided since: it is in force from the next night on."""
    from serving.quarantine import decided
    from workspace.folder import Folder
    from workspace.ledger.row_decisions import in_force
    from workspace.ledger.store import read_ledger

    with read_ledger(Folder(root=workspace)) as ledger:
        decisions = {decision.key: decision for decision in in_force(ledger.read())}
    return [{**row, "decided": _said(decided(row, decisions))} for row in rows]


def _said(decision: RowDecision | None) -> str | None:
    if decision is None:
        return None
    return f"{decision.decision} by {decision.decided_by}, entry {decision.ledger_seq}"


def _table(found: Quarantine, rows: list[dict[str, Any]]) -> str:
    """Return the counts by cause, then the records under the file they stand in."""
    if not found.rows.height:
        return f"Quarantine of {found.name} is empty, or nothing in it is as asked for."
    lines = [f"Quarantine of {found.name}", "", f"  {'records':>9}  cause"]
    for count in found.counts():
        may = count["confirmable"]
        who = "may be confirmed" if may == count["records"] else f"{may:,} may be confirmed"
        lines.append(f"  {count['records']:>9,}  {count['code']:<16} {who if may else ''}".rstrip())
    width = max(NARROWEST, shutil.get_terminal_size().columns)
    for place, of_file in groupby(
        rows, key=lambda row: (row["system"], row["extract"], row["file_name"])
    ):
        lines += ["", printable("{}.{}  {}".format(*place))]
        lines += [_line(row, width) for row in of_file]
    if found.rows.height > len(rows):
        lines += ["", f"{len(rows):,} of {found.rows.height:,} shown; --limit shows more."]
    return "\n".join(lines)


def _line(row: dict[str, Any], width: int) -> str:
    name = f"{row['file_sha256'][:12]}:{row['record_number']}"
    decided = f"[{row['decided']}] " if row["decided"] else ""
    column = f"{row['column_name']}: " if row["column_name"] else ""
    line = f"  {name:<20} {row['code']:<15} {decided}{printable(column + row['detail'])}"
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _shown(row: dict[str, Any]) -> str:
    return "\n".join(
        f"{name:<14} {printable(str(value))}" for name, value in row.items() if value is not None
    )
