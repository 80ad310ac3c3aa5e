"""What is kept from night to night: it saves work and changes nothing."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.workspace.matching.matched_company import (
    customer,
    hand_model,
    pairs,
    scored,
    write_records,
)

Records = list[dict[str, object]]


def company(count: int, *, begin: int = 0) -> Records:
    """Return pairs of records of one customer, keys with room between them."""
    return [
        customer(
            f"a:{at * 10:06}",
            customer_name=f"Company {at // 2} Bau",
            postal_code=str(10000 + at // 2),
            country_code="DE",
            _record=at,
        )
        for at in range(begin, count)
    ]


def scratch(connection: duckdb.DuckDBPyConnection, rows: Records) -> list[tuple[object, ...]]:
    """Return the pairs of records with nothing kept."""
    write_records(connection, rows)
    scored(connection, model=hand_model(), into="scratch")
    return pairs(connection, "scratch")


def night(
    connection: duckdb.DuckDBPyConnection, rows: Records, kept: Path
) -> list[tuple[object, ...]]:
    """Return the pairs of records with what is kept."""
    write_records(connection, rows)
    scored(connection, model=hand_model(), into="found", kept=kept)
    return pairs(connection, "found")


def numbers(kept: Path) -> dict[str, int]:
    """Return the number by which each record is kept."""
    with duckdb.connect(str(kept), read_only=True) as opened:
        rows = opened.execute("select record_key, record_number from records").fetchall()
    return dict(rows)


def test_new_records_are_numbered_between_their_neighbours(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    kept = tmp_path / "customer.duckdb"
    rows = company(60)
    night(connection, rows, kept)
    before = numbers(kept)
    new = [
        customer(key, customer_name="Company 3 Bau", postal_code="10003")
        for key in ("a:000101", "a:000102", "Z", "z:1", "z:2")
    ]
    found = night(connection, [*reversed(new), *rows[1:]], kept)
    after = numbers(kept)
    assert sorted(after, key=after.__getitem__) == sorted(after)
    assert {key: after[key] for key in before if key in after} == {
        key: number for key, number in before.items() if key != "a:000000"
    }
    assert found == scratch(connection, [*new, *rows[1:]])


def test_where_there_is_no_room_for_a_number_all_are_numbered_anew(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workspace.matching.kept.STEP", 2)
    kept = tmp_path / "customer.duckdb"
    rows = company(60)
    night(connection, rows, kept)
    new = [customer(f"a:00010{at}", customer_name="Company 5 Bau") for at in range(1, 4)]
    found = night(connection, rows + new, kept)
    after = numbers(kept)
    assert sorted(after, key=after.__getitem__) == sorted(after)
    assert len(set(after.values())) == len(after) == 63
    assert found == scratch(connection, rows + new)


def test_a_full_delivery_in_a_new_file_leaves_what_is_kept_as_it_is(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    kept = tmp_path / "customer.duckdb"
    night(connection, company(40), kept)
    with duckdb.connect(str(kept)) as opened:
        opened.execute("update records set customer_name_form = 'seen'")
    again = [{**row, "_file": "g", "_record": 99 - at} for at, row in enumerate(company(40))]
    night(connection, again, kept)
    with duckdb.connect(str(kept), read_only=True) as opened:
        forms = opened.execute("select distinct customer_name_form from records").fetchall()
    assert forms == [("seen",)]


@pytest.mark.parametrize("harm", ["torn", "unfinished", "absent"])
def test_what_cannot_be_used_is_made_again(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path, harm: str
) -> None:
    kept = tmp_path / "customer.duckdb"
    rows = company(40)
    night(connection, rows, kept)
    if harm == "torn":
        kept.write_bytes(b"no database" * 1000)
    elif harm == "absent":
        kept.unlink()
    else:
        with duckdb.connect(str(kept)) as opened:
            opened.execute("delete from whole; delete from blocks; update records set content = 0")
    assert night(connection, rows, kept) == scratch(connection, rows)


def test_another_model_makes_all_again(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    kept = tmp_path / "customer.duckdb"
    rows = company(40)
    write_records(connection, rows)
    scored(connection, into="found", kept=kept)
    assert night(connection, rows, kept) == scratch(connection, rows)


def test_a_value_that_becomes_a_filler_leaves_its_blocks(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    kept = tmp_path / "customer.duckdb"
    rows = company(300)
    for at, row in enumerate(rows[:20]):
        row["duns_number"] = "999999999"
        row["customer_name"] = f"Single {at} Werk"
        row["postal_code"] = None
    assert night(connection, rows, kept) == scratch(connection, rows)
    rows[20]["duns_number"] = "999999999"
    assert night(connection, rows, kept) == scratch(connection, rows)
    rows[20]["duns_number"] = None
    assert night(connection, rows, kept) == scratch(connection, rows)
