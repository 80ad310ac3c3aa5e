"""Units that stand apart for a time: declared by people, excluded by a ladder, left over by rules.

Each open exception has a class, an owner, an interim segment and an end. One of the rules that has
come to its end is opened anew, with a higher count, where the rules still leave the unit over.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from models.segmentation.scheme import Scheme
from orchestration.edge_cases.catalogue import every_code_has_a_case
from orchestration.edge_cases.declared import lay_out_declared
from orchestration.edge_cases.quality import USED, note_used
from orchestration.gate_book import Finding, book
from orchestration.segments.unit_features import SUBSTITUTES, lay_out_units
from workspace.config.exception_file import RuleClass
from workspace.folder import Workspace
from workspace.given_rows import arrow_table
from workspace.ingest.parsing import literal
from workspace.warehouse import one_row

TABLE = "segments.assignment_exceptions"
HELD = "exception"  # hold_reason of a unit that stands apart
EXCLUDED = "EXCLUDED"
REASONS: dict[RuleClass, str] = {
    "UNCOVERED": "No rule is true of it.",
    "RULE_CONFLICT": "Rules are true of it that may not be so together.",
    "EXCLUDED": "A value that the rules read is missing, and its ladder ends in an exclusion.",
}
# Such a unit begins anew in its scheme when the exception ends.
EXCEPTED = """
    with standing as ({standing}),

    excluded as (
        select unit_id, min(interim_segment_id) as interim_segment_id
        from {used}
        join {substitutes} using (unit_type, unit_id, column_name)
        where scheme_id = {scheme} and kind = 'exclude'
        group by unit_id
    ),

    apart as (
        select unit_id, interim_segment_id, cast(null as varchar) as code
        from declared where scheme_id = {scheme}
        union all
        select unit_id, interim_segment_id, {excluded} as code
        from excluded
        where unit_id not in (select unit_id from declared where scheme_id = {scheme})
    )

    select
        standing.* replace (
            coalesce(apart.interim_segment_id, standing.segment_id) as segment_id,
            case when apart.unit_id is null then standing.hold_reason else {held} end
                as hold_reason,
            case when apart.unit_id is null then standing.fallback_code else apart.code end
                as fallback_code,
            case when apart.unit_id is null then flip_column end as flip_column,
            case when apart.unit_id is null then flip_value end as flip_value,
            case when apart.unit_id is null then flip_segment_id end as flip_segment_id
        )
    from standing
    left join apart using (unit_id)
"""
OPEN = """
    with tonight as (
        select d.* exclude (turn), e.engine_segment_id, e.value_at_stake_amount, 0 as days
        from declared as d
        join segments.segment_explanations as e using (scheme_id, unit_id)
        union all by name
        select
            e.scheme_id, e.unit_type, e.unit_id, e.fallback_code as exception_class,
            e.segment_id as interim_segment_id, o.owner, o.reason, o.days,
            e.engine_segment_id, e.value_at_stake_amount
        from segments.segment_explanations as e
        join exception_owners as o
            on o.scheme_id = e.scheme_id and o.exception_class = e.fallback_code
    ),

    continued as (
        select
            t.*, p.business_date,
            coalesce(
                before.expires_date >= p.business_date
                and before.exception_id is not distinct from t.exception_id, false
            ) as is_continued,
            before.opened_date as opened_before,
            before.expires_date as expires_before,
            coalesce(before.opened_count, 0) as opened_before_count
        from tonight as t
        cross join night.parameters as p
        left join prior.assignment_exceptions as before
            on
                before.scheme_id = t.scheme_id and before.unit_id = t.unit_id
                and before.exception_class = t.exception_class
    ),

    opened as (
        select
            *,
            case when is_continued then greatest(opened_before, since_date) else business_date end
                as opened_date,
            case when is_continued then opened_before_count else opened_before_count + 1 end
                as opened_count
        from continued
    ),

    final as (
        select
            scheme_id, unit_type, unit_id, exception_class, exception_id, owner, reason,
            interim_segment_id, engine_segment_id, opened_date,
            case
                when expires_date is not null then expires_date
                when is_continued then expires_before
                else business_date + days
            end as expires_date,
            business_date - opened_date as age_days,
            opened_count, value_at_stake_amount
        from opened
    )

    select * from final
"""
OWNERS = {
    **dict.fromkeys(("scheme_id", "exception_class", "owner", "reason"), pa.string()),
    "days": pa.int32(),
}


def excepted(connection: duckdb.DuckDBPyConnection, scheme: Scheme, standing: str) -> str:
    """Return the query of what stands of a scheme, its exceptions in their interim segments.

    Reads `declared` and `said`, and notes which substitutes the rules have read.
    """
    note_used(connection, scheme)
    name = literal(scheme.scheme_id)
    (is_any,) = one_row(
        connection,
        f"select exists (select 1 from declared where scheme_id = {name}) or exists ("
        f"select 1 from {USED} join {SUBSTITUTES} using (unit_type, unit_id, column_name) "
        f"where scheme_id = {name} and kind = 'exclude')",
    )
    if not is_any:
        return standing
    return EXCEPTED.format(
        standing=standing,
        used=USED,
        substitutes=SUBSTITUTES,
        scheme=name,
        excluded=literal(EXCLUDED),
        held=literal(HELD),
    )


def exceptions(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> str:
    """Return the query of assignment_exceptions; book the units that nobody knows."""
    if any(each.when for each in workspace.edge_cases.exceptions.declared):
        lay_out_units(connection, {read.value.unit for read in workspace.schemes.values()})
    unknown = lay_out_declared(connection, workspace)
    for finding in (_known(unknown), every_code_has_a_case(connection, workspace)):
        if finding is not None:
            book(connection, finding)
    rows = [
        (name, code, stated.owner or read.value.owner, REASONS[code], stated.days)
        for name, read in workspace.schemes.items()
        for code in REASONS
        for stated in (workspace.edge_cases.exceptions.of_rules(code),)
    ]
    connection.register("exception_owners", arrow_table(OWNERS, rows))
    return OPEN


def _known(unknown: dict[str, list[str]]) -> Finding:
    """Return whether all units that exceptions name are known; those that are not stop nothing."""
    told = [f"{name}: {', '.join(strange)}." for name, strange in unknown.items()]
    return Finding(
        gate=f"{TABLE}.declared_units_are_known",
        table=TABLE,
        kind="cross_table",
        is_passed=not unknown,
        is_blocking=False,
        evaluated_count=1,
        failed_count=sum(map(len, unknown.values())),
        detail=" ".join(told),
    )
