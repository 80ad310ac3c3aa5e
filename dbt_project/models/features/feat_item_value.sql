with product_sites as (
    select * from {{ ref('int_product_site') }}
),

order_lines as (
    select * from {{ ref('fct_order_line') }}
),

stock as (
    select * from {{ ref('fct_stock') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

recent as (
    {{ recent_order_lines() }}
),

traded as (
    select
        product_id,
        site_id,
        sum(revenue_amount) as revenue_amount,
        sum(cost_amount) as cost_amount,
        sum(margin_amount) as margin_amount,
        sum(case when is_sale then quantity_units else 0 end) as sold_units,
        sum(case when is_sale then 0 else -quantity_units end) as returned_units,
        sum(case when is_sale then 1 else 0 end) as order_line_count,
        count(distinct case when is_sale then customer_id end) as customer_count,
        max(
            case cost_grade
                when 'missing' then 4
                when 'allocated' then 3
                when 'standard' then 2
                else 1
            end
        ) as worst_grade
    from recent
    group by product_id, site_id
),

final as (
    select
        product_sites.product_id,
        product_sites.site_id,
        {{ amount('coalesce(traded.revenue_amount, 0)') }} as revenue_12m_amount,
        case
            when traded.worst_grade = 4 then null
            else {{ amount('coalesce(traded.cost_amount, 0)') }}
        end as cost_12m_amount,
        case
            when traded.worst_grade = 4 then null
            else {{ amount('coalesce(traded.margin_amount, 0)') }}
        end as margin_12m_amount,
        {{ amount('coalesce(traded.sold_units, 0)') }} as sold_units_12m,
        {{ amount('coalesce(traded.returned_units, 0)') }} as returned_units_12m,
        cast(coalesce(traded.order_line_count, 0) as bigint) as order_line_count_12m,
        cast(coalesce(traded.customer_count, 0) as bigint) as customer_count_12m,
        case traded.worst_grade
            when 4 then 'missing'
            when 3 then 'allocated'
            when 2 then 'standard'
            when 1 then 'actual'
        end as margin_grade,
        stock.stock_value_amount
    from product_sites
    left join traded
        on
            product_sites.product_id = traded.product_id
            and product_sites.site_id = traded.site_id
    left join stock
        on
            product_sites.product_id = stock.product_id
            and product_sites.site_id = stock.site_id
)

select * from final
