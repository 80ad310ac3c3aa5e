"""Scored pairs: their weight by Splink, their explanation, and the table that is handed on."""

from __future__ import annotations

import math

import duckdb

from workspace.matching.declaration import DELIVERED_RECORD, Declaration
from workspace.matching.identifiers import IDENTIFIED
from workspace.matching.model_file import MatchModel
from workspace.matching.records import RECORDS, without_fillers
from workspace.matching.settings import MatchSettings
from workspace.matching.splink_model import COMPARED, linker, splink_settings
from workspace.matching.working import WORK
from workspace.warehouse import row_count

SCORED = f"{WORK}.scored"
DECIMALS = 6
# A pair is a link by its weight; by an exact identifier unless all else contradicts it; and where
# one delivered record stands in two namespaces, or there is no model, always.
IS_LINK = (
    "(match_weight >= {s.link_weight} "
    "or (basis is not null and coalesce(match_weight, {s.link_weight}) >= {s.review_weight}) "
    f"or basis = 'identifier:{DELIVERED_RECORD}')"
)


def create_scored(connection: duckdb.DuckDBPyConnection) -> None:
    """Begin an empty list of scored pairs."""
    connection.execute(f"""
        create or replace table {SCORED} (
            join_key_l bigint, join_key_r bigint, found_by varchar,
            match_weight double, match_probability double, comparison varchar
        )
    """)


def score_pairs(
    connection: duckdb.DuckDBPyConnection,
    declaration: Declaration,
    model: MatchModel | None,
    pairs: str,
    *,
    found_by: str,
    at_least: float | None = None,
) -> None:
    """Score the pairs (join_key_l, join_key_r) that are not listed yet, and list them.

    Without a model they have no weight. With `at_least`, lighter ones are left out.
    """
    connection.execute(f"""
        create or replace table {WORK}.pairs_to_score as
        select '0' as match_key, p.join_key_l, p.join_key_r from {pairs} as p
        anti join {SCORED} as s on p.join_key_l = s.join_key_l and p.join_key_r = s.join_key_r
    """)
    if row_count(connection, f"{WORK}.pairs_to_score") == 0:
        return
    if model is None:
        connection.execute(f"""
            insert into {SCORED}
            select join_key_l, join_key_r, '{found_by}', null, null, null from {WORK}.pairs_to_score
        """)
        return
    write_compared(connection, declaration)
    settings = splink_settings(declaration, model)
    with linker(connection, settings, declaration.frequencies) as (opened, api):
        opened.table_management.register_blocked_pairs_for_predict(api.register("pairs_to_score"))
        found = opened.inference.predict(threshold_match_weight=at_least, warning_mode="never")
        connection.execute(f"""
            insert into {SCORED}
            select record_number_l, record_number_r, '{found_by}',
                round(match_weight, {DECIMALS}), round(match_probability, {DECIMALS}),
                {_explanation(declaration, model)}
            from {found.physical_name}
        """)
        connection.execute(f"drop table {found.physical_name}")


def write_compared(connection: duckdb.DuckDBPyConnection, declaration: Declaration) -> None:
    """Write for Splink the records of pairs_to_score, fillers taken out."""
    connection.execute(f"""
        create or replace table {COMPARED} as
        with named as (
            select join_key_l as record_number from {WORK}.pairs_to_score
            union select join_key_r from {WORK}.pairs_to_score
        )
        from ({without_fillers(declaration)}) semi join named using (record_number)
    """)


def _explanation(declaration: Declaration, model: MatchModel) -> str:
    """Return the SQL of a JSON list: field, level and weight of each piece of evidence."""
    entries = [f"""'{{"field":"(prior)","weight":{prior_weight(model)}}}'"""]
    for comparison in declaration.comparisons:
        gamma, weight = f"gamma_{comparison.name}", f"mw_{comparison.name}"
        known = [level for level in comparison.levels if not level.is_null]
        cases = " ".join(
            f"when {gamma} = {len(known) - 1 - at} then '{level.label}'"
            for at, level in enumerate(known)
        )
        if any(level.frequency for level in comparison.levels):
            weight = f"({weight} + mw_tf_adj_{comparison.name})"
        entries.append(
            f"""case when {gamma} >= 0 then '{{"field":"{comparison.name}","level":"' || """
            f"""case {cases} end || '","weight":' || round({weight}, {DECIMALS}) || '}}' end"""
        )
    return f"'[' || concat_ws(',', {', '.join(entries)}) || ']'"


def prior_weight(model: MatchModel) -> float:
    """Return the weight of two records of which nothing is known."""
    return round(math.log2(model.match_probability / (1 - model.match_probability)), DECIMALS)


def write_pairs(
    connection: duckdb.DuckDBPyConnection,
    model: MatchModel | None,
    settings: MatchSettings,
    components: str,
    into: str,
) -> int:
    """Write the pairs worth keeping, in the order of their keys; return their count.

    Kept are pairs that a steward may be asked about, that share an identifier, or that lie within
    one component of links.
    """
    prior = prior_weight(model) if model else 0.0
    connection.execute(f"""
        create or replace table {into} as
        with judged as ({_judged(settings, components)})
        select
            l.record_key as record_key_l,
            r.record_key as record_key_r,
            coalesce(j.basis, 'model') as basis,
            j.found_by,
            j.match_weight,
            round(j.match_weight - ({prior}), {DECIMALS}) as evidence_weight,
            j.match_probability,
            case when j.is_link then 'link'
                when j.basis is not null or j.match_weight >= {settings.review_weight} then 'review'
                else 'non_link' end as outcome,
            j.comparison
        from judged as j
        inner join {RECORDS} as l on j.join_key_l = l.record_number
        inner join {RECORDS} as r on j.join_key_r = r.record_number
        where j.is_inside or j.basis is not null
            or (j.found_by = 'block' and j.match_weight >= {settings.review_weight})
        order by j.join_key_l, j.join_key_r
    """)
    return row_count(connection, into)


def _judged(settings: MatchSettings, components: str) -> str:
    """Return the SQL of the scored pairs: their basis, if they link, if within one component."""
    return f"""
        select s.*, i.basis, cl.component is not null as is_inside, {IS_LINK.format(s=settings)}
            as is_link
        from {SCORED} as s
        left join {IDENTIFIED} as i using (join_key_l, join_key_r)
        left join {components} as cl on s.join_key_l = cl.record_number
            and cl.component = (
                select component from {components} as cr
                where cr.record_number = s.join_key_r
            )
    """
