with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

delivered as (
    select * from {{ ref('stg_order_lines') }}
),

cost_pools as (
    select * from {{ ref('int_cost_pools') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

customers as (
    select * from {{ ref('golden_customer') }}
),

products as (
    select * from {{ ref('golden_product') }}
),

sites as (
    select * from {{ ref('golden_location') }}
),

shipment_lines as (
    select * from {{ ref('stg_shipment_lines') }}
),

freight as (
    select * from {{ ref('int_freight_shares') }}
),

-- what a line costs that nothing tells of is estimated as for its margin
ratios as (
    select
        product_line,
        central_ratio
    from {{ ref('int_cost_ratios') }}
    where cost_grade = 'estimated'
),

scope as (
    select
        min(month_start_date) as earliest_date,
        max(month_start_date) as last_date
    from cost_pools
    where is_in_scope
),

-- goods that left are counted by delivery, each on the first line that it carried
first_lines as (
    select
        _namespace,
        shipment_id,
        min(order_line_id) as order_line_id
    from shipment_lines
    where order_line_id is not null and transaction_type <> 'transfer'
    group by _namespace, shipment_id
),

shipped as (
    select
        order_line_id,
        count(*) as shipment_count
    from first_lines
    group by order_line_id
),

carried as (
    select
        order_line_id,
        sum(case when is_first then 1 else 0 end) as leg_count,
        sum(case when is_premium then 0 else freight_amount end) as freight_amount,
        sum(case when is_premium then freight_amount else 0 end) as premium_freight_amount
    from freight
    where order_line_id is not null
    group by order_line_id
),

lines_in_scope as (
    select
        order_lines.*,
        {{ month_start('order_lines.order_date') }} as month_start_date,
        order_lines.order_line_id = min(order_lines.order_line_id) over (
            partition by
                order_lines.namespace, order_lines.order_id, order_lines.transaction_type
        ) as is_header,
        order_lines.transaction_type = 'return' as is_return,
        case when order_lines.transaction_type = 'return' then -1 else 1 end as direction,
        case when order_lines.is_cancelled then 0 else 1 end as counted
    from order_lines
    cross join scope
    where
        order_lines.order_date >= scope.earliest_date
        and order_lines.order_date <= {{ month_end('scope.last_date') }}
),

valued as (
    select
        lines_in_scope.*,
        delivered.order_channel,
        delivered.handling_code,
        delivered.payment_days,
        {{ amount(
            'lines_in_scope.counted * coalesce('
            ~ 'lines_in_scope.direction * delivered.list_amount * rates.rate_to_reporting, '
            ~ factor('lines_in_scope.quantity_units') ~ ' * products.list_price_amount)'
        ) }} as list_amount,
        case
            when delivered.list_amount is not null then 'actual'
            when products.list_price_amount is not null then 'standard'
            else 'missing'
        end as list_grade,
        {{ amount(
            'lines_in_scope.counted * coalesce('
            ~ 'lines_in_scope.direction * delivered.rebate_amount * rates.rate_to_reporting, 0)'
        ) }} as rebate_amount,
        {{ amount(
            'lines_in_scope.counted * coalesce('
            ~ 'lines_in_scope.cost_amount, '
            ~ factor('lines_in_scope.revenue_amount') ~ ' * ratios.central_ratio)'
        ) }} as cost_of_goods_amount
    from lines_in_scope
    left join delivered on lines_in_scope.order_line_id = delivered.record_key
    left join products on lines_in_scope.product_id = products.product_id
    left join ratios on products.product_line is not distinct from ratios.product_line
    left join rates
        on
            delivered.currency_code = rates.currency_code
            and delivered.order_date = rates.stated_date
),

final as (
    select
        valued.order_line_id,
        valued.month_start_date,
        valued.customer_id,
        valued.product_id,
        valued.site_id,
        valued.namespace,
        sites.site_code,
        customers.customer_group,
        customers.country_code,
        valued.transaction_type,
        valued.demand_kind,
        valued.is_cancelled,
        valued.order_channel,
        valued.handling_code,
        valued.stated_unit_code as unit_code,
        case when valued.is_header and not valued.is_return then 1 else 0 end as orders,
        case when valued.is_header and valued.is_return then 1 else 0 end as return_orders,
        case when valued.is_return then 0 else valued.counted end as sales_lines,
        case when valued.is_return then valued.counted else 0 end as return_lines,
        1 - valued.counted as cancelled_lines,
        coalesce(shipped.shipment_count, 0) as shipments,
        coalesce(carried.leg_count, 0) as legs,
        {{ amount('valued.counted * abs(valued.quantity_units)') }} as units,
        {{ amount('valued.counted * valued.stated_quantity_units') }} as stated_units,
        valued.list_amount,
        valued.list_grade,
        {{ amount('valued.counted * valued.revenue_amount') }} as revenue_amount,
        valued.rebate_amount,
        valued.payment_days,
        {{ amount('coalesce(carried.freight_amount, 0)') }} as freight_amount,
        {{ amount('coalesce(carried.premium_freight_amount, 0)') }} as premium_freight_amount,
        valued.cost_of_goods_amount,
        case
            when valued.cost_grade = 'missing' and valued.cost_of_goods_amount is not null
                then 'estimated'
            else valued.cost_grade
        end as cost_grade
    from valued
    left join customers on valued.customer_id = customers.customer_id
    left join sites on valued.site_id = sites.site_id
    left join shipped on valued.order_line_id = shipped.order_line_id
    left join carried on valued.order_line_id = carried.order_line_id
)

select * from final
