"""init: a workspace for a company that has none yet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Json

Name = Annotated[str | None, typer.Option("--name", help="Short name. [default: the folder's]")]
Title = Annotated[
    str | None, typer.Option("--title", help="Name of the company as people read it.")
]
Currency = Annotated[
    str, typer.Option("--currency", help="ISO 4217 code of all published amounts.")
]
TimeZone = Annotated[
    str, typer.Option("--time-zone", help="IANA zone of the company's business days.")
]
Presets = Annotated[
    list[str] | None,
    typer.Option("--preset", help="Known system, as sap_ecc or erp=sap_ecc; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(init)


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to found; it must be new or empty.")],
    name: Name = None,
    title: Title = None,
    currency: Currency = "EUR",
    time_zone: TimeZone = "UTC",
    preset: Presets = None,
    json: Json = False,
) -> None:
    """Write a new workspace with comments; `tierwise check` accepts it."""
    from cli.outcome import emit, reported

    with reported(as_json=json):
        from workspace.founding.found import found

        files = found(
            folder,
            name=name,
            title=title,
            currency=currency,
            time_zone=time_zone,
            preset=preset or [],
        )
        document = {"workspace": str(folder), "files": [str(file) for file in files]}
        sources = ", ".join(str(file) for file in files if file.parent.name == "sources")
        emit(
            document,
            as_json=json,
            text=lambda: (
                f"{folder}: {len(files)} files. Set the paths in {sources}, deliver to "
                f"{folder / 'inbox'}, then\n  tierwise check -w {folder}"
            ),
        )
