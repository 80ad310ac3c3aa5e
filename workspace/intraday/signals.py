"""Signals from open events: SQL on the lane's connection, held against a release.

An event is open while its file is pending, or while its day lies after the watermark. Tables read:
raw.order_lines, raw.inventory_snapshots, raw.unit_codes, night.systems and _files (system,
file_sha256, is_pending, watermark_date, arrived_at).
"""

from __future__ import annotations

import duckdb

from workspace.ingest.units import CODES
from workspace.intraday.published import table
from workspace.intraday.store import SIGNALS
from workspace.releases import Release
from workspace.warehouse import write_by_contract

NAME = f"staging.{SIGNALS}"

EVENTS = """
    create or replace temp table _events as
    with orders as (
        select
            'order_lines' as entity, _system, _namespace, _file, _record, product_id, site_id,
            order_date as event_date, quantity_units, unit_code, transaction_type, is_cancelled,
            requested_date, shipped_date,
            _namespace || ':' || order_id || ':' || line_number as order_line_id
        from raw.order_lines
    ),

    counts as (
        select
            'inventory_snapshots' as entity, _system, _namespace, _file, _record, product_id,
            site_id, snapshot_date as event_date, on_hand_units as quantity_units, unit_code,
            null as transaction_type, null as is_cancelled, null as requested_date,
            null as shipped_date, null as order_line_id
        from raw.inventory_snapshots
    ),

    stated as (
        select * from orders
        union all
        select * from counts
    )

    select b.*, f.is_pending, f.watermark_date, f.arrived_at
    from stated as b
    join _files as f on f.system = b._system and f.file_sha256 = b._file
    where f.is_pending or b.event_date > f.watermark_date
"""

# As facts convert quantities: an exact fraction, rounded once, half up, to four decimals.
NAMED = """
    create or replace temp table _named as
    with names as (
        select object_type, namespace, source_key, golden_id
        from {golden_xref} where valid_to is null
    ),

    worth as (
        select
            e.*,
            p.golden_id as golden_product_id,
            s.golden_id as golden_site_id,
            case when e.unit_code is null then 1 else u.numerator end as numerator,
            case when e.unit_code is null then 1 else u.denominator end as denominator
        from _events as e
        left join names as p on p.object_type = 'product' and p.namespace = e._namespace
            and p.source_key = e.product_id
        left join names as s on s.object_type = 'site' and s.namespace = e._namespace
            and s.source_key = e.site_id
        left join _codes as c on c.system = e._system and c.delivered_code = e.unit_code
        left join {uom_conversion} as u on u.namespace = e._namespace
            and u.source_key = e.product_id and u.unit_code = c.unit_code
            and e.event_date >= u.valid_from
            and (e.event_date < u.valid_to or u.valid_to is null)
    )

    select
        *,
        cast(
            (
                2 * cast(cast(quantity_units as decimal(38, 4)) * 10000 as hugeint) * numerator
                + denominator
            )
            // (2 * cast(denominator as hugeint)) * cast(0.0001 as decimal(5, 4))
            as decimal(18, 4)
        ) as base_units,
        case
            when golden_product_id is null then 'product_id'
            when golden_site_id is null then 'site_id'
            when numerator is null then 'unit_code'
        end as unknown_column
    from worth
"""

ASIDE = """
    select
        _system, _file, _record,
        case unknown_column when 'unit_code' then 'ROW_UOM' else 'ROW_ORPHAN' end as code,
        unknown_column as column_name,
        coalesce(
            case unknown_column
                when 'product_id' then product_id
                when 'site_id' then site_id
                else unit_code
            end,
            ''
        ) || ' is not known to release ' || $release as detail
    from _named
    where unknown_column is not null
"""

