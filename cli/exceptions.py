"""exceptions: the units that stand apart for a time, with class, owner and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(exceptions)


def exceptions(
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most units shown.")] = 50,
    json: Json = False,
) -> None:
    """Count open exceptions by class and owner, and list their units, those that end first."""
    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.edge_cases import OPEN, UNITS

        counts, units = reader.rows(OPEN), reader.rows(UNITS)
        document = {"counts": counts, "exceptions": units[:limit]}
        emit(document, as_json=json, text=lambda: _text(counts, units, limit))


def _text(counts: Sequence[dict[str, Any]], units: Sequence[dict[str, Any]], limit: int) -> str:
    """Return a line for each class and owner, and two for each unit."""
    from serving.edge_cases import in_words
    from serving.wording import counted, shown

    if not units:
        return "No unit stands apart."
    lines = [f"  {'units':>7}  {'oldest':>9}  class"]
    for row in counts:
        age = counted(row["oldest_days"], "day")
        lines.append(
            f"  {row['unit_count']:>7,}  {age:>9}  {row['exception_class']}, {shown(row['owner'])}"
        )
    for row in units[:limit]:
        now, said = row["interim_segment_id"], row["engine_segment_id"]
        rules = "" if now == said else f"; the rules alone say {said}"
        name = shown(row["unit_name"])
        lines += ["", f"  {name}  {row['scheme_id']}: {now}{rules}", f"    {in_words(row)}"]
    if len(units) > limit:
        lines += ["", f"  … and {len(units) - limit:,} more: raise --limit."]
    return "\n".join(lines)
