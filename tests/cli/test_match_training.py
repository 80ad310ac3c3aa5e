"""`tierwise match train` and `match weights` on the tables of a night."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.workspace.matching.matched_company import write_records
from tests.workspace.matching.trained_company import two_systems
from workspace.folder import Folder


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["match", *words, "--workspace", str(root)])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a workspace whose last night had 300 customers and next to no suppliers."""
    folder = Folder(root=tmp_path)
    folder.build.mkdir()
    with duckdb.connect(str(folder.warehouse)) as connection:
        connection.execute("create schema staging; create schema night")
        connection.execute(
            "create table night.parameters as select ?::date as business_date", [date(2026, 6, 30)]
        )
        write_records(connection, two_systems(150), "staging.stg_customers")
        write_records(connection, [], "staging.stg_suppliers")
    return tmp_path


def test_a_model_is_written_dated_by_the_night_and_can_be_shown(root: Path) -> None:
    done = run(root, "train", "customers", "--json")
    assert done.exit_code == 0, done.output
    (told,) = json.loads(done.stdout)["trained"]
    assert (told["object_type"], told["records"]) == ("customer", 250)
    model = json.loads((root / "matching" / "customer.json").read_text(encoding="utf-8"))
    assert model["training"]["trained_on"] == "2026-06-30"
    page = root / "weights.html"
    shown = run(root, "weights", "customers", "--html", str(page))
    assert shown.exit_code == 0, shown.output
    assert "customer_name" in shown.stdout
    assert "customer name" in page.read_text(encoding="utf-8")


def test_training_again_on_the_same_night_writes_the_same_file(root: Path) -> None:
    file = root / "matching" / "customer.json"
    assert run(root, "train", "customers").exit_code == 0
    first = file.read_bytes()
    assert run(root, "train", "customers").exit_code == 0
    assert file.read_bytes() == first


def test_what_cannot_be_trained_says_why_and_leaves_the_model_there_was(root: Path) -> None:
    file = root / "matching" / "supplier.json"
    file.parent.mkdir()
    file.write_text("as it was", encoding="utf-8")
    done = run(root, "train", "suppliers", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["untrained"][0]["code"] == "MATCH_UNTRAINED"
    assert file.read_text(encoding="utf-8") == "as it was"


@pytest.mark.parametrize(("words", "code"), [(("planets",), "UNIT_UNKNOWN")])
def test_an_object_that_there_is_not_is_refused(
    root: Path, words: tuple[str, ...], code: str
) -> None:
    done = run(root, "train", *words, "--json")
    assert done.exit_code != 0
    assert code in done.output


def test_before_the_first_night_there_is_nothing_to_train_on(tmp_path: Path) -> None:
    done = run(tmp_path, "train", "customers", "--json")
    assert done.exit_code == 1
    assert "MATCH_UNTRAINED" in done.output
    assert run(tmp_path, "weights").stdout.strip() == "No model is trained here."
