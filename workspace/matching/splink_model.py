"""The bridge to Splink: a declaration and its trained parameters as Splink settings, and a linker.

Splink compares pairs that we hand it (they are blocked with limits that its own blocking does not
have), computes levels and weights, and runs expectation maximisation in training.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb

from workspace.matching.declaration import Declaration
from workspace.matching.model_file import MatchModel
from workspace.matching.shape import Comparison
from workspace.matching.working import WORK

if TYPE_CHECKING:
    from splink import DuckDBAPI, Linker

COMPARED = f"{WORK}.compared"  # the records of the pairs to be compared
HIGHEST = 20  # more levels than any comparison has


def splink_settings(declaration: Declaration, model: MatchModel | None) -> dict[str, Any]:
    """Return the settings of a linker, with every m and u fixed to what the model says.

    Without a model the weights number the levels: 1 is the worst, 0 means nothing is known. So
    levels can be counted without Splink writing out all that it compared.
    """
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record_number",
        "probability_two_random_records_match": model.match_probability if model else 0.0001,
        "comparisons": [_comparison(comparison, model) for comparison in declaration.comparisons],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": model is not None,  # the levels are among these columns
        "retain_intermediate_calculation_columns": True,
    }


def _comparison(comparison: Comparison, model: MatchModel | None) -> dict[str, Any]:
    trained = iter(model.levels[comparison.name] if model else ())
    number = sum(not level.is_null for level in comparison.levels)
    levels: list[dict[str, Any]] = []
    for level in comparison.levels:
        entry: dict[str, Any] = {"sql_condition": level.sql, "label_for_charts": level.label}
        if level.is_null:
            entry["is_null_level"] = True
        elif model:
            found = next(trained)
            entry |= {"m_probability": found.m, "u_probability": found.u}
        else:
            entry |= {"m_probability": 2.0 ** (number - HIGHEST), "u_probability": 2.0**-HIGHEST}
            number -= 1
        if level.frequency and model:
            entry |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0}
        levels.append(entry)
    return {"output_column_name": comparison.name, "comparison_levels": levels}


@contextmanager
def linker(
    connection: duckdb.DuckDBPyConnection,
    settings: dict[str, Any],
    frequencies: tuple[str, ...] = (),
) -> Iterator[tuple[Linker, DuckDBAPI]]:
    """Open a linker over the records; its tables go with the working schema.

    `frequencies` are columns whose value shares the records carry already: Splink is given an empty
    table of each, so that it does not count them.
    """
    from splink import DuckDBAPI, Linker  # a second to import, which only matching needs

    logging.getLogger("splink").setLevel(logging.ERROR)
    before = connection.execute("select current_schema()").fetchall()[0][0]
    connection.execute(f"set schema '{WORK}'")
    try:
        api = DuckDBAPI(connection)
        opened = Linker(
            api.register("compared"),
            settings,
            log_level=logging.ERROR,
            validate_settings=False,
        )
        for column in frequencies:
            connection.execute(
                f"create or replace table no_{column} ({column} varchar, tf_{column} double)"
            )
            opened.table_management.register_term_frequency_lookup(
                api.register(f"no_{column}"), column
            )
        yield opened, api
    finally:
        connection.execute(f"set schema '{before}'")
