"""The raw tables that dbt reads are those that ingest writes."""

from __future__ import annotations

from pathlib import Path

from tests.dbt_project.delivered_nights import ENTITIES, ORIGIN
from tests.dbt_project.delivered_prior import declared_sources
from workspace.yaml_file import read_yaml

DBT_TYPES = {
    "text": "string",
    "integer": "bigint",
    "decimal": "decimal(18,4)",
    "rate": "decimal(18,8)",
    "date": "date",
    "boolean": "boolean",
    "timestamp": "timestamp",
}


def test_every_raw_source_is_an_entity_and_what_ingest_adds(root: Path) -> None:
    added = {name: "string" if type_ == "varchar" else type_ for name, type_ in ORIGIN.items()}
    written = {}
    for path in ENTITIES.glob("*.yml"):
        entity = read_yaml(path).value
        columns = {name: DBT_TYPES[column["type"]] for name, column in entity["columns"].items()}
        written[entity["entity"]] = columns | added
    assert declared_sources(root, "raw") == written


def test_every_entity_is_staged(root: Path) -> None:
    entities = {path.stem for path in ENTITIES.glob("*.yml")}
    staged = {path.stem for path in (root / "dbt_project/models/staging").glob("*.sql")}
    assert staged == {f"stg_{entity}" for entity in entities}
