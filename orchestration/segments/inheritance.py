"""What becomes of the history of segments when golden ids merge, part, leave or come back.

- merge: the survivor's history includes that of the id that went into it, each row with the unit
  it was first written for. The rows of that id itself end on the day of the event.
- split: the part that leaves has the past of the whole up to its own first day. Where it undoes a
  merge, that is the time together, and the survivor gives back what it had of the other.
- divest, retire: the rows end on the day of the event.

The statements read the events that this night books, and the views of `segment_history`.
"""

from __future__ import annotations

from workspace.units import UNIT_KINDS


def _of_origin(column: str) -> str:
    """Return the SQL of a part of the unit that a row was first written for."""
    parts = " ".join(
        f"when '{kind.name}' then split_part(r.origin_unit_id, '@', {kind.key.index(column) + 1})"
        for kind in UNIT_KINDS.values()
        if column in kind.key
    )
    return f"case coalesce(r.unit_type, 'product_site') {parts} end"


# Object → the part of a unit that it is: in the unit, and in the unit that a row was written for.
PARTS = {
    object_type: (column, _of_origin(column))
    for object_type, column in (
        ("customer", "customer_id"),
        ("product", "product_id"),
        ("site", "site_id"),
    )
}
# Of several events of a unit's parts, the one that says most of it.
TELLING = ("divest", "merge", "split", "retire", "reverse", "reuse", "transfer")
EVENTS = """
    create or replace temp table events_tonight as
    select
        e.object_type, e.golden_id, e.other_golden_id, e.event_id, e.event_type, e.event_date,
        e.origin, undone.event_type as undone_type, undone.event_date as undone_date
    from golden.entity_events as e
    cross join night.parameters as p
    left join golden.entity_events as undone on undone.event_id = e.reverses_event_id
    where e.recorded_date = p.business_date and e.golden_id is not null
"""


def _each_part(query: str) -> str:
    """Return a query of units and events for each part that a unit may have."""
    each = (
        query.format(object_type=object_type, column=column, origin=origin)
        for object_type, (column, origin) in PARTS.items()
    )
    return " union all ".join(each)


UNIT_EVENTS = f"""
    create or replace temp table unit_events as
    with units as (
        select unit_id, product_id, site_id, customer_id from segments.segment_assignment
        union
        select unit_id, product_id, site_id, customer_id from standing
    ),

    sides as (
        select *, golden_id as touched_id from events_tonight
        union all
        select *, other_golden_id as touched_id from events_tonight
    ),

    touched as (
        {
    _each_part(
        "select u.unit_id, s.event_id, s.event_type, s.origin from units as u join sides as s "
        "on s.object_type = '{object_type}' and s.touched_id = u.{column}"
    )
}
    ),

    ranked as (
        select *, (list_position({list(TELLING)}, event_type), event_id) as turn from touched
    )

    select
        unit_id,
        min_by(event_type, turn) as event_type,
        min_by(event_id, turn) as event_id,
        min_by(origin, turn) as origin
    from ranked
    group by unit_id
"""
# Units whose own id has left, and on which day.
DEPARTED = f"""
    create or replace temp table departed as
    with leaving as (
        select
            object_type, event_date,
            case when event_type = 'merge' then other_golden_id else golden_id end as left_id
        from events_tonight
        where event_type in ('merge', 'divest', 'retire')
    ),

    found as (
        {
    _each_part(
        "select r.unit_id, l.event_date from standing as r join leaving as l "
        "on l.object_type = '{object_type}' and l.left_id = r.{column}"
    )
}
    )

    select unit_id, min(event_date) as event_date from found group by unit_id
"""
WITHDRAWN = f"""
    create or replace temp table withdrawn as
    {
    _each_part(
        "select r.* from believed as r join events_tonight as e "
        "on e.object_type = '{object_type}' and e.event_type = 'split' "
        "and e.undone_type = 'merge' and e.golden_id = r.{column} "
        "and e.other_golden_id = {origin} where r.origin_unit_id <> r.unit_id"
    )
}
"""
# Who takes on whose past: of a merge the survivor's unit, all of whose parts may have changed; of
# a split the unit of the part that leaves, since the two were one.
INHERITED = f"""
    create or replace temp table inherited as
    with merged as (
        select * from events_tonight where event_type = 'merge'
    ),

    heirs as (
        select
            r.*,
            coalesce(c.golden_id, r.customer_id) as heir_customer_id,
            coalesce(p.golden_id, r.product_id) as heir_product_id,
            coalesce(s.golden_id, r.site_id) as heir_site_id,
            coalesce(c.event_id, p.event_id, s.event_id) as heir_event_id,
            coalesce(c.origin, p.origin, s.origin) as heir_actor,
            'merge' as heir_cause,
            cast(null as date) as since
        from believed as r
        left join merged as c
            on c.object_type = 'customer' and c.other_golden_id = r.customer_id
        left join merged as p on p.object_type = 'product' and p.other_golden_id = r.product_id
        left join merged as s on s.object_type = 'site' and s.other_golden_id = r.site_id
        where coalesce(c.event_id, p.event_id, s.event_id) is not null
        union all by name
        {
    _each_part(
        "select r.*, "
        "case when '{column}' = 'customer_id' then e.other_golden_id else r.customer_id end "
        "as heir_customer_id, "
        "case when '{column}' = 'product_id' then e.other_golden_id else r.product_id end "
        "as heir_product_id, "
        "case when '{column}' = 'site_id' then e.other_golden_id else r.site_id end "
        "as heir_site_id, "
        "e.event_id as heir_event_id, e.origin as heir_actor, 'split' as heir_cause, "
        "e.undone_date as since from believed as r join events_tonight as e "
        "on e.object_type = '{object_type}' and e.event_type = 'split' "
        "and e.golden_id = r.{column}"
    )
}
    ),

    named as (
        select
            heirs.*,
            concat_ws('@', heir_product_id, heir_site_id, heir_customer_id) as heir_unit_id,
            parameters.business_date,
            min(unit_id) over (
                partition by scheme_id, origin_unit_id, heir_customer_id, heir_product_id,
                    heir_site_id
            ) as first_unit_id
        from heirs
        cross join night.parameters as parameters
        where coalesce(valid_to > since, true)
    ),

    -- a unit has its own past, and that of another one once
    new as (
        select named.*
        from named
        semi join segments.segment_assignment as a
            on a.scheme_id = named.scheme_id and a.unit_id = named.heir_unit_id
        anti join believed as known
            on known.scheme_id = named.scheme_id and known.unit_id = named.heir_unit_id
            and known.origin_unit_id = named.origin_unit_id
        where heir_unit_id <> origin_unit_id and unit_id = first_unit_id
    )

    select
        scheme_id, unit_type, heir_unit_id as unit_id, heir_product_id as product_id,
        heir_site_id as site_id, heir_customer_id as customer_id, sales_channel_id, origin_unit_id,
        segment_id,
        greatest(valid_from, since) as valid_from,
        coalesce(valid_to, business_date) as valid_to,
        business_date as recorded_from, cast(null as date) as recorded_to, rule_id, rule_hash,
        inputs_hash, began_by, coalesce(ended_by, heir_cause) as ended_by, heir_actor as actor,
        heir_event_id as event_id
    from new
"""
