from __future__ import annotations

from tests.docs.pages import bare, tables
from workspace.errors import CATALOGUE, Exit
from workspace.row_codes import ROW_CODES


def test_the_errors_page_is_equal_to_the_catalogue() -> None:
    exits, coded, of_rows = tables("errors.md")
    assert [int(row["exit"]) for row in exits] == [int(status) for status in Exit]
    assert {bare(row["code"]): (int(row["exit"]), row["remedy"]) for row in coded} == {
        code: (int(entry.exit), entry.remedy) for code, entry in CATALOGUE.items()
    }
    assert {bare(row["code"]): row["remedy"] for row in of_rows} == ROW_CODES
    assert all(row["meaning"] for row in (*exits, *coded, *of_rows))
