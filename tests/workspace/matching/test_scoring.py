from __future__ import annotations

import json
import math

import duckdb
import pytest

from tests.workspace.matching.matched_company import (
    customer,
    hand_model,
    outcomes,
    pairs,
    scored,
    write_records,
)
from workspace.errors import TierwiseError
from workspace.matching.objects import CUSTOMER, SUPPLIER
from workspace.matching.settings import MatchSettings

BEST = math.log2(0.9 / 0.001)
WORST = math.log2(0.05 / 0.9)
PRIOR = math.log2(0.001 / 0.999)


def test_a_weight_is_the_prior_and_the_sum_of_its_levels(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    write_records(
        connection,
        [
            customer("a:1", customer_name="Krüger Bau GmbH", postal_code="20095", city="Hamburg"),
            customer("b:1", customer_name="Krueger Bau GmbH", postal_code="20095", city="Bremen"),
        ],
    )
    scored(connection, model=hand_model())
    ((left, right, basis, found_by, weight, evidence, probability, outcome, comparison),) = pairs(
        connection
    )
    # same words, same form, same postal code agree at the best level; the city does not
    by_hand = 3 * BEST + WORST
    assert (left, right, basis, found_by, outcome) == ("a:1", "b:1", "model", "block", "link")
    assert evidence == pytest.approx(by_hand, abs=1e-5)
    assert weight == pytest.approx(PRIOR + by_hand, abs=1e-5)
    assert probability == pytest.approx(1 / (1 + 2 ** -(PRIOR + by_hand)), abs=1e-6)
    said = {entry["field"]: entry for entry in json.loads(str(comparison))}
    assert said["city"] == {"field": "city", "level": "different", "weight": round(WORST, 6)}
    assert "country" not in said
    assert sum(entry["weight"] for entry in said.values()) == pytest.approx(weight, abs=1e-5)


def test_a_frequent_value_weighs_less_than_a_rare_one(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    model = hand_model()
    common = model.frequencies["city_value"].model_copy(update={"values": {"hamburg": 0.25}})
    model = model.model_copy(update={"frequencies": {**model.frequencies, "city_value": common}})
    rows = [
        customer(f"{key}:{city}", customer_name="Krüger Bau GmbH", postal_code="1", city=city)
        for key in "ab"
        for city in ("Hamburg", "Husum")
    ]
    write_records(connection, rows)
    scored(connection, model=model)
    weights = {(left, right): weight for left, right, _, _, weight, *_ in pairs(connection)}
    difference = weights["a:Husum", "b:Husum"] - weights["a:Hamburg", "b:Hamburg"]
    assert difference == pytest.approx(math.log2(0.25 / 0.001), abs=1e-5)


def test_without_a_model_exact_identifiers_link_and_nothing_else(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    write_records(
        connection,
        [
            customer("a:1", customer_name="Acme", tax_number="DE 123 456 788", country_code="DE"),
            customer("b:1", customer_name="Zenith", tax_number="DE123456788"),
            customer("c:1", customer_name="Acme", country_code="DE"),
        ],
    )
    found = scored(connection)
    assert pairs(connection) == [
        ("a:1", "b:1", "identifier:tax_number", "identifier", None, None, None, "link", None)
    ]
    assert found.notes == ("customer: no trained model, identifiers only",)


def test_a_national_number_needs_its_country(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        customer("a:1", tax_number="123456788", country_code="DE"),
        customer("b:1", tax_number="123456788", country_code="US"),
        customer("c:1", tax_number="DE123456788"),
    ]
    write_records(connection, rows)
    scored(connection)
    assert outcomes(connection) == {("a:1", "c:1"): "link"}


def test_one_delivered_record_in_two_namespaces_is_one_thing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        customer("a:1", customer_name="Acme Ltd", _file="x", _record="7"),
        customer("b:9", customer_name="Zenith AG", _file="x", _record="7"),
    ]
    write_records(connection, rows)
    scored(connection, model=hand_model())
    ((left, right, basis, *_, outcome, _),) = pairs(connection)
    assert (left, right, basis, outcome) == ("a:1", "b:9", "identifier:delivered_record", "link")


def test_a_false_check_digit_is_weaker_evidence_and_no_key(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        customer(f"{key}:{gln}", customer_name="Krüger Bau GmbH", gln=gln)
        for key in "ab"
        for gln in ("4012345001013", "4012345001014")  # the second one does not check out
    ]
    write_records(connection, rows)
    scored(connection)
    assert outcomes(connection) == {("a:4012345001013", "b:4012345001013"): "link"}
    scored(connection, model=hand_model())
    weights = {(left, right): weight for left, right, _, _, weight, *_ in pairs(connection)}
    valid = weights["a:4012345001013", "b:4012345001013"]
    false = weights["a:4012345001014", "b:4012345001014"]
    assert valid - false == pytest.approx(BEST, abs=1e-5)


def test_two_valid_numbers_of_one_country_are_evidence_against(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    same = {"customer_name": "Krüger Bau GmbH", "postal_code": "20095", "country_code": "DE"}
    rows = [
        customer("a:1", tax_number="DE111111117", **same),
        customer("b:1", tax_number="DE987654328", **same),
        customer("c:1", tax_number="FR987654321", **same),
    ]
    write_records(connection, rows)
    scored(connection, model=hand_model())
    weights = {(left, right): weight for left, right, _, _, weight, *_ in pairs(connection)}
    within, across = weights["a:1", "b:1"], weights["a:1", "c:1"]
    assert within - across == pytest.approx(WORST, abs=1e-5)


def test_an_identifier_that_all_else_contradicts_is_asked_about(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        customer(
            "a:1",
            duns_number="123456788",
            customer_name="Acme Bau GmbH",
            city="Ulm",
            postal_code="89073",
            country_code="DE",
        ),
        customer(
            "b:1",
            duns_number="123456788",
            customer_name="Zenith Pipes Ltd",
            city="Leeds",
            postal_code="LS11AA",
            country_code="GB",
        ),
    ]
    write_records(connection, rows)
    scored(connection, model=hand_model())
    ((*_, basis, found_by, weight, _, _, outcome, _),) = pairs(connection)
    assert (basis, found_by, outcome) == ("identifier:duns_number", "identifier", "review")
    assert weight == pytest.approx(PRIOR + BEST + 4 * WORST, abs=1e-5)


def test_every_pair_of_a_linked_group_is_known(connection: duckdb.DuckDBPyConnection) -> None:
    rows = [
        customer("a:1", duns_number="111111111", customer_name="Acme Bau", postal_code="20095"),
        customer(
            "b:1",
            duns_number="111111111",
            global_customer_id="X7",
            customer_name="Acme Bau",
            postal_code="20095",
            city="Ulm",
        ),
        customer(
            "c:1",
            global_customer_id="X7",
            customer_name="Zenith Rohre",
            city="Ulm",
            country_code="DE",
            postal_code="89073",
        ),
    ]
    write_records(connection, rows)
    scored(connection, model=hand_model(), settings=MatchSettings(review_weight=-9))
    assert outcomes(connection) == {
        ("a:1", "b:1"): "link",
        ("a:1", "c:1"): "non_link",
        ("b:1", "c:1"): "link",
    }


def test_scripts_without_a_sound_transliteration_say_nothing_of_the_name(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    rows = [
        customer("a:1", customer_name="株式会社日立", postal_code="1008280", city="Tokyo"),
        customer("b:1", customer_name="Hitachi", postal_code="1008280", city="Tokyo"),
        customer("c:1", customer_name="株式会社日立", postal_code="1008280", city="Tokyo"),
        customer("d:1", customer_name="Газпром", postal_code="1", city="Moskva"),
        customer("e:1", customer_name="Gazprom", postal_code="1", city="Moskva"),
    ]
    write_records(connection, rows)
    scored(connection, model=hand_model())
    fields = {
        (left, right): {entry["field"]: entry.get("level") for entry in json.loads(comparison)}
        for left, right, *_, comparison in pairs(connection)
    }
    assert "customer_name" not in fields["a:1", "b:1"]
    assert fields["a:1", "c:1"]["customer_name"] == "same words"
    assert fields["d:1", "e:1"]["customer_name"] == "same words"


def test_a_model_of_other_fields_is_refused(connection: duckdb.DuckDBPyConnection) -> None:
    write_records(connection, [customer("a:1")])
    with pytest.raises(TierwiseError, match="MATCH_MODEL"):
        scored(connection, model=hand_model(SUPPLIER), declaration=CUSTOMER)


@pytest.mark.parametrize("keys", [("a:1", "a:1"), ("a:1", None)])
def test_a_key_that_is_null_or_repeats_is_refused(
    connection: duckdb.DuckDBPyConnection, keys: tuple[str, str | None]
) -> None:
    write_records(connection, [{**customer("x"), "record_key": key} for key in keys])
    with pytest.raises(TierwiseError, match="MATCH_RECORD_KEY"):
        scored(connection)


def test_no_records_make_no_pairs(connection: duckdb.DuckDBPyConnection) -> None:
    write_records(connection, [])
    assert scored(connection, model=hand_model()).pair_count == 0
    schemas = connection.execute("select schema_name from duckdb_schemas()").fetchall()
    assert ("matching_work",) not in schemas
