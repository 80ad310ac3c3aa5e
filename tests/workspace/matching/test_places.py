"""A town and its country are one piece of evidence, and count once."""

from __future__ import annotations

import json

import duckdb
import pytest

from tests.workspace.matching.matched_company import customer, hand_model, pairs, scored
from tests.workspace.matching.matched_company import write_records as write
from workspace.matching.objects import CUSTOMER

NAMED = {"customer_name": "Krüger Bau GmbH", "postal_code": "20095"}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (("Hamburg", "DE"), ("HAMBURG", "DE"), "same"),
        (("Hamburg", None), ("Hamburg", None), "same"),
        (("Hamburg", "DE"), ("Hamburg", None), "alike"),
        (("Frankfurt", "DE"), ("Frankfurt am Main", "DE"), "alike"),
        (("Hamburg", "DE"), ("Bremen", "DE"), "same country"),
        (("Hamburg", "DE"), (None, "DE"), "same country"),
        (("Hamburg", "DE"), ("Hamburg", "US"), "different"),
        (("Hamburg", None), ("Bremen", None), "different"),
        (("Hamburg", None), (None, "DE"), None),
    ],
)
def test_how_far_two_places_are_one(
    connection: duckdb.DuckDBPyConnection,
    one: tuple[str | None, str | None],
    other: tuple[str | None, str | None],
    level: str | None,
) -> None:
    records = zip(("a:1", "b:1"), (one, other), strict=True)
    write(
        connection,
        [customer(key, city=city, country_code=land, **NAMED) for key, (city, land) in records],
    )
    scored(connection, model=hand_model())
    ((*_, comparison),) = pairs(connection)
    told = {entry["field"]: entry.get("level") for entry in json.loads(str(comparison))}
    assert told.get("city") == level
    assert "country" not in told


def test_no_two_pieces_of_evidence_read_the_country_of_a_customer() -> None:
    places = [field.name for field in CUSTOMER.fields if "country_code" in field.columns]
    assert places == ["tax_number", "city"]
