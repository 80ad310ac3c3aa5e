"""A company with one release in which matching asks its stewards something."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from typer.testing import CliRunner, Result

from cli.main import app
from orchestration.matching.match_cases import match_questions
from orchestration.stewardship import table_of_cases
from tests.workspace.small_company import BUSINESS_DATE, Company, ingested
from tests.workspace.stewarded_company import STEWARDS
from workspace.folder import Folder
from workspace.ledger.chain import Entry
from workspace.ledger.store import read_ledger
from workspace.night_inputs import night_key
from workspace.release_builder import assemble, staging_folder
from workspace.releases import publish
from workspace.stewardship import cases
from workspace.table_contract import public_tables
from workspace.warehouse import create_by_contract

IDS = {"erp:1": "c-1", "crm:1": "c-1", "crm:2": "c-2", "erp:9": "c-9"}
PAIRS = [
    ("crm:1", "erp:1", 21.5, "link", False),
    ("crm:2", "erp:1", 3.25, "review", True),
    ("crm:2", "erp:9", -4.5, "non_link", False),
]
COMPARISON = [
    {"field": "customer_name", "level": "similar", "weight": 6.5},
    {"field": "postal_code", "level": "different", "weight": -2.25},
    {"field": "(prior)", "weight": -1.0},
]
WRITTEN = {"raw_extracts", "quarantine", "source_freshness", "row_decisions"}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Somebody who answers at a terminal."""

    root: Path

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--workspace", str(self.root)])

    def told(self, *words: str) -> Any:
        """Return the document that a command prints."""
        done = self(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def refused(self, *words: str) -> str:
        """Return the code of the error that a command ends with."""
        done = self(*words, "--json")
        assert done.exit_code != 0, done.output
        return str(json.loads(done.stdout)["errors"][0]["code"])

    def ledger(self) -> list[Entry]:
        """Return what has been recorded."""
        with read_ledger(Folder(root=self.root)) as ledger:
            return list(ledger.read())


def asked(folder: Path) -> Asked:
    """Publish a release with a pair that waits for a steward."""
    company = Company(root=folder).configure("quality/stewards.yml", text=STEWARDS)
    workspace = company.open()
    with ingested(workspace) as night:
        for table in public_tables():
            if table.table not in WRITTEN:
                create_by_contract(night.connection, table.name)
        _fill(night.connection)
        stewards = workspace.quality.stewards
        found = cases(match_questions(night.connection, []), [], stewards, BUSINESS_DATE)
        night.connection.register("found", table_of_cases(found))
        night.connection.execute("insert into control.dq_stewardship by name from found")
        key = night_key(workspace, BUSINESS_DATE)
        draft = assemble(night.connection, workspace, staging_folder(workspace, "run"), key)
        publish(workspace, draft.folder, draft.manifest("run"))
    return Asked(root=company.root)


def _fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the crosswalk, the pairs and the records of some customers."""
    since = date(2026, 1, 1)
    for key, golden_id in IDS.items():
        namespace, source_key = key.split(":")
        _insert(
            connection,
            "golden.golden_xref",
            object_type="customer",
            namespace=namespace,
            source_key=source_key,
            golden_id=golden_id,
            match_rule="own key",
            match_score=1.0,
            valid_from=since,
        )
        _insert(
            connection,
            "golden.match_records",
            object_type="customer",
            record_key=key,
            is_delivered=True,
            fields=json.dumps({"customer_name": f"Firm {key}", "city": None}),
        )
    _insert(
        connection,
        "golden.golden_xref",
        object_type="product",
        namespace="erp",
        source_key="1",
        golden_id="p-1",
        match_rule="own key",
        match_score=1.0,
        valid_from=since,
    )
    for one, other, weight, outcome, is_question in PAIRS:
        _insert(
            connection,
            "golden.match_pairs",
            object_type="customer",
            record_key_l=one,
            record_key_r=other,
            golden_id_l=IDS[one],
            golden_id_r=IDS[other],
            basis="model",
            found_by="block",
            match_weight=weight,
            match_probability=0.9,
            outcome=outcome,
            is_question=is_question,
            comparison=json.dumps(COMPARISON),
            first_seen_date=since,
        )


def _insert(connection: duckdb.DuckDBPyConnection, table: str, **row: Any) -> None:
    """Insert a row by the names of its columns."""
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values())
    )