SIGNALS_QUERY = """
    with events as (
        select * from _named where unknown_column is null
    ),

    touched as (
        select
            golden_product_id as product_id,
            golden_site_id as site_id,
            min(watermark_date) as watermark_date,
            min(event_date) as first_event_date,
            max(event_date) as last_event_date,
            count(*) as event_count,
            count(*) filter (where is_pending) as pending_count,
            count(*) filter (where is_pending and event_date <= watermark_date) as late_count,
            min(event_date) filter (where is_pending and event_date <= watermark_date)
                as restated_from_date,
            max(arrived_at) as last_arrived_at
        from events group by all
    ),

    lines as (
        select
            e.golden_product_id as product_id, e.golden_site_id as site_id, e.shipped_date,
            e.requested_date,
            case when e.is_cancelled then 0 else e.base_units end as line_units,
            -- What the release counted on a day that was complete is no new demand.
            case when l.order_date <= e.watermark_date and not l.is_cancelled
                then l.quantity_units else 0
            end as known_units,
            not e.is_cancelled and (
                e.shipped_date > e.requested_date
                or (e.shipped_date is null and e.requested_date < p.business_date)
            ) as is_late
        from events as e
        cross join night.parameters as p
        left join {fct_order_line} as l on l.order_line_id = e.order_line_id
        where e.transaction_type = 'sale'
    ),

    ordered as (
        select
            product_id, site_id,
            cast(sum(line_units - known_units) as decimal(18, 4)) as ordered_units,
            cast(
                sum(case when shipped_date is null then line_units - known_units else 0 end)
                as decimal(18, 4)
            ) as waiting_units,
            count(*) filter (where is_late) as late_line_count
        from lines group by all
    ),

    counted as (
        select
            golden_product_id as product_id,
            golden_site_id as site_id,
            event_date as snapshot_date,
            cast(sum(base_units) as decimal(18, 4)) as on_hand_units,
            row_number() over (
                partition by golden_product_id, golden_site_id order by event_date desc nulls last
            ) as recency
        from events where entity = 'inventory_snapshots'
        group by golden_product_id, golden_site_id, event_date
    ),

    stock as (
        select
            t.product_id, t.site_id,
            case when c.snapshot_date >= coalesce(k.snapshot_date, c.snapshot_date)
                then c.on_hand_units
                when k.snapshot_date is not null then k.on_hand_units
            end as on_hand_units
        from touched as t
        left join counted as c
            on c.product_id = t.product_id and c.site_id = t.site_id and c.recency = 1
        left join {fct_stock} as k on k.product_id = t.product_id and k.site_id = t.site_id
    ),

    final as (
        select
            t.product_id, t.site_id, $release as release_id, t.watermark_date,
            t.first_event_date, t.last_event_date, t.event_count, t.pending_count, t.late_count,
            t.restated_from_date,
            coalesce(o.ordered_units, 0) as ordered_units,
            d.weekly_mean_units,
            case when d.weekly_mean_units > 0 then $ratio * d.weekly_mean_units end
                as order_spike_limit_units,
            coalesce(o.ordered_units, 0) >= order_spike_limit_units as is_order_spike,
            s.on_hand_units,
            s.on_hand_units - coalesce(o.waiting_units, 0) as available_units,
            available_units <= 0 as is_stock_out,
            coalesce(o.late_line_count, 0) as late_line_count,
            coalesce(o.late_line_count, 0) > 0 as is_late_shipment,
            true as is_provisional,
            t.last_arrived_at
        from touched as t
        left join ordered as o on o.product_id = t.product_id and o.site_id = t.site_id
        left join stock as s on s.product_id = t.product_id and s.site_id = t.site_id
        left join {feat_demand_profile} as d
            on d.product_id = t.product_id and d.site_id = t.site_id
    )

    select * from final
"""
PUBLISHED = ("golden_xref", "uom_conversion", "fct_order_line", "fct_stock", "feat_demand_profile")


def write_signals(
    connection: duckdb.DuckDBPyConnection, release: Release, *, order_spike_ratio: float
) -> int:
    """Write staging.stg_intraday_signals and _aside, the open events that cannot be placed.

    Returns the number of products at sites that have a signal.
    """
    tables = {name: table(release, name) for name in PUBLISHED}
    connection.execute(EVENTS)
    written = (
        "select distinct _system as system, unit_code as delivered_code from _events "
        "where unit_code is not null"
    )
    connection.execute(f"create or replace temp table _codes as {CODES.format(written=written)}")
    connection.execute(NAMED.format(**tables))
    given = {"$release": f"'{release.release_id}'", "$ratio": f"{order_spike_ratio:g}"}
    connection.execute(f"create or replace temp table _aside as {_filled(ASIDE, given)}")
    return write_by_contract(connection, NAME, _filled(SIGNALS_QUERY.format(**tables), given))


def _filled(query: str, given: dict[str, str]) -> str:
    """Write values into a query that has to stand inside another, where parameters cannot."""
    for name, text in given.items():
        query = query.replace(name, text)
    return query
