from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from tests.workspace.database.postgresql import PASSWORD, programs, running, tell


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Address of a PostgreSQL that runs for the tests alone."""
    found = programs()
    if found is None:
        reason = "PostgreSQL is not installed, and only root with apt-get could install it"
        tell(reason)
        pytest.skip(reason)
    with running(found) as address:
        yield address


@pytest.fixture
def url(server: str) -> str:
    """URL of an empty database."""
    base = f"postgresql+psycopg://reader:{quote(PASSWORD, safe='')}@{server}"
    engine = sa.create_engine(
        f"{base}/postgres", isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("drop database if exists erp with (force)")
        connection.exec_driver_sql("create database erp")
    return f"{base}/erp"
