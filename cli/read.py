"""explain, trace, diff, sql: questions to a release; none of them changes anything."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import DEFAULT_WORKSPACE, Csv, Json, ReleaseName, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

    from serving.golden_trace import AttributeTrace
    from serving.release_reader import ReleaseReader
    from serving.unit_trace import UnitTrace

Unit = Annotated[
    str,
    typer.Argument(
        help="<product>[@<site>]: code, GTIN, source key or golden id; or a customer, by name too."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(explain)
    app.command()(trace)
    app.command()(diff)
    app.command()(sql)


@contextmanager
def reading(workspace: Path, release: str | None) -> Iterator[ReleaseReader]:
    """Open a release of a workspace for reading."""
    from serving.release_reader import open_release
    from workspace.folder import Folder
    from workspace.releases import named_release

    found = named_release(Folder(root=workspace), release)
    with open_release(found.folder) as reader:
        yield reader


def explain(
    unit: Unit,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Say why an item or a customer is where it is, what would move it, and what follows."""
    from dataclasses import asdict

    from cli.outcome import emit, reported

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.customer_reasons import explain as explain_name

        explanation = explain_name(reader, unit)
        emit(asdict(explanation), as_json=json, text=explanation.text)


def trace(
    what: Annotated[
        str, typer.Argument(help="<table>.<column>, <product>[@<site>], or a golden table.")
    ],
    golden: Annotated[
        str, typer.Argument(help="Of a golden table: golden id, or a source's key.")
    ] = "",
    attribute: Annotated[str, typer.Argument(help="Its column. [default: all]")] = "",
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
) -> None:
    """Walk a column back to delivered columns; a number or a golden value to delivered records."""
    from dataclasses import asdict

    from cli.outcome import emit, reported

    with reported(as_json=json), reading(workspace, release) as reader:
        from serving.golden_trace import trace_golden
        from serving.trace import trace as trace_column
        from serving.unit_trace import trace_unit

        if golden:
            attributes = trace_golden(reader, what, golden, attribute or None)
            _emit_traces(attributes, "\n", as_json=json)
            return
        table, _, column = what.rpartition(".")
        # `stg_customers.tax_number` is a column though no release holds its table.
        is_column = table.split(".")[-1] in reader.columns or column in _columns(reader)
        if is_column and "@" not in what:
            origin = trace_column(reader, table, column)
            emit(asdict(origin), as_json=json, text=origin.text)
            return
        _emit_traces(trace_unit(reader, what), "\n\n", as_json=json)


def _emit_traces(
    traces: Sequence[AttributeTrace] | Sequence[UnitTrace], between: str, *, as_json: bool
) -> None:
    """Print traces one after the other; as JSON, a list of them."""
    from dataclasses import asdict

    from cli.outcome import emit

    emit(
        [asdict(found) for found in traces],
        as_json=as_json,
        text=lambda: between.join(found.text() for found in traces),
    )


def _columns(reader: ReleaseReader) -> set[str]:
    return {column for columns in reader.columns.values() for column in columns}


def diff(
    before: Annotated[str, typer.Argument(help="Release id, or its start.")],
    after: Annotated[str | None, typer.Argument(help="The other. [default: current]")] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    json: Json = False,
) -> None:
    """Compare two releases: who moved, and which tables changed."""
    from dataclasses import asdict

    from cli.outcome import emit, reported

    with (
        reported(as_json=json),
        reading(workspace, before) as first,
        reading(workspace, after) as second,
    ):
        from serving.diff import diff as compare

        difference = compare(first, second)
        emit(asdict(difference), as_json=json, text=difference.text)


def sql(
    query: Annotated[str, typer.Argument(help="One SQL query over the release's tables.")] = "",
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the query from a file.", exists=True)
    ] = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    release: ReleaseName = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Run a query on a release: read-only, without files or network, for a minute at most."""
    from cli.outcome import emit, emit_csv, reported

    if json and csv:
        raise typer.BadParameter("Give --json or --csv, not both.")
    if bool(query) == bool(file):
        raise typer.BadParameter("Give one query, or one --file.")
    text = file.read_text(encoding="utf-8") if file else query
    with reported(as_json=json), reading(workspace, release) as reader:
        import duckdb

        from workspace.errors import TierwiseError

        try:
            frame = reader.query(text)
        except (duckdb.Error, TimeoutError) as error:
            raise TierwiseError("QUERY_REFUSED", place="sql", cause=f"{error}") from error
        if csv:
            emit_csv(frame)
            return
        emit(frame.to_dicts(), as_json=json, text=lambda: _drawn(frame))


def _drawn(frame: pl.DataFrame) -> str:
    """Return the table as people read it: every column, a hundred rows at most."""
    import polars as pl

    with pl.Config(
        tbl_rows=100,
        tbl_cols=-1,
        tbl_width_chars=200,
        fmt_str_lengths=60,
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        tbl_formatting="UTF8_HORIZONTAL_ONLY",
    ):
        return str(frame)
