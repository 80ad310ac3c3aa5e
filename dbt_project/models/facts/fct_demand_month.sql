with demanded_lines as (
    select * from {{ ref('int_demanded_lines') }}
),

before as (
    select * from {{ source('prior', 'fct_demand_month') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

months as (
    select
        month_start_date,
        count(*) as line_count,
        {{ fingerprint([
            'order_line_id', 'product_id', 'site_id', 'week_start_date', 'is_sale', 'is_one_off',
            'quantity_units',
        ]) }} as line_fingerprint
    from demanded_lines
    group by month_start_date
),

told as (
    select
        months.month_start_date,
        cast(months.line_count as bigint) as order_line_count,
        md5(concat_ws(
            ' ', parameters.code_sha256, cast(months.line_count as string),
            cast(months.line_fingerprint as string)
        )) as fingerprint,
        parameters.business_date
    from months
    cross join parameters
),

{{ made_months('told', 'before', ['order_line_count']) }}

select * from final
