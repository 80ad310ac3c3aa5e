"""Options that several commands share."""

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
ReleaseName = Annotated[
    str | None, typer.Option("--release", "-r", help="Release id, or its start. [default: current]")
]
DEFAULT_WORKSPACE = Path("data/demo")
