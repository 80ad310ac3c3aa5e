"""How a command ends: one document on standard output, messages on standard error, a status."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from workspace.errors import ConfigurationErrors, Exit, TierwiseError

if TYPE_CHECKING:
    import polars as pl


def emit(document: Any, *, as_json: bool, text: Callable[[], str]) -> None:
    """Print the document as JSON, or its text for people."""
    shown = json.dumps(document, indent=2, default=str, ensure_ascii=False) if as_json else text()
    typer.echo(shown)


def emit_csv(frame: pl.DataFrame) -> None:
    """Print a frame as CSV in which no cell is a formula."""
    from serving.csv_export import csv_text

    typer.echo(csv_text(frame), nl=False)


def note(message: str) -> None:
    """Say something to people, not to programs."""
    typer.echo(message, err=True)


@contextmanager
def reported(*, as_json: bool) -> Iterator[None]:
    """Turn coded errors into their exit status, said once in the form asked for."""
    try:
        yield
    except ConfigurationErrors as errors:
        _fail(errors.errors, as_json=as_json)
    except TierwiseError as error:
        _fail([error], as_json=as_json)
    except OSError as error:
        from workspace.disk_space import disk_fault

        if (full := disk_fault(error)) is None:
            raise
        _fail([full], as_json=as_json)


def _fail(errors: list[TierwiseError], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"errors": [error.as_json() for error in errors]}, indent=2))
    else:
        for error in errors:
            note(f"{error.code}  {error.place}\n  {error.cause}\n  → {error.remedy}")
    raise typer.Exit(int(max((error.exit for error in errors), default=Exit.FAILED)))


def printable(text: str) -> str:
    """Return delivered text so that it cannot steer a terminal: control characters are spelled."""
    return "".join(
        f"\\u{ord(character):04x}"
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        else character
        for character in text
    )
