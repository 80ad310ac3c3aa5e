from __future__ import annotations

import json
import re

from serving.api.access import OPEN, SCOPE_OF_ROUTE
from serving.api.asked import headers
from serving.api.body_limit import MAXIMUM_BYTES
from serving.api.routes.segments import MAXIMUM_PAGE
from serving.api.validation.reasons import REASONS
from serving.api.validation.record import MAXIMUM_FIELDS, MAXIMUM_RECORDS
from tests.docs.pages import bare, tables, text
from workspace.table_contract import contract


def test_the_page_has_every_route_with_its_scope() -> None:
    (routes,) = [rows for rows in tables("api.md") if "route" in rows[0]]
    told = {
        tuple(one.strip("`").split(" ")): row["scope"]
        for row in routes
        for one in row["route"].split(", ")
    }
    assert told == {
        (method, path.replace(":path", "")): "none" if scope == OPEN else scope
        for (method, path), scope in SCOPE_OF_ROUTE.items()
    }


def test_the_page_has_every_reason_with_its_decision() -> None:
    (reasons,) = [rows for rows in tables("api.md") if "reason" in rows[0]]
    assert {bare(row["reason"]): (row["decision"], row["meaning"]) for row in reasons} == {
        code: (decision.name.lower(), meaning) for code, (decision, meaning) in REASONS.items()
    }


def test_the_page_names_the_limits() -> None:
    page = text("api.md")
    assert MAXIMUM_BYTES == 1_000_000
    assert "A body of 1 MB" in page
    assert f"{MAXIMUM_RECORDS:,} records, {MAXIMUM_FIELDS} fields" in page
    assert f"at most {MAXIMUM_PAGE:,}" in page
    assert "ETag" in headers("x")


def test_bodies_on_the_page_are_json() -> None:
    bodies = re.findall(r"-d '(.*?)'", text("api.md"), flags=re.DOTALL)
    assert [json.loads(body)["kind"] for body in bodies] == ["order_line"]


def test_the_page_on_the_lane_has_every_column_of_its_table() -> None:
    (columns,) = [rows for rows in tables("intraday.md") if "column" in rows[0]]
    told = [bare(name) for row in columns for name in row["column"].split(", ")]
    signals = contract("staging.stg_intraday_signals")
    assert told == [column.name for column in signals.columns]
    assert all(column.description.endswith(".") and column.data_type for column in signals.columns)
