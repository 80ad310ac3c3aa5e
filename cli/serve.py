"""serve: the REST API on a workspace's releases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Workspace

if TYPE_CHECKING:
    from serving.api.access import Access
    from workspace.api_keys import KeyFile

LOOPBACK = ("127.0.0.1", "::1", "localhost")
KEYS_ENVIRONMENT = "TIERWISE_API_KEYS"
KeysFile = Annotated[
    Path | None,
    typer.Option(
        "--keys",
        envvar=KEYS_ENVIRONMENT,
        help="File of API keys. [default: api_keys.json of the workspace]",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(serve)


def serve(
    workspace: Workspace = DEFAULT_WORKSPACE,
    port: Annotated[int, typer.Option("--port", min=1, max=65_535)] = 8000,
    host: Annotated[str, typer.Option("--host", help="Address to listen at.")] = "127.0.0.1",
    keys: KeysFile = None,
) -> None:
    """Answer questions to the current release over HTTP; a new release is followed at once."""
    from cli.outcome import note, reported

    with reported(as_json=False):
        import uvicorn

        from serving.api.app import create_app
        from workspace.errors import TierwiseError
        from workspace.folder import Folder

        if not workspace.is_dir():
            cause = "There is no such workspace."
            raise TierwiseError("CONFIG_MISSING", place=str(workspace), cause=cause)
        access = _access(key_file(workspace, keys), host)
        note(f"Serving {workspace} at http://{host}:{port}, until interrupted.")
        uvicorn.run(
            create_app(Folder(root=workspace), access),
            host=host,
            port=port,
            log_level="warning",
            proxy_headers=False,  # who asks is whoever connects
            server_header=False,
            timeout_graceful_shutdown=10,
        )


def _access(file: KeyFile, host: str) -> Access:
    """Return who may ask at an address; raises ACCESS_KEY_REQUIRED where nobody could."""
    from cli.outcome import note
    from serving.api.access import Access
    from workspace.errors import TierwiseError

    today = datetime.now(UTC).date()
    is_keyed = any(key.is_valid(today) for key in file.entries())
    if not is_keyed and host not in LOOPBACK:
        cause = f"Nobody could be told from anybody at {host}: there is no valid key."
        raise TierwiseError("ACCESS_KEY_REQUIRED", place=str(file.file), cause=cause)
    if not is_keyed and not file.entries():
        note(
            "NO API KEY: every program on this machine may ask, and no other. "
            "`tierwise keys add` makes a key; from then on each request needs one."
        )
    return Access(file, requires_key=host not in LOOPBACK or bool(file.entries()))


def key_file(workspace: Path, named: Path | None) -> KeyFile:
    """Return the file of keys that a workspace goes by."""
    from workspace.api_keys import FILE, KeyFile

    return KeyFile(named or workspace / FILE)
