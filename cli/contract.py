"""contract draft: a contract written down from delivered files, for a person to review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Json

group = typer.Typer(help="Contracts: what a system delivers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(group, name="contract")


@group.callback()
def _group() -> None:
    """Keep `draft` a word of its own, though it is the only one."""


@group.command()
def draft(
    files: Annotated[list[Path], typer.Argument(help="Delivered files of one system.")],
    system: Annotated[
        str | None, typer.Option("--system", help="Its name. [default: the files' folder]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; it must not exist.")
    ] = None,
    json: Json = False,
) -> None:
    """Measure delivered files and draft their contract; it is not used before it is reviewed."""
    from cli.outcome import emit, note, reported

    with reported(as_json=json):
        from workspace.drafting.draft import draft as drafted
        from workspace.founding.found import write_new

        found = drafted(files, system=system, heard=note)
        if output is not None:
            write_new(output, found.text)
            note(f"{output}: review every line, then remove `reviewed: false`.")
        shown = "" if output is not None else found.text.removesuffix("\n")
        emit(found.document, as_json=json, text=lambda: shown)
