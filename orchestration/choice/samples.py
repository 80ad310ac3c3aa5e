"""Order lines as a choice of axis reads them: a sample of orders, and what each line shows."""

from __future__ import annotations

import duckdb
import polars as pl

RECENT = """
    create or replace temp table choice_recent as
    select
        lines.order_line_id, lines.namespace, lines.order_id, lines.customer_id, lines.product_id,
        lines.site_id, lines.quantity_units, lines.revenue_amount,
        coalesce(lines.business_unit, lines.namespace) as business_unit,
        lines.transaction_type = 'sale' and lines.demand_kind = 'regular' as is_regular_sale
    from facts.fct_order_line as lines
    cross join night.parameters as parameters
    where
        not lines.is_cancelled
        and lines.order_date <= parameters.business_date
        and lines.order_date > cast(parameters.business_date - interval 12 month as date)
        and lines.customer_id is not null and lines.product_id is not null
        and lines.site_id is not null
"""
ORDERS = """
    create or replace temp table choice_orders as
    select
        business_unit, namespace, order_id, count(*) as line_count,
        md5_number_lower(concat_ws(':', namespace, order_id)) as lot
    from choice_recent where is_regular_sale
    group by business_unit, namespace, order_id
"""
# Only lots low enough for three times the orders asked for are put in order: of millions, a few.
# One line of each order: lines that were asked for together are no evidence of their own.
SAMPLE = """
    create or replace temp table choice_sample as
    with counted as (
        select business_unit, count(*) as order_count, sum(count(*)) over () as all_count
        from choice_orders group by business_unit
    ),

    low as (
        select orders.*
        from choice_orders as orders
        join counted using (business_unit)
        where orders.lot / power(2.0, 64) < 3.0 * {orders} / counted.order_count
    ),

    placed as (
        select
            *,
            row_number() over (order by lot, business_unit) as place,
            row_number() over (partition by business_unit order by lot) as place_in_unit
        from low
    ),

    lines as (
        select
            recent.*, placed.line_count, placed.place <= {orders} as is_of_all,
            placed.place_in_unit <= {orders} as is_of_unit,
            row_number() over (
                partition by business_unit, namespace, order_id order by md5(order_line_id)
            ) as lot
        from choice_recent as recent
        join placed using (business_unit, namespace, order_id)
        where recent.is_regular_sale and least(placed.place, placed.place_in_unit) <= {orders}
    )

    select
        lines.* exclude (lot, is_regular_sale),
        channels.sales_channel_id as channel,
        coalesce(products.product_line, '(none)') as family
    from lines
    left join facts.int_customer_channel as channels using (customer_id)
    left join golden.golden_product as products using (product_id)
    where lines.lot = 1
"""
# What every axis and grain is summed up from.
SUMMED = """
    create or replace temp table choice_flows as
    select
        business_unit, customer_id, site_id,
        any_value(channels.sales_channel_id) as channel,
        cast(sum(revenue_amount) as double) as revenue_amount, count(*) as line_count
    from choice_recent
    left join facts.int_customer_channel as channels using (customer_id)
    group by business_unit, customer_id, site_id;
    create or replace temp table choice_pairs as
    select product_id, customer_id, count(*) as line_count
    from choice_recent
    group by product_id, customer_id;
    create or replace temp table choice_items as
    select
        business_unit, product_id, site_id,
        coalesce(any_value(products.product_line), '(none)') as family,
        cast(sum(revenue_amount) as double) as revenue_amount, count(*) as line_count
    from choice_recent
    left join golden.golden_product as products using (product_id)
    group by business_unit, product_id, site_id
"""
# Terms in business days stand in calendar days, five to a week. What a product usually sells in a
# line is the median of its lines at the site, of five or more: about the mean, lines that are all
# alike but one would each deviate by the same, and the product alone would explain it (Brown and
# Forsythe, 1974, J. Am. Stat. Assoc. 69, 364).
FACTS = """
    with usual as (
        select
            product_id, site_id, median(cast(quantity_units as double)) as units,
            count(*) as line_count
        from choice_recent
        where
            is_regular_sale and quantity_units > 0
            and product_id in (select product_id from choice_sample)
        group by product_id, site_id
    ),

    terms as (
        select
            sample.order_line_id,
            min(coalesce(
                contracts.promised_lead_time_days,
                contracts.promised_lead_time_business_days * 7 / 5.0
            )) as promised_days
        from choice_sample as sample
        join facts.int_contracts_resolved as contracts
            on contracts.customer_id = sample.customer_id
            and coalesce(contracts.product_id, sample.product_id) = sample.product_id
        where contracts.is_in_force
        group by sample.order_line_id
    ),

    deliveries as (
        select order_line_id, count(distinct shipment_id) as delivery_count
        from staging.stg_shipment_lines
        where order_line_id in (select order_line_id from choice_sample)
        group by order_line_id
    )

    select
        sample.order_line_id, sample.business_unit, sample.is_of_all, sample.is_of_unit,
        sample.customer_id, sample.product_id, sample.site_id, sample.channel,
        sample.family,
        ln(1 + cast(requests.calendar_days as double)) as tolerated_days,
        ln(1 + cast(terms.promised_days as double)) as promised_days,
        case when costs.standard_cost_to_serve_amount > 0
            then ln(cast(costs.standard_cost_to_serve_amount as double)) end as cost_to_serve,
        case when usual.line_count >= 5 and sample.quantity_units > 0
            then abs(ln(cast(sample.quantity_units as double) / usual.units))
        end as quantity_deviation,
        ln(cast(sample.line_count as double)) as lines_of_order,
        cast(
            coalesce(deliveries.delivery_count, 1)
            + case when delivered.order_channel = 'manual' then 1 else 0 end
            + case when delivered.handling_code is not null then 1 else 0 end as double
        ) as touches
    from choice_sample as sample
    left join features.int_customer_requests as requests using (order_line_id)
    left join features.feat_cost_to_serve as costs using (order_line_id)
    left join terms using (order_line_id)
    left join deliveries using (order_line_id)
    left join staging.stg_order_lines as delivered on delivered.record_key = sample.order_line_id
    left join usual
        on usual.product_id = sample.product_id and usual.site_id = sample.site_id
    order by sample.order_line_id
"""


def sampled_lines(connection: duckdb.DuckDBPyConnection, orders: int) -> pl.DataFrame:
    """Return one line of each order drawn, with what it shows; also lay out what is summed up."""
    for statement in (RECENT, ORDERS, SAMPLE.format(orders=orders), SUMMED):
        connection.execute(statement)
    return connection.sql(FACTS).pl()
