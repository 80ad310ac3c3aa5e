"""releases, verify, rollback: what has been published, whether it is whole, and going back."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(releases)
    app.command()(verify)
    app.command()(rollback)


def releases(workspace: Workspace = DEFAULT_WORKSPACE, json: Json = False) -> None:
    """List the published releases; the current one is marked."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.releases import current_release, list_releases

        folder = Folder(root=workspace)
        current = current_release(folder)
        rows = [
            {
                "release_id": release.release_id,
                "as_of_date": release.manifest["as_of_date"],
                "previous_release_id": release.manifest["previous_release_id"],
                "published_at": release.manifest["run"]["published_at"],
                "is_current": current is not None and release.release_id == current.release_id,
            }
            for release in list_releases(folder)
        ]
        lines = [
            f"{'*' if row['is_current'] else ' '} {row['release_id']}  published "
            f"{row['published_at']}  after {row['previous_release_id'] or 'none'}"
            for row in rows
        ]
        emit(rows, as_json=json, text=lambda: "\n".join(lines) or "No release yet.")


def verify(
    workspace: Workspace = DEFAULT_WORKSPACE, release: ReleaseName = None, json: Json = False
) -> None:
    """Compare every file of a release with the hashes in its manifest."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.errors import TierwiseError
        from workspace.folder import Folder
        from workspace.releases import named_release
        from workspace.releases import verify as verify_release

        found = named_release(Folder(root=workspace), release)
        wrong = verify_release(found)
        if wrong:
            cause = f"{'; '.join(wrong)}."
            raise TierwiseError("RELEASE_DAMAGED", place=found.release_id, cause=cause)
        count = len(found.manifest["files"])
        document = {"release_id": found.release_id, "files": count, "is_whole": True}
        emit(
            document,
            as_json=json,
            text=lambda: f"{found.release_id}: all {count} files are as published.",
        )


def rollback(
    release: Annotated[str, typer.Argument(help="Release to return to.")],
    workspace: Workspace = DEFAULT_WORKSPACE,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept.", prompt=True)] = "",
    json: Json = False,
) -> None:
    """Make an earlier release current again; nothing is deleted."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.folder import Folder
        from workspace.releases import named_release, roll_back

        folder = Folder(root=workspace)
        event = roll_back(folder, named_release(folder, release), reason=reason)
        emit(
            event,
            as_json=json,
            text=lambda: f"{event['to']} is current again; before it was {event['from']}.",
        )
