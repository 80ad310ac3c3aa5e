"""demo: the generated wholesaler."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Json, Workspace


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(demo)


def demo(
    workspace: Workspace = DEFAULT_WORKSPACE,
    order_lines: Annotated[int, typer.Option(help="About how many, up to 100 million.")] = 150_000,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = 7,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Last day delivered.")
    ] = None,
    json: Json = False,
) -> None:
    """Write the inbox of the demo workspace; the same plan gives the same bytes."""
    from cli.outcome import emit, note, reported

    with reported(as_json=json):
        from data.generator.plan import Plan
        from data.generator.wholesaler import generate

        day = as_of.date() if as_of else Plan().as_of
        files = generate(Plan(seed=seed, order_lines=order_lines, as_of=day), workspace, note)
        rows = files.to_dicts()
        total = files["record_count"].sum()
        emit(
            rows,
            as_json=json,
            text=lambda: f"{total:,} records in {files.height} files below {workspace / 'inbox'}.",
        )
