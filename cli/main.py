"""The command `tierwise`: its groups, and how errors leave the process."""

from __future__ import annotations

import typer

from cli import (
    backfill,
    contract,
    demo,
    entity,
    exceptions,
    fields,
    found,
    history,
    intraday,
    keys,
    ledger,
    lint,
    match,
    operate,
    publish,
    quarantine,
    read,
    rules,
    sandbox,
    serve,
)

app = typer.Typer(
    name="tierwise",
    help="Nightly, explained and reversible supply chain segmentation.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
operate.register(app)
backfill.register(app)
history.register(app)
publish.register(app)
read.register(app)
sandbox.register(app)
rules.register(app)
fields.register(app)
exceptions.register(app)
quarantine.register(app)
ledger.register(app)
lint.register(app)
match.register(app)
found.register(app)
contract.register(app)
demo.register(app)
intraday.register(app)
serve.register(app)
keys.register(app)
entity.register(app)


def main() -> None:
    """Run the command line."""
    app()
