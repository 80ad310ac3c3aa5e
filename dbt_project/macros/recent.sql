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


{#- CTE body, beside `business_days` and `parameters`: the weeks that had begun by the business
    date. -#}
{% macro begun_weeks() -%}
    select distinct
        {{ week_start('business_days.calendar_date', 'parameters.week_starts_on') }}
            as week_start_date
    from business_days
    cross join parameters
    where business_days.calendar_date <= parameters.business_date
{%- endmacro %}
