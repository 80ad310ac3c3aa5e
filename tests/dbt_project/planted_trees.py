"""What is planted in two nights of customer trees; comments say what is true of each customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.dbt_project.hierarchy_nights import TreeNight, account, node

MOVED, CHANGED, LATE = date(2025, 3, 1), date(2026, 6, 1), date(2026, 6, 10)
GROUPS = ("G1", "G2", "G3")
BOTH_VIEWS = ("sales", "logistics")
NODES = [
    *(node(view, f"{view}-{top}", None, name=top) for view in ("sales", "logistics")
      for top in ("EU", "US")),
    node("finance", "ALL"),
    *(node(view, "G1", f"{view}-EU") for view in ("sales", "logistics")),
    *(node(view, "G2", f"{view}-US") for view in ("sales", "logistics")),
    # A ragged tree: this group stands one level below the others.
    *(node(view, "G3", "G2") for view in ("sales", "logistics")),
    *(node("finance", group, "ALL") for group in GROUPS),
]  # fmt: skip
SINCE_2024 = {"valid_from": date(2024, 1, 1)}
PLACES = [
    # MOVER was in G1 until 1 March 2025, and is in G3 since.
    *(
        account(view, "MOVER", "G1", **SINCE_2024, valid_to=MOVED)
        for view in ("sales", "logistics")
    ),
    *(account(view, "MOVER", "G3", valid_from=MOVED) for view in ("sales", "logistics")),
    # OPEN: sales has moved it on 1 June, logistics has not, and finance has no word.
    account("sales", "OPEN", "G1", **SINCE_2024, valid_to=CHANGED),
    account("sales", "OPEN", "G2", valid_from=CHANGED),
    account("logistics", "OPEN", "G1", **SINCE_2024),
    # VOTED: the same, but finance has moved it, too.
    account("sales", "VOTED", "G1", **SINCE_2024, valid_to=CHANGED),
    account("sales", "VOTED", "G2", valid_from=CHANGED),
    account("logistics", "VOTED", "G1", **SINCE_2024),
    account("finance", "VOTED", "G1", **SINCE_2024, valid_to=CHANGED),
    account("finance", "VOTED", "G2", valid_from=CHANGED),
    # TWICE: one ship-to under two parents of one view since 1 June.
    account("sales", "TWICE", "G1", **SINCE_2024),
    account("sales", "TWICE", "G2", valid_from=CHANGED),
    account("logistics", "TWICE", "G1", **SINCE_2024),
    # PLAIN: nobody states a day.
    account("sales", "PLAIN", "G1"),
    account("logistics", "PLAIN", "G1"),
    # BOTH is known to two systems, which say different groups.
    account("sales", "BOTH", "G1"),
    account("logistics", "BOTH", "G1"),
]
CRM = [account("sales", "both", "G2", node_namespace="erp")]
NAMES = ("MOVER", "OPEN", "VOTED", "TWICE", "PLAIN", "NOBODY")
RULES: dict[str, Any] = {
    "customers": {
        "views": ["sales", "logistics", "finance"],
        "agreements": [{"view": "logistics", "other_view": "sales"}],
        "rules": [
            {"rule": "ruled", "kind": "expert"},
            {"rule": "erp_first", "kind": "precedence", "order": ["erp", "crm"]},
            {"rule": "most_views", "kind": "majority"},
        ],
    }
}
CUSTOMERS = {
    **{f"c-{name}": [("erp", name)] for name in NAMES},
    "c-BOTH": [("erp", "BOTH"), ("crm", "both")],
}
FIRST = TreeNight(
    trees={"erp": [*NODES, *PLACES], "crm": CRM},
    customers=CUSTOMERS,
    hierarchies=RULES,
    revenue=[
        ("c-MOVER", date(2025, 2, 28), 1),  # in G1 then
        ("c-MOVER", date(2025, 3, 1), 10),  # the day of the move is the first in G3
        ("c-MOVER", date(2026, 6, 15), 100),
        ("c-OPEN", date(2026, 6, 2), 1_000),
        ("c-VOTED", date(2026, 6, 2), 10_000),
        ("c-TWICE", date(2026, 6, 2), 100_000),
        ("c-PLAIN", date(2023, 7, 1), 1_000_000),
        ("c-BOTH", date(2026, 1, 1), 10_000_000),
        ("c-NOBODY", date(2026, 1, 1), 100_000_000),
    ],
)


def changed(row: dict[str, Any], view: str, key: str, **now: Any) -> dict[str, Any]:
    """Return a delivered row, changed if it is the last one of an account in a view."""
    is_it = row["view_name"] == view and row["node_id"] == key and "valid_to" not in row
    return row | now if is_it else row


def second_delivery() -> list[dict[str, Any]]:
    """PLAIN has moved, G1 has a new name, and sales tells now that MOVER left G3 on 10 June."""
    rows = [changed(row, "sales", "PLAIN", parent_node_id="G2") for row in [*NODES, *PLACES]]
    rows = [changed(row, "logistics", "PLAIN", parent_node_id="G2") for row in rows]
    rows = [row | ({"node_name": "Renamed"} if row["node_id"] == "G1" else {}) for row in rows]
    ended = {"valid_from": MOVED, "valid_to": LATE}
    rows = [changed(row, "sales", "MOVER", **ended) for row in rows]
    rows = [changed(row, "logistics", "MOVER", **ended) for row in rows]
    for view in ("sales", "logistics"):
        rows.append(account(view, "MOVER", "G2", valid_from=LATE))
    return rows
