"""Training without labels: what it finds, what it refuses, and that it is the same everywhere."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pytest

from tests.workspace.matching.matched_company import (
    SETTINGS,
    customer,
    outcomes,
    scored,
    write_records,
)
from tests.workspace.matching.trained_company import two_systems
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.matching.model_check import check_matching, usable_model
from workspace.matching.model_file import MatchModel, model_path, read_model, write_model
from workspace.matching.objects import CUSTOMER
from workspace.matching.settings import load_match_settings
from workspace.matching.training import train


def trained(connection: duckdb.DuckDBPyConnection) -> MatchModel:
    """Train on the table `records`."""
    return train(
        connection, CUSTOMER, records="records", settings=SETTINGS, trained_on="2026-06-30"
    )


def weight(model: MatchModel, comparison: str, label: str) -> float:
    """Return m over u of a level."""
    level = next(one for one in model.levels[comparison] if one.label == label)
    return level.m / level.u


def test_a_model_learned_without_labels_finds_who_is_one(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    write_records(connection, two_systems(300))
    model = trained(connection)
    scored(connection, model=model)
    links = [pair for pair, outcome in outcomes(connection).items() if outcome == "link"]
    right = [pair for pair in links if pair[0].split(":")[1] == pair[1].split(":")[1]]
    assert len(right) / len(links) >= 0.98
    assert len(right) / 200 >= 0.9
    assert weight(model, "customer_name", "same words") > 50
    assert weight(model, "customer_name", "different") < 0.1
    assert weight(model, "duns_number", "same") > 100


def test_a_model_tells_of_its_training(connection: duckdb.DuckDBPyConnection) -> None:
    write_records(connection, two_systems(120))
    record = trained(connection).training
    assert (record.trained_on, record.record_count, record.converged) == ("2026-06-30", 200, True)
    assert 60 <= record.match_count <= 100  # 80 true pairs
    assert record.sessions
    assert all(0 < session.iterations < 500 for session in record.sessions)
    assert len(record.snapshot_sha256) == 64


def test_a_block_in_which_all_that_is_compared_agrees_teaches_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    write_records(connection, two_systems(120, towns=4))
    model = trained(connection)
    sessions = {session.rule: session for session in model.training.sessions}
    assert "taught nothing" in sessions["postal_code"].note
    assert 60 <= model.training.match_count <= 160  # 80 true pairs
    assert weight(model, "customer_name", "different") < 0.1


def test_training_is_the_same_on_any_threads_and_in_any_order(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = two_systems(100)
    found = []
    for threads in (1, 4):
        connection.execute(f"set threads = {threads}")
        random.Random(threads).shuffle(rows)
        write_records(connection, rows)
        found.append(trained(connection))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [customer("a:1", customer_name="Acme")],
        [customer(f"a:{at}") for at in range(50)],
        [customer(f"a:{at}", customer_name=f"{at:04}", postal_code=str(at)) for at in range(50)],
    ],
    ids=["no records", "a single record", "nothing filled in", "nothing in common"],
)
def test_too_few_pairs_are_refused(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, object]]
) -> None:
    write_records(connection, rows)
    with pytest.raises(TierwiseError, match="MATCH_UNTRAINED"):
        trained(connection)
    schemas = connection.execute("select schema_name from duckdb_schemas()").fetchall()
    assert not {("matching_work",), ("matching_kept",)} & set(schemas)


def test_a_column_that_is_null_everywhere_is_not_learned_and_spoils_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [{**row, "postal_code": None, "duns_number": None} for row in two_systems(300)]
    write_records(connection, rows)
    model = trained(connection)
    assert any(note.startswith("duns_number: fewer than") for note in model.training.notes)
    scored(connection, model=model)
    kept = [pair for pair, outcome in outcomes(connection).items() if outcome != "non_link"]
    right = [pair for pair in kept if pair[0].split(":")[1] == pair[1].split(":")[1]]
    assert len(right) >= 150
    assert len(right) / len(kept) >= 0.95


def test_a_filler_in_every_record_teaches_nothing_and_costs_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = two_systems(300)
    write_records(connection, [{**row, "duns_number": None} for row in rows])
    without = trained(connection)
    write_records(connection, [{**row, "duns_number": "999999999"} for row in rows])
    with_filler = trained(connection)
    assert with_filler.levels["duns_number"] == without.levels["duns_number"]
    assert with_filler.training.sessions == without.training.sessions


def test_a_model_is_read_as_it_was_written(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_records(connection, two_systems(100))
    model = trained(connection)
    write_model(tmp_path, model)
    assert read_model(tmp_path, "customer") == model
    assert usable_model(tmp_path, "customer") == model
    assert read_model(tmp_path, "supplier") is None
    assert check_matching(tmp_path) == []
    other = model.model_copy(update={"declaration": "0" * 16})
    write_model(tmp_path, other)
    (fault,) = check_matching(tmp_path)
    assert fault.code == "MATCH_MODEL"


@pytest.mark.parametrize("text", ["", "{}", '{"object_type": NaN}', "\udcff", "[1]"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, text: str) -> None:
    file = model_path(tmp_path, "customer")
    file.parent.mkdir()
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(TierwiseError, match="MATCH_MODEL"):
        read_model(tmp_path, "customer")


@pytest.mark.parametrize(
    "text",
    [
        "link_weight: .inf",
        "link_weight: .nan",
        "link_weight: -1",
        "block_limit: 1",
        "placeholder_above: 2.5",
        "link_wait: 3",
        "- 1",
    ],
)
def test_settings_that_cannot_be_meant_are_refused_at_their_place(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "matching.yml").write_text(f"{text}\n", encoding="utf-8")
    with pytest.raises(ConfigurationErrors) as refused:
        load_match_settings(tmp_path)
    assert "matching.yml" in refused.value.errors[0].place


def test_without_a_file_the_settings_are_those_that_are_documented(tmp_path: Path) -> None:
    assert load_match_settings(tmp_path) == SETTINGS
