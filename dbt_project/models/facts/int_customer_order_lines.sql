with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

delivered as (
    select * from {{ ref('stg_order_lines') }}
),

shares as (
    select * from {{ source('golden', 'int_past_shares') }}
),

-- few lines: those of customers of whose past somebody has declared a share
heirs as (
    select
        delivered.record_key as order_line_id,
        shares.customer_id,
        shares.low_rate,
        shares.high_rate,
        {{ low_discrepancy('dense_rank() over (
            partition by delivered._namespace, delivered.customer_id
            order by delivered.order_date nulls last, delivered.record_key nulls last
        )') }} as place
    from delivered
    inner join shares
        on
            delivered._namespace = shares.namespace
            and delivered.customer_id = shares.source_key
            and delivered.order_date >= shares.ordered_from
            and delivered.order_date < shares.ordered_to
),

placed as (
    select
        order_lines.*,
        heirs.customer_id as heir_id,
        coalesce(heirs.low_rate, 0) as low_rate,
        coalesce(heirs.high_rate, 1) as high_rate,
        coalesce(heirs.place, 0) as place
    from order_lines
    left join heirs on order_lines.order_line_id = heirs.order_line_id
),

shared as (
    select
        *,
        {{ share_of('quantity_units') }} as shared_units,
        {{ share_of('revenue_amount') }} as shared_revenue_amount,
        {{ share_of('cost_amount') }} as shared_cost_amount
    from placed
),

final as (
    select
        order_line_id,
        order_id,
        namespace,
        transaction_type,
        demand_kind,
        coalesce(heir_id, customer_id) as customer_id,
        product_id,
        site_id,
        business_unit,
        fiscal_calendar_id,
        order_date,
        ordered_at,
        requested_date,
        shipped_date,
        demand_date,
        original_order_line_id,
        return_match,
        is_cancelled,
        shared_units as quantity_units,
        shared_revenue_amount as revenue_amount,
        shared_cost_amount as cost_amount,
        {{ amount('shared_revenue_amount - shared_cost_amount') }} as margin_amount,
        cost_grade,
        case when place >= low_rate and place < high_rate then 1 else 0 end as line_count,
        low_rate,
        high_rate
    from shared
)

select * from final
