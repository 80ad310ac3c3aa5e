{#- CTE body, beside `order_lines` and `parameters`: the order lines of the last twelve months that
    were not cancelled, `is_sale` telling sales from returns. -#}
{% macro recent_order_lines() -%}
    select
        order_lines.*,
        order_lines.transaction_type = 'sale' as is_sale
    from order_lines
    cross join parameters
    where
        not order_lines.is_cancelled
        and order_lines.order_date <= parameters.business_date
        and order_lines.order_date > {{ months_before('parameters.business_date', 12) }}
{%- endmacro %}
