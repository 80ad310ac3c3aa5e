"""Places that no rule could settle, as questions to whoever answers for customers or products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from workspace.stewardship import Outcome, question, with_answered

KIND = "hierarchy"
# One question for an object and the views concerned, however many nodes are named.
OPEN = """
    with named as (
        select 'customer' as object_type, customer_id as object_id, customer_name as object_name
        from golden.golden_customer
        union all
        select 'product', product_id, product_name from golden.golden_product
    )

    select
        d.object_type, d.object_id, d.view_name, d.other_view_name,
        coalesce(any_value(n.object_name), d.object_id) as object_name,
        string_agg(
            case
                when d.kind = 'views' then d.view_name || ' says ' || d.node_key || ', '
                    || d.other_view_name || ' says ' || d.other_node_key
                else d.node_key || ' and ' || d.other_node_key
            end,
            '; ' order by d.node_key, d.other_node_key
        ) as said,
        any_value(d.standing_node_id) as standing_node_id,
        any_value(d.other_standing_node_id) as other_standing_node_id
    from hierarchies.hier_disagreement as d
    left join named as n using (object_type, object_id)
    where d.settled_by is null
    group by d.object_type, d.object_id, d.view_name, d.other_view_name
    order by d.object_type, d.object_id, d.view_name, d.other_view_name
"""
REMEDY = "Rule on it in golden/hierarchies.yml, or correct one of the systems."


def hierarchy_questions(
    connection: duckdb.DuckDBPyConnection, prior: Iterable[Mapping[str, Any]]
) -> list[Outcome]:
    """Return each open question, and as answered those of before that are asked no more."""
    asked = [_question(*row) for row in connection.execute(OPEN).fetchall()]
    return with_answered(KIND, asked, prior)


def _question(
    object_type: str,
    object_id: str,
    view: str,
    other_view: str,
    name: str,
    said: str,
    standing: str,
    other_standing: str,
) -> Outcome:
    views = view if view == other_view else f"{view} and {other_view}"
    stays = standing if standing == other_standing else f"{standing} and {other_standing}"
    return question(
        KIND,
        f"hier_{object_type}.node_id",
        f"{object_id} in {views}",
        detail=f"{name} in {views}: {said}. Until that is decided it stays where it was: {stays}.",
        remedy=REMEDY,
    )
