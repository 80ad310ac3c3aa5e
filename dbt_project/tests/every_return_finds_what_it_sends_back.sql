{#- A return that names an order line which is not there: it counts in the week of the return. A
    warning, since orders from before the history begins are sent back, too; dq_gates counts them. -#}
{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'fct_order_line'}}}) }}

with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

final as (
    select order_line_id
    from order_lines
    where return_match = 'unmatched'
)

select * from final
