"""keys: who may ask the API."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, Workspace
from cli.serve import KeysFile, key_file

group = typer.Typer(no_args_is_help=True, help="Keys of the API: add, list, revoke.")


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(group, name="keys")


@group.command()
def add(
    name: Annotated[str, typer.Argument(help="What the key is for, such as order_capture.")],
    scope: Annotated[list[str], typer.Option("--scope", help="read or validate; repeatable.")],
    days: Annotated[
        int, typer.Option("--days", min=1, max=3_650, help="Days for which it holds.")
    ] = 90,
    site: Annotated[
        list[str] | None,
        typer.Option("--site", help="Code or golden id of a site; repeatable. [default: all]"),
    ] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    keys: KeysFile = None,
    json: Json = False,
) -> None:
    """Make a key and show it once; only its hash is kept."""
    from cli.outcome import emit, note, reported
    from workspace.api_keys import SCOPES

    with reported(as_json=json):
        unknown = sorted(set(scope) - set(SCOPES))
        if unknown:
            raise typer.BadParameter(f"`{unknown[0]}` is no scope: {', '.join(SCOPES)}.")
        today = datetime.now(UTC).date()
        key, secret = key_file(workspace, keys).add(
            name,
            scopes=tuple(sorted(set(scope))),
            sites=tuple(site or ()),
            today=today,
            until=today + timedelta(days=days),
        )
        document = {"key_id": key.key_id, "key": secret, "expires_on": key.expires_on}
        emit(document, as_json=json, text=lambda: secret)
        note(f"Key {key.key_id} for {name} holds until {key.expires_on}. It is shown only now.")


@group.command(name="list")
def list_keys(
    workspace: Workspace = DEFAULT_WORKSPACE, keys: KeysFile = None, json: Json = False
) -> None:
    """List the keys, without what would let anybody use them."""
    from dataclasses import asdict

    from cli.outcome import emit, reported

    with reported(as_json=json):
        found = key_file(workspace, keys).entries()
        today = datetime.now(UTC).date()
        rows = [
            {
                **{name: value for name, value in asdict(key).items() if name != "sha256"},
                "is_valid": key.is_valid(today),
            }
            for key in found
        ]
        lines = [
            f"{key.key_id}  {key.name}  {', '.join(key.scopes)}  "
            f"{', '.join(key.sites) or 'all sites'}  "
            f"{'until' if key.is_valid(today) else 'EXPIRED'} {key.expires_on}"
            for key in found
        ]
        emit(rows, as_json=json, text=lambda: "\n".join(lines) or "No key yet.")


@group.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="Id, as `tierwise keys list` shows it.")],
    workspace: Workspace = DEFAULT_WORKSPACE,
    keys: KeysFile = None,
    json: Json = False,
) -> None:
    """Take a key away, at once; a running API notices."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        key = key_file(workspace, keys).revoke(key_id)
        document = {"key_id": key.key_id, "name": key.name}
        emit(document, as_json=json, text=lambda: f"Key {key.key_id} for {key.name} is revoked.")
