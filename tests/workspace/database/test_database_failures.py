"""A database that fails says why, and none of its secrets."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.workspace.database.fetched_tables import SALES, execute, quiet, wanted
from tests.workspace.database.postgresql import PASSWORD
from workspace.errors import TierwiseError
from workspace.ingest.database import fetch


@pytest.mark.parametrize(
    ("columns", "table", "cause"),
    [
        ({"id": "text", "cod": "text"}, "sales.orders", "lacks the columns cod."),
        ({"id": "text"}, "sales.order", "no table or view sales.order. Did you mean `orders`"),
        ({"id": "text", "picture": "text"}, "sales.orders", "picture of sales.orders holds bytes"),
    ],
)  # fmt: skip
def test_a_table_that_is_not_as_declared_is_refused_and_nothing_is_delivered(
    tmp_path: Path, url: str, columns: dict[str, Any], table: str, cause: str
) -> None:
    execute(url, SALES)
    sound = wanted(tmp_path, {"id": "text"}, "sales.open_orders")
    with pytest.raises(TierwiseError, match=f"FILE_SCHEMA_DRIFT erp.x: .*{re.escape(cause)}"):
        fetch(url, [sound, wanted(tmp_path, columns, table)], quiet)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "change",
    [
        ("/erp", "/other"),
        ("reader:", "writer:"),
        (quote(PASSWORD, safe=""), quote(f"{PASSWORD} wrong", safe="")),
        ("@127.0.0.1:", "@127.0.0.1:1"),
        ("/erp", f"/erp?sslmode=verify-full&sslpassword={quote(PASSWORD, safe='')}"),
        ("psycopg:", "missing_driver:"),
    ],
)
def test_a_database_that_does_not_answer_is_said_without_its_secrets(
    tmp_path: Path, url: str, change: tuple[str, str]
) -> None:
    broken = url.replace(*change)
    assert broken != url
    with pytest.raises(TierwiseError, match=r"SYS_DATABASE erp\.x") as caught:
        fetch(broken, [wanted(tmp_path, {"id": "text"}, "heads")], quiet)
    said = "".join(traceback.format_exception(caught.value))
    assert PASSWORD not in said
    assert quote(PASSWORD, safe="") not in said
    assert "p@ss" not in said


def test_a_variable_that_holds_no_url_is_said_without_its_content(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match=r"CONFIG_ENVIRONMENT erp\.x") as caught:
        fetch(PASSWORD, [wanted(tmp_path, {"id": "text"}, "heads")], quiet)
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))
