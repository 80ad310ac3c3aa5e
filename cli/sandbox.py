"""sandbox: what other schemes or policies would make of a release; nothing of it is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace

Files = Annotated[
    list[Path] | None,
    typer.Argument(help="Schemes, overlays or policies, in place of those of their names."),
]
Versions = Annotated[
    list[str] | None, typer.Option(help="An earlier version of rules, by the start of its hash.")
]
Without = Annotated[list[str] | None, typer.Option(help="An overlay that is to be left out.")]
Page = Annotated[Path | None, typer.Option(help="Write a page of it to this file.")]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(sandbox)


def sandbox(
    files: Files = None,
    version: Versions = None,
    without: Without = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    page: Page = None,
    json: Json = False,
) -> None:
    """Run schemes, overlays or policies on a release: who would move, and what would that cost."""
    from dataclasses import asdict
    from tempfile import TemporaryDirectory

    from cli.outcome import emit, note, reported
    from cli.read import reading

    with reported(as_json=json), TemporaryDirectory() as scratch:
        from orchestration.segments.sandbox import candidate_workspace, try_out, versions
        from serving.report.whatif_page import whatif_page
        from serving.whatif import what_if
        from workspace.folder import Folder
        from workspace.releases import named_release

        home = Folder(root=workspace)
        found = named_release(home, release)
        with reading(workspace, found.release_id) as reader:
            manifest = reader.manifest
            earlier = versions(reader, version or [], Path(scratch))
        given = [*(files or []), *earlier]
        candidate = candidate_workspace(
            workspace, given, Path(scratch) / "workspace", without=without or []
        )
        tried = try_out(candidate, home, found, Path(scratch) / "tried")
        names = (*(file.name for file in given), *(f"without {name}" for name in without or []))
        changed = what_if(found.folder, tried, names, manifest.currency)
        if page is not None:
            page.write_text(whatif_page(changed, manifest), encoding="utf-8")
            note(f"The page is {page}.")
        emit(asdict(changed), as_json=json, text=changed.text)
