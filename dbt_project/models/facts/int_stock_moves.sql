with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

receipts as (
    select * from {{ ref('int_receipts_accepted') }}
),

purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

-- an order takes from the stock that can be promised on the day it is placed
moves as (
    select
        order_lines.product_id,
        order_lines.site_id,
        order_lines.order_date as moved_date,
        case when order_lines.transaction_type = 'sale' then order_lines.quantity_units else 0 end
            as sold_units,
        case when order_lines.transaction_type = 'sale' then 0 else -order_lines.quantity_units end
            as come_units
    from order_lines
    cross join parameters
    where
        not order_lines.is_cancelled
        and order_lines.order_date <= parameters.business_date
    union all
    select
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        receipts.receipt_date as moved_date,
        0 as sold_units,
        receipts.accepted_units as come_units
    from receipts
    inner join purchase_order_lines
        on receipts.purchase_order_line_id = purchase_order_lines.purchase_order_line_id
),

final as (
    select
        moves.product_id,
        moves.site_id,
        moves.moved_date,
        {{ week_start('moves.moved_date', 'parameters.week_starts_on') }} as week_start_date,
        sum(moves.sold_units) as sold_units,
        sum(moves.come_units) as come_units
    from moves
    cross join parameters
    group by moves.product_id, moves.site_id, moves.moved_date, parameters.week_starts_on
)

select * from final
