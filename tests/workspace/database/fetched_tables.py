"""Tables to fetch in tests, and what was fetched of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import sqlalchemy as sa

from tests.workspace.formats.delivered_formats import extract_of
from workspace.config.file_format import Format
from workspace.ingest.database import Fetch

SALES = """
create schema sales;
create type sales.state as enum ('open', 'shipped');
create table sales.orders (
    id bigint primary key, code char(6), price numeric(12,4), rate numeric, day date,
    changed_at timestamptz, local_at timestamp, is_paid boolean, weight double precision,
    state sales.state, ref uuid, tags text[], note jsonb, picture bytea
);
insert into sales.orders values
    (2, 'B', 12.3400, 0.000000000123, '2026-01-02', '2026-07-01 12:00:00.123456+02',
     '2026-01-02 03:04:05', true, 0.1, 'open', '00000000-0000-0000-0000-000000000001',
     '{a,b}', '{"n": 12345678901234567890.10}', '\\x00'),
    (1, 'Ä', null, null, null, null, null, null, null, null, null, null, null, null);
create view sales.open_orders as select id, code from sales.orders where state = 'open';
"""


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def wanted(
    folder: Path, columns: dict[str, Any], table: str, since: str | None = None, **keys: Any
) -> Fetch:
    dialect = Format.model_validate(
        {"kind": "database", "url_variable": "ERP_URL", "table": table, **keys}
    )
    target = folder / f"{table}.parquet"
    return Fetch(
        extract=extract_of(columns), dialect=dialect, target=target, place="erp.x", since=since
    )


def quiet(*_: object) -> None:
    """Hear the progress."""


def rows(file: Path) -> list[dict[str, Any]]:
    return pq.read_table(file).to_pylist()
