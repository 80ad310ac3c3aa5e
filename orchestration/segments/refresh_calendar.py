"""When the units of each scheme may move: reviews, and what has moved between them."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa

from models.stability.replay import EPOCH, Review, is_review, next_review
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.warehouse import one_row

TABLE = "segments.refresh_calendar"
COLUMNS = {
    "scheme_id": pa.string(),
    "moves": pa.string(),
    "evaluated_date": pa.date32(),
    "last_review_date": pa.date32(),
    "next_review_date": pa.date32(),
    "allowed_between_count": pa.int64(),
    "moved_between_count": pa.int64(),
}


def last_review(connection: duckdb.DuckDBPyConnection, scheme_id: str) -> tuple[date, date, int]:
    """Return the last night of a scheme, its last review, and how many moved since then.

    Before the first night of a scheme these are tonight and none.
    """
    today = one_row(connection, "select business_date from night.parameters")[0]
    before = connection.execute(
        "select evaluated_date, last_review_date, moved_between_count from prior.refresh_calendar "
        "where scheme_id = ?",
        [scheme_id],
    ).fetchall()
    return before[0] if before else (today, today, 0)


def is_review_tonight(evaluated: date, today: date, moves: Review) -> bool:
    """Return whether all units may move tonight, after a night on which they were looked at."""
    days = [(evaluated - EPOCH).days, (today - EPOCH).days]
    return evaluated == today or bool(is_review(days, moves)[1])


def refresh_calendar(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of refresh_calendar: a row for each scheme."""
    today = one_row(connection, "select business_date from night.parameters")[0]
    moved = dict(
        connection.execute(
            "select scheme_id, count(*) from segments.segment_stability where moved_date = ? "
            "group by scheme_id",
            [today],
        ).fetchall()
    )
    rows = []
    for name, read in sorted(workspace.schemes.items()):
        stability = read.value.stability
        moves = stability.moves if stability else Review.NIGHTLY
        evaluated, since, count = last_review(connection, name)
        is_due = is_review_tonight(evaluated, today, moves)
        rows.append(
            (
                name,
                str(moves),
                today,
                today if is_due else since,
                next_review((today - EPOCH).days, moves),
                stability.moves_between if stability else 0,
                0 if is_due else count + moved.get(name, 0),
            )
        )
    connection.register("calendar_tonight", arrow_table(COLUMNS, rows))
    return "select * from calendar_tonight"
