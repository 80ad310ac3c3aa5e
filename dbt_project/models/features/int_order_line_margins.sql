-- Order lines up to the business date that were not cancelled, each with the best cost known of it
-- and how far off that may be. The ratios of a return are those of a sale: signs stay.
with order_lines as (
    select * from {{ ref('int_customer_order_lines') }}
),

products as (
    select * from {{ ref('golden_product') }}
),

ratios as (
    select * from {{ ref('int_cost_ratios') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

settings as (
    select * from {{ source('night', 'value_settings') }}
),

known as (
    select
        order_lines.*,
        products.product_line,
        case order_lines.cost_grade when 'missing' then 'estimated' else order_lines.cost_grade end
            as wanted_grade
    from order_lines
    cross join parameters
    left join products on order_lines.product_id = products.product_id
    where
        not order_lines.is_cancelled
        and order_lines.order_date <= parameters.business_date
),

valued as (
    select
        known.*,
        {{ amount(
            'coalesce(known.cost_amount, ' ~ factor('known.revenue_amount')
            ~ ' * ratios.central_ratio)'
        ) }} as best_cost_amount,
        case
            when known.wanted_grade = 'estimated' then known.revenue_amount
            else known.cost_amount
        end as basis_amount,
        case known.wanted_grade
            when 'actual' then 1 - settings.actual_half_width_rate
            when 'allocated' then 1 - settings.allocated_half_width_rate
            else ratios.low_ratio
        end as low_ratio,
        case known.wanted_grade
            when 'actual' then 1 + settings.actual_half_width_rate
            when 'allocated' then 1 + settings.allocated_half_width_rate
            else ratios.high_ratio
        end as high_ratio
    from known
    cross join settings
    left join ratios
        on
            known.product_line is not distinct from ratios.product_line
            and known.wanted_grade = ratios.cost_grade
),

final as (
    select
        order_line_id,
        order_id,
        namespace,
        transaction_type = 'sale' as is_sale,
        customer_id,
        product_id,
        site_id,
        order_date,
        demand_date,
        line_count,
        low_rate,
        high_rate,
        quantity_units,
        revenue_amount,
        case when best_cost_amount is null then 'missing' else wanted_grade end as cost_grade,
        best_cost_amount as cost_amount,
        {{ amount(factor('basis_amount') ~ ' * low_ratio') }} as low_cost_amount,
        {{ amount(factor('basis_amount') ~ ' * high_ratio') }} as high_cost_amount
    from valued
)

select * from final
