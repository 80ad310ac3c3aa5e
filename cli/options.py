"""Options that several commands share."""

import re
from pathlib import Path
from typing import Annotated

import typer

Workspace = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        envvar="TIERWISE_WORKSPACE",
        help="Folder of the company's workspace.",
        show_default=True,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Csv = Annotated[
    bool, typer.Option("--csv", help="Print CSV that a spreadsheet shows and does not compute.")
]
ReleaseName = Annotated[
    str | None, typer.Option("--release", "-r", help="Release id, or its start. [default: current]")
]
Build = Annotated[
    bool, typer.Option("--build", help="Read the build of the last night, such as a held one.")
]
DEFAULT_WORKSPACE = Path("data/demo")
RECORD = re.compile(r"(?P<file>.+?):(?P<record>\d+)(?::(?P<code>ROW_[A-Z_]+))?")


def record_named(text: str) -> tuple[str, int, str | None]:
    """Split <file>:<record>[:<code>]; raises UNIT_UNKNOWN for anything else."""
    from workspace.errors import TierwiseError

    parts = RECORD.fullmatch(text)
    if parts is None:
        cause = "A record goes by <file hash>:<record>, as `tierwise quarantine list` shows it."
        raise TierwiseError("UNIT_UNKNOWN", place=text, cause=cause)
    return parts["file"], int(parts["record"]), parts["code"]
