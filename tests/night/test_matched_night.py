"""The golden records of a whole night, against the true identities of the generated company."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.matching.pairs import match_objects
from serving.release_reader import open_release
from tests.night.company import current
from tests.night.conftest import Night

GOLDEN = {"customer": "customer_id", "product": "product_id"}


def matched_pairs(records: pl.DataFrame, *names: str) -> float:
    """Return how many pairs of records agree in all of these columns."""
    size = pl.col("len").cast(pl.Float64)
    return float(records.group_by(names).len().select((size * (size - 1) / 2).sum()).item())


def identities(night: Night, object_type: str) -> pl.DataFrame:
    """Return the records of an object with their golden id and their true one."""
    true = pl.read_csv(night.workspace / "truth" / f"{object_type}s.csv", infer_schema_length=0)
    with open_release(night.workspace / "releases" / current(night.workspace)) as release:
        golden = release.query(
            "select namespace as system, source_key, golden_id from golden_xref "
            "where object_type = ? and valid_to is null",
            [object_type],
        )
    return golden.join(true, on=["system", "source_key"], how="inner")


def ids(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        "select object_type, record_key, golden_id from golden.int_records_matched"
    ).fetchall()
    return {(object_type, key): golden_id for object_type, key, golden_id in rows}


def matched_again(night: Night, folder: Path, *changes: str) -> dict[tuple[str, str], str]:
    """Match the records of the night once more, in a copy of its database that was changed."""
    copy = folder / "again.duckdb"
    shutil.copy(night.workspace / "build" / "tierwise.duckdb", copy)
    with duckdb.connect(str(copy)) as connection:
        for change in changes:
            connection.execute(change)
        match_objects(connection, night.workspace)
        return ids(connection)


@pytest.mark.requirement("S2.M2.B2")
def test_golden_records_are_right_keep_their_ids_and_name_their_sources(
    first_night: Night, tmp_path: Path
) -> None:
    for object_type, true_id in GOLDEN.items():
        records = identities(first_night, object_type)
        both = matched_pairs(records, "golden_id", true_id)
        assert both >= 0.98 * matched_pairs(records, "golden_id"), object_type
        assert both >= 0.95 * matched_pairs(records, true_id), object_type

    built = first_night.workspace / "build" / "tierwise.duckdb"
    with duckdb.connect(built, read_only=True) as build:
        before = ids(build)
    carried = "insert into prior.golden_xref select * from golden.golden_xref"
    turned = "update night.systems set priority = 100 - priority"
    assert matched_again(first_night, tmp_path, carried) == before
    assert matched_again(first_night, tmp_path, carried, turned) == before

    with open_release(
        first_night.workspace / "releases" / current(first_night.workspace)
    ) as release:
        unnamed = release.query(
            "select count(*) from golden_attribute where rule is null or namespace is null "
            "or source_key is null"
        ).row(0)
        cities = release.query("select count(city) from golden_customer").row(0)
        told = release.query(
            "select count(*) from golden_attribute "
            "where object_type = 'customer' and attribute = 'city'"
        ).row(0)
    assert unnamed == (0,)
    assert cities == told
