"""quarantine list, quarantine show: the records that were not loaded, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace
from cli.read import reading

group = typer.Typer(help="Records that were held back.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(group, name="quarantine")


@group.command("list")
def list_records(
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    code: Annotated[str | None, typer.Option("--code", help="Only this cause.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="Most records shown.")] = 50,
    json: Json = False,
) -> None:
    """List records in quarantine, newest files last."""
    from cli.outcome import emit, reported

    with reported(as_json=json), reading(workspace, release) as reader:
        rows = reader.rows(
            "select system, extract, file_name, record_number, code, column_name, detail "
            "from quarantine where ?1 is null or code = ?1 "
            "order by system, extract, file_name, record_number, code limit ?2",
            [code, limit],
        )
        lines = [
            f"{row['code']:<16} {row['system']}.{row['extract']} {row['file_name']}:"
            f"{row['record_number']}  {row['detail']}"
            for row in rows
        ]
        emit(rows, as_json=json, text=lambda: "\n".join(lines) or "Quarantine is empty.")


@group.command("show")
def show_record(
    file: Annotated[str, typer.Argument(help="File name, as `quarantine list` gives it.")],
    record: Annotated[int, typer.Argument(help="Record number, the header not counted.")],
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Show one record: its text, where it stands, what is wrong, and what would release it."""
    from cli.outcome import emit, reported

    with reported(as_json=json), reading(workspace, release) as reader:
        from workspace.errors import TierwiseError

        rows = reader.rows(
            "select * from quarantine where file_name = ? and record_number = ? order by code",
            [file, record],
        )
        if not rows:
            cause = f"Record {record} of {file} is not in quarantine."
            raise TierwiseError("UNIT_UNKNOWN", place=file, cause=cause)
        emit(rows, as_json=json, text=lambda: "\n\n".join(_shown(row) for row in rows))


def _shown(row: dict[str, object]) -> str:
    return "\n".join(f"{name:<14} {value}" for name, value in row.items() if value is not None)
