"""match queue, match show: the pairs that wait for a steward, and what is known of an id."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from typer.models import ArgumentInfo

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace


class Objects(StrEnum):
    """What records are of."""

    CUSTOMER = "customer"
    PRODUCT = "product"
    SITE = "site"
    SUPPLIER = "supplier"


Object = Annotated[
    Objects | None,
    typer.Option("--object", help="Only records of this."),
]


def record_argument(name: str) -> ArgumentInfo:
    """Return an argument that names a record."""
    found: ArgumentInfo = typer.Argument(metavar=name, help="Record: <namespace>:<key>.")
    return found


def register(group: typer.Typer) -> None:
    """Add the commands of this file to the group of matching."""
    group.command("queue")(queue)
    group.command("show")(show)


def queue(
    object_type: Object = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Most pairs shown.")] = 10,
    json: Json = False,
) -> None:
    """List the pairs of records that wait for a steward, with what speaks for and against."""
    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.match_wording import question_text
        from serving.matching import questions

        rows = questions(reader, object_type or "")
        shown = rows[:limit]
        document = {"release_id": reader.manifest.release_id, "count": len(rows), "pairs": shown}
        emit(document, as_json=json, text=lambda: _listed(len(rows), [*map(question_text, shown)]))


def _listed(count: int, texts: list[str]) -> str:
    if not count:
        return "No pair of records waits for a decision."
    more = [f"{len(texts):,} of {count:,} shown; --limit shows more."] if count > len(texts) else []
    return "\n\n".join([*texts, *more])


def show(
    what: Annotated[str, typer.Argument(help="Golden id, or record: <namespace>:<key>.")],
    object_type: Object = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Show the records of a golden id or the ids of a record, with their pairs and events."""
    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.match_wording import story_text
        from serving.matching import story

        told: list[dict[str, Any]] = story(reader, what, object_type or "")
        emit(told, as_json=json, text=lambda: "\n\n".join(map(story_text, told)))
