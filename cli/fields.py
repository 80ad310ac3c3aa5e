"""fields: where the attributes come from that features need."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace

FIELDS = """
select entity_name, column_name, system, extract, delivered_columns, transformation,
    feature_count, row_count, filled_count, fill_rate, alternative
from field_source_map
where $1 in ('', entity_name, entity_name || '.' || column_name)
order by entity_name, column_name, system, extract
"""


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(fields)


def fields(
    what: Annotated[
        str, typer.Argument(help="<entity>, or <entity>.<column>. [default: all]")
    ] = "",
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Say which extract gives each attribute that features need, and how well it is filled."""
    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), reading(workspace, release) as reader:
        rows = reader.rows(FIELDS, [what])
        known = {f"{row['entity_name']}.{row['column_name']}" for row in reader.rows(FIELDS, [""])}
        emit(rows, as_json=json, text=lambda: _listed(rows) or _nothing(what, known))


def _listed(rows: list[dict[str, object]]) -> str:
    """Return a paragraph for each attribute, with a line for each extract that gives it."""
    from serving.wording import shown

    lines: list[str] = []
    named = ""
    for row in rows:
        field = f"{row['entity_name']}.{row['column_name']}"
        if field != named:
            lines += ["", f"{field}, needed by {row['feature_count']} features"]
            named = field
        filled = shown(row["fill_rate"], "share")
        lines.append(
            f"  {row['system']}.{row['extract']}: {row['transformation']}, "
            f"{filled} of {shown(row['row_count'], 'count')} rows filled"
        )
    return "\n".join(lines[1:])


def _nothing(what: str, known: set[str]) -> str:
    from workspace.config.strict import suggestion

    names = sorted(known | {name.split(".")[0] for name in known})
    return f"No feature needs `{what}`.{suggestion(what, names)}"
