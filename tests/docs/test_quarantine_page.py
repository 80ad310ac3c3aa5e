"""The page on quarantine says of every code what the commands do."""

from __future__ import annotations

from tests.docs.pages import bare, tables
from workspace.confirmable import CONFIRMABLE


def test_the_page_tells_for_every_code_whether_it_can_be_confirmed_and_why() -> None:
    (told,) = [rows for rows in tables("quarantine.md") if "can be confirmed" in rows[0]]
    assert {bare(row["code"]): (row["can be confirmed"], row["why"]) for row in told} == {
        code: ("yes" if verdict.may else "no", verdict.reason)
        for code, verdict in CONFIRMABLE.items()
    }
