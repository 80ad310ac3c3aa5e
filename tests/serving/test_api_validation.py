from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from serving.api.validation.reasons import REASONS
from serving.release_reader import open_release
from tests.serving.api_company import TestClient, client_of, found_home, raise_signals
from tests.serving.api_orders import codes, order, segment
from tests.serving.conftest import Releases
from workspace.folder import Folder

UNITS = """
select p.product_code, l.site_code, a.product_id, a.site_id, a.segment_id,
    (select min(leading_source_key) from golden_customer) as customer
from segment_assignment as a
join golden_product as p using (product_id)
join golden_location as l using (site_id)
where a.scheme_id = 'abc_xyz'
order by a.product_id, a.site_id
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, releases: Releases) -> Folder:
    root = tmp_path_factory.mktemp("validated") / "company"
    return found_home(root, releases.first, releases.second)


@pytest.fixture(scope="module")
def client(home: Folder) -> Iterator[TestClient]:
    with client_of(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def units(releases: Releases) -> list[dict[str, Any]]:
    with open_release(releases.second) as reader:
        return reader.rows(UNITS)


def test_a_sound_order_line_with_its_published_segment_is_accepted(
    client: TestClient, units: list[dict[str, Any]]
) -> None:
    unit = units[0]
    answer = client.post("/validate", json=order(unit, segment(unit["segment_id"])))
    (result,) = answer.json()["results"]
    assert (result["decision"], result["reasons"]) == ("accept", [])
    assert (result["product_id"], result["site_id"]) == (unit["product_id"], unit["site_id"])


def test_a_segment_of_another_unit_is_rejected(
    client: TestClient, units: list[dict[str, Any]]
) -> None:
    never = next(
        (unit, other["segment_id"])
        for unit in units[:1]
        for other in units
        if other["segment_id"] not in (unit["segment_id"], before(client, unit))
    )
    unit, other = never
    answer = client.post("/validate", json=order(unit, segment(other))).json()
    (reason,) = answer["results"][0]["reasons"]
    assert answer["decision"] == "reject"
    assert (reason["code"], reason["field"]) == ("SEGMENT_MISMATCH", "segments.0")
    assert reason["published"] == unit["segment_id"]


def before(client: TestClient, unit: dict[str, Any]) -> str:
    """Return the segment a unit had in the release before; `(none)` without one."""
    assert isinstance(client.app, FastAPI)
    following = client.app.state.following
    release = following.named(following.current().previous_release_id)
    with release.reader() as reader:
        found = reader.value(
            "select segment_id from segment_assignment where scheme_id = 'abc_xyz' "
            "and product_id = ? and site_id = ?",
            [unit["product_id"], unit["site_id"]],
        )
    return found or "(none)"


def test_a_segment_of_the_release_before_has_expired(
    client: TestClient, units: list[dict[str, Any]]
) -> None:
    moved = next(
        unit for unit in units if before(client, unit) not in ("(none)", unit["segment_id"])
    )
    stated = order(moved, segment(before(client, moved)))
    assert codes(client, stated) == ("reject", ["SEGMENT_EXPIRED"])


def test_a_segment_expires_with_its_end_and_with_the_start_of_the_next(
    client: TestClient, units: list[dict[str, Any]]
) -> None:
    unit = units[0]
    ended = segment(unit["segment_id"], valid_to="2024-06-30")
    assert codes(client, order(unit, ended)) == ("reject", ["SEGMENT_EXPIRED"])
    later = segment(unit["segment_id"], valid_to="2024-07-01")
    assert codes(client, order(unit, later)) == ("accept", [])
    other = next(u["segment_id"] for u in units if u["segment_id"] != unit["segment_id"])
    old = segment(other, as_of_date="2000-01-01")
    assert codes(client, order(unit, old)) == ("reject", ["SEGMENT_EXPIRED"])


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "FIELD_UNKNOWN": ("warn", {"custmer_id": "1"}),
    "FIELD_EMPTY": ("reject", {"order_id": "  "}),
    "FIELD_TYPE": ("reject", {"quantity_units": "three"}),
    "FIELD_RANGE": ("reject", {"net_amount": -1}),
    "FIELD_DOMAIN": ("reject", {"currency_code": "EURO"}),
    "DATE_FUTURE": ("warn", {"order_date": "2199-01-01"}),
    "PRODUCT_UNKNOWN": ("warn", {"product_id": "NOPE"}),
    "CUSTOMER_UNKNOWN": ("warn", {"customer_id": "NOPE"}),
    "SITE_UNKNOWN": ("warn", {"site_id": "NOPE"}),
    "PRODUCT_EXPIRED": ("reject", {"product_id": "OLD-1"}),
    "UOM_CONTRADICTION": ("warn", {"unit_code": "KGM"}),
}


@pytest.mark.parametrize("code", CHANGES)
def test_a_field_that_contradicts_contract_or_publication_has_its_code(
    client: TestClient, units: list[dict[str, Any]], code: str
) -> None:
    decision, fields = CHANGES[code]
    assert codes(client, order(units[0], **fields)) == (decision, [code])


@pytest.mark.parametrize(
    "fields",
    [
        {"quantity_units": True},
        {"quantity_units": "1e999"},
        {"quantity_units": "NaN"},
        {"order_date": "30.06.2024"},
        {"order_date": 20240630},
        {"is_cancelled": "ja"},
    ],
)
def test_a_value_of_another_type_is_rejected(
    client: TestClient, units: list[dict[str, Any]], fields: dict[str, Any]
) -> None:
    decision, found = codes(client, order(units[0], **fields))
    assert decision == "reject"
    assert set(found) <= {"FIELD_TYPE", "FIELD_RANGE"}


def test_a_field_left_out_is_warned_of(client: TestClient, units: list[dict[str, Any]]) -> None:
    record = order(units[0])
    del record["fields"]["net_amount"]
    assert codes(client, record) == ("warn", ["FIELD_ABSENT"])


def test_names_that_the_publication_has_not_are_rejected(
    client: TestClient, units: list[dict[str, Any]]
) -> None:
    unit = units[0]
    assert codes(client, {**order(unit), "namespace": "erp_west"})[1] == ["SYSTEM_UNKNOWN"]
    unknown = segment("A", scheme="abc")
    assert codes(client, order(unit, unknown)) == ("reject", ["SCHEME_UNKNOWN"])
    assert codes(client, order(unit, segment("QQ"))) == ("reject", ["SEGMENT_UNKNOWN"])


def test_a_unit_without_a_segment_is_warned_of(
    client: TestClient, units: list[dict[str, Any]]
) -> None:
    record = order(units[0], segment(units[0]["segment_id"]), product_id="NOPE")
    assert codes(client, record) == ("warn", ["PRODUCT_UNKNOWN", "UNIT_UNCLASSIFIED"])


def test_golden_ids_need_no_system(client: TestClient, units: list[dict[str, Any]]) -> None:
    unit = units[0]
    record = order(
        unit,
        segment(unit["segment_id"]),
        product_id=unit["product_id"],
        site_id=unit["site_id"],
    )
    del record["fields"]["customer_id"]
    assert codes(client, {**record, "namespace": None}) == ("warn", ["FIELD_ABSENT"])


def test_master_records_are_compared_with_the_publication(
    client: TestClient, releases: Releases
) -> None:
    with open_release(releases.second) as reader:
        (one,) = reader.rows(
            "select leading_source_key, country_code, customer_name from golden_customer "
            "order by customer_id limit 1"
        )
        (product,) = reader.rows("select product_code from golden_product limit 1")
    base = {"customer_id": one["leading_source_key"], "customer_name": one["customer_name"]}
    known = {"kind": "customer", "namespace": "erp_north", "fields": base}
    assert codes(client, known) == ("accept", [])
    moved = "FR" if one["country_code"] != "FR" else "DE"
    differs = {**known, "fields": {**base, "country_code": moved, "duns_number": "12"}}
    assert codes(client, differs) == ("warn", ["IDENTIFIER_SHAPE", "VALUE_DIFFERS"])
    new = {**known, "fields": {**base, "customer_id": "NEW", "country_code": "QQ"}}
    assert codes(client, new) == ("reject", ["FIELD_DOMAIN"])
    gtin = {"product_id": product["product_code"], "product_name": "x", "gtin": "4006381333932"}
    shaped = {"kind": "product", "namespace": "erp_north", "fields": gtin}
    assert codes(client, shaped) == ("warn", ["IDENTIFIER_SHAPE"])
    sound = {**shaped, "fields": {**gtin, "gtin": "4006381333931"}}
    assert codes(client, sound) == ("accept", [])


def test_stock_that_events_use_up_is_warned_of(
    client: TestClient, home: Folder, releases: Releases, units: list[dict[str, Any]]
) -> None:
    unit = units[-1]
    raise_signals(home, releases.second.name, [(unit["product_id"], unit["site_id"])])
    assert codes(client, order(unit)) == ("warn", ["STOCK_OUT_PROVISIONAL"])


def test_a_batch_has_a_result_for_each_record_in_its_order(
    client: TestClient, units: list[dict[str, Any]]
) -> None:
    records = [order(units[0]), order(units[1], currency_code="EURO"), order(units[2])]
    answer = client.post("/validate", json={"records": records}).json()
    assert answer["decision"] == "reject"
    assert [result["decision"] for result in answer["results"]] == ["accept", "reject", "accept"]
    ids = [result["product_id"] for result in answer["results"]]
    assert ids == [unit["product_id"] for unit in units[:3]]


def test_hostile_text_in_a_field_is_text(client: TestClient, units: list[dict[str, Any]]) -> None:
    for text in ("'; drop table golden_xref; --", "\u0000", "\u202eabc", "=HYPERLINK(1)", "%"):
        assert codes(client, order(units[0], product_id=text)) == ("warn", ["PRODUCT_UNKNOWN"])
    assert codes(client, order(units[0])) == ("accept", [])


def test_every_reason_says_what_it_means() -> None:
    for decision, meaning in REASONS.values():
        assert decision.name in ("WARN", "REJECT")
        assert meaning.endswith(".")
