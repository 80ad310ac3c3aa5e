"""Copies of the segment list that systems keep for themselves, held against the one that counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from workspace.folder import Workspace
from workspace.stewardship import Outcome, question, with_answered

KIND = "segment_copy"
# One row per system and segment of either list. What a system does not deliver of any segment, such
# as definitions, it has no copy of. Texts are the same when they are so but for white space.
COMPARED = """
    with stated as (
        select
            segment_code,
            trim(regexp_replace(title, '\\s+', ' ', 'g')) as title,
            trim(regexp_replace(definition, '\\s+', ' ', 'g')) as definition
        from segments.dim_segment
        cross join night.parameters as p
        where valid_from <= p.business_date and coalesce(p.business_date < valid_to, true)
    ),

    copies as (
        select
            _namespace as namespace, segment_code, title, definition,
            count(title) over (partition by _namespace) > 0 as has_titles,
            count(definition) over (partition by _namespace) > 0 as has_definitions
        from staging.stg_segment_definitions
    ),

    systems as (
        select distinct namespace, has_titles, has_definitions from copies
    ),

    expected as (
        select s.namespace, s.has_titles, s.has_definitions, t.*
        from systems as s
        cross join stated as t
    ),

    paired as (
        select
            coalesce(e.namespace, c.namespace) as namespace,
            coalesce(e.segment_code, c.segment_code) as segment_code,
            e.segment_code is not null as is_listed,
            c.segment_code is not null as is_copied,
            e.title, e.definition,
            c.title as copied_title, c.definition as copied_definition,
            coalesce(e.has_titles, c.has_titles)
                and e.title is distinct from c.title as has_other_title,
            coalesce(e.has_definitions, c.has_definitions)
                and e.definition is distinct from c.definition as has_other_definition
        from expected as e
        full join copies as c on e.namespace = c.namespace and e.segment_code = c.segment_code
    )

    select
        namespace, segment_code, title, copied_title, definition, copied_definition,
        case
            when not is_copied then 'missing'
            when not is_listed then 'unknown'
            when has_other_title and has_other_definition then 'title and definition'
            when has_other_title then 'title'
            when has_other_definition then 'definition'
        end as deviation
    from paired
"""
SAID = {
    "missing": "{namespace} does not have segment {segment_code}.",
    "unknown": "{namespace} has a segment {segment_code}, which the list does not have.",
    "title": "{namespace} calls {segment_code} `{copied_title}`; the list says `{title}`.",
    "definition": "{namespace} says of {segment_code} `{copied_definition}`; the list says "
    "`{definition}`.",
    "title and definition": "{namespace} says of {segment_code} `{copied_title}`: "
    "`{copied_definition}`; the list says `{title}`: `{definition}`.",
}
REMEDY = "Correct the system's copy, or change the list in segmentation/taxonomy.yml."


def deviations(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the segments of which a system says other than the list."""
    del connection, workspace
    return f"select * from ({COMPARED}) where deviation is not null"


def reconciliation(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return how much of each system's copy is as the list says."""
    del connection, workspace
    return f"""
        select namespace, count(*) as segment_count,
            count(*) filter (where deviation is null) as matched_count,
            count(*) filter (where deviation is null) / count(*) as consistency_ratio
        from ({COMPARED}) group by namespace
    """


def copy_questions(
    connection: duckdb.DuckDBPyConnection, prior: Iterable[Mapping[str, Any]]
) -> list[Outcome]:
    """Return a question for each deviation, and as answered those of before that are none now."""
    rows = connection.sql(
        "select * from segments.sync_deviation order by namespace, segment_code"
    ).pl()
    asked = [
        question(
            KIND,
            "dim_segment.definition",
            f"{row['segment_code']} in {row['namespace']}",
            detail=SAID[row["deviation"]].format(**row),
            remedy=REMEDY,
        )
        for row in rows.to_dicts()
    ]
    return with_answered(KIND, asked, prior)
