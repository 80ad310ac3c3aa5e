"""Order lines as order capture would send them, and what the check says of one."""

from __future__ import annotations

from typing import Any

from tests.serving.api_company import TestClient


def order(unit: dict[str, Any], *stated: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a sound order line of a unit, with fields changed and segments stated."""
    return {
        "kind": "order_line",
        "namespace": "erp_north",
        "fields": {
            "order_id": "O1",
            "line_number": "1",
            "transaction_type": "sale",
            "customer_id": unit["customer"],
            "product_id": unit["product_code"],
            "site_id": unit["site_code"],
            "order_date": "2024-06-30",
            "quantity_units": 3,
            "unit_code": "EA",
            "net_amount": "10.50",
            "currency_code": "EUR",
            "is_cancelled": False,
            **fields,
        },
        "segments": list(stated),
    }


def segment(name: str, scheme: str = "abc_xyz", **dates: str) -> dict[str, Any]:
    """Return a segment that a caller states."""
    return {"scheme_id": scheme, "segment_id": name, **dates}


def codes(client: TestClient, record: dict[str, Any]) -> tuple[str, list[str]]:
    """Return the decision on one record, and the codes of its reasons."""
    answer = client.post("/validate", json=record)
    assert answer.status_code == 200, answer.text
    (result,) = answer.json()["results"]
    assert answer.json()["decision"] == result["decision"]
    return result["decision"], [reason["code"] for reason in result["reasons"]]
