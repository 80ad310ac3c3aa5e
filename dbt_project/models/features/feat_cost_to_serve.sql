with work as (
    select * from {{ ref('int_order_line_work') }}
),

costs as (
    select * from {{ source('features', 'int_order_line_costs') }}
),

served as (
    select
        work.*,
        costs.order_processing_amount,
        costs.handling_amount,
        costs.returns_handling_amount,
        costs.credit_amount,
        costs.special_handling_amount,
        costs.dedicated_stock_amount,
        costs.freight_amount as charged_freight_amount,
        costs.premium_freight_amount as charged_premium_amount,
        {{ amount(
            'costs.order_processing_amount + costs.handling_amount'
            ~ ' + costs.returns_handling_amount + costs.freight_amount + costs.credit_amount'
        ) }} as standard_amount,
        {{ amount(
            'costs.special_handling_amount + costs.dedicated_stock_amount'
            ~ ' + costs.premium_freight_amount'
        ) }} as investment_amount
    from work
    inner join costs on work.order_line_id = costs.order_line_id
),

final as (
    select
        order_line_id,
        customer_id,
        product_id,
        site_id,
        month_start_date,
        transaction_type,
        is_cancelled,
        list_amount,
        {{ amount('list_amount - revenue_amount') }} as discount_amount,
        revenue_amount,
        rebate_amount,
        order_processing_amount,
        handling_amount,
        returns_handling_amount,
        charged_freight_amount as freight_amount,
        credit_amount,
        standard_amount as standard_cost_to_serve_amount,
        special_handling_amount,
        dedicated_stock_amount,
        charged_premium_amount as premium_freight_amount,
        {{ amount('standard_amount + investment_amount') }} as cost_to_serve_amount,
        cost_of_goods_amount,
        {{ amount(
            'revenue_amount - rebate_amount - standard_amount - investment_amount'
            ~ ' - cost_of_goods_amount'
        ) }} as pocket_margin_amount,
        list_grade,
        cost_grade
    from served
)

select * from final
