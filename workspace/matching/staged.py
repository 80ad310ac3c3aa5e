"""Training on the staging tables of the last night's build."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.matching.model_file import MatchModel, write_model
from workspace.matching.objects import OBJECTS
from workspace.matching.settings import load_match_settings
from workspace.matching.training import train
from workspace.warehouse import one_row

STAGED = "staged"


def staging_table(object_type: str) -> str:
    """Return the staging table of an object's records."""
    return f"staging.stg_{object_type}s"


def chosen(names: Sequence[str]) -> tuple[str, ...]:
    """Return the objects named, or all; a plural is understood. Raises UNIT_UNKNOWN."""
    found = []
    for name in names or OBJECTS:
        singular = name.removesuffix("s")
        if singular not in OBJECTS:
            cause = f"Objects are {', '.join(OBJECTS)}."
            raise TierwiseError("UNIT_UNKNOWN", place=name, cause=cause)
        found.append(singular)
    return tuple(dict.fromkeys(found))


@contextmanager
def _last_build(folder: Folder) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a database in memory that reads the last build and leaves it as it is."""
    if not folder.warehouse.is_file():
        cause = "No night has been run here, so there are no staging tables."
        raise TierwiseError("MATCH_UNTRAINED", place=str(folder.warehouse), cause=cause)
    connection = duckdb.connect()
    try:
        connection.execute(f"attach '{folder.warehouse}' as {STAGED} (read_only)")
        yield connection
    finally:
        connection.close()


def train_object(folder: Folder, object_type: str) -> MatchModel:
    """Train one object on the last build and write its model.

    The training is dated by the build's business date. Raises MATCH_UNTRAINED, and then leaves
    the model that there was.
    """
    settings = load_match_settings(folder.root)
    with _last_build(folder) as connection:
        (day,) = one_row(connection, f"select business_date from {STAGED}.night.parameters")
        model = train(
            connection,
            OBJECTS[object_type],
            records=f"{STAGED}.{staging_table(object_type)}",
            settings=settings,
            trained_on=str(day),
        )
    if not model.training.converged:
        cause = "The estimation did not converge; no model was written."
        raise TierwiseError("MATCH_UNTRAINED", place=object_type, cause=cause)
    write_model(folder.root, model)
    return model
