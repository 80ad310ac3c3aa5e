"""Turning our coded errors into Dagster failures that say the same and are not tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

from workspace.disk_space import disk_fault
from workspace.errors import ConfigurationErrors, TierwiseError


@contextmanager
def refusals() -> Iterator[None]:
    """Let a coded error end its step at once: the same input would fail the same way again."""
    try:
        yield
    except ConfigurationErrors as errors:
        raise failure(errors.errors[0]) from errors
    except TierwiseError as error:
        raise failure(error) from error
    except (OSError, duckdb.Error) as error:
        if (full := disk_fault(error)) is not None:
            raise failure(full) from error
        raise


def failure(error: TierwiseError) -> dg.Failure:
    """Return the failure whose metadata carries the error's parts."""
    return dg.Failure(description=str(error), metadata=error.as_json(), allow_retries=False)
