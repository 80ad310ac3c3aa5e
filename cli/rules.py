"""rules list, diff and restore: versions of rules, and going back; plan: what they are for."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, ReleaseName, Workspace

group = typer.Typer(help="Versions of the rules of schemes.", no_args_is_help=True)
Version = Annotated[str, typer.Argument(help="Hash of a version, or its start.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(group, name="rules")
    app.command()(plan)


def plan(
    workspace: Workspace = DEFAULT_WORKSPACE, release: ReleaseName = None, json: Json = False
) -> None:
    """Show the aims of the corporate plan, what segments bring to them, and who has signed."""
    from dataclasses import asdict

    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.plan import plan as plan_of

        found = plan_of(reader)
        emit(asdict(found), as_json=json, text=found.text)


@group.command("list")
def list_versions(
    workspace: Workspace = DEFAULT_WORKSPACE, release: ReleaseName = None, json: Json = False
) -> None:
    """List the versions of rules that a release knows, and when each was in force."""
    from dataclasses import asdict

    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.rule_versions import versions

        found = versions(reader)
        emit(
            [asdict(version) for version in found],
            as_json=json,
            text=lambda: "\n".join(version.line() for version in found),
        )


@group.command("diff")
def diff_versions(
    before: Version,
    after: Version,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """List the parameters that two versions do not agree on."""
    from dataclasses import asdict

    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.rule_versions import difference, version_named

        found = difference(version_named(reader, before), version_named(reader, after))
        emit(asdict(found), as_json=json, text=found.text)


@group.command("restore")
def restore(
    version: Version,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Put a version back in the place of the file that states its scheme or overlay.

    The next night runs with it. Nothing is written where the workspace would not hold with it.
    """
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from cli.outcome import emit, reported
    from cli.read import reading

    with reported(as_json=json), TemporaryDirectory() as scratch:
        from orchestration.segments.sandbox import candidate_workspace
        from serving.rule_versions import version_named
        from workspace.synced_file import replace_text

        with reading(workspace, release) as reader:
            found = version_named(reader, version)
        place, text = found.configured
        given = Path(scratch) / place.name
        given.write_text(text, encoding="utf-8")
        candidate_workspace(workspace, [given], Path(scratch) / "workspace")
        replace_text(workspace / place, text)
        said = f"{workspace / place} states {found.name} {found.rule_hash[:12]} again."
        document = {"file": str(workspace / place), "rule_hash": found.rule_hash}
        emit(document, as_json=json, text=lambda: said)
