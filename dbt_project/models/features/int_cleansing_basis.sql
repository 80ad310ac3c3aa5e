with weekly_months as (
    select * from {{ ref('fct_demand_month') }}
),

promotion_weeks as (
    select * from {{ ref('int_promotion_weeks') }}
),

stock_out_weeks as (
    select * from {{ ref('int_stock_out_weeks') }}
),

products as (
    select * from {{ ref('golden_product') }}
),

before as (
    select * from {{ source('prior', 'demand_month') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

demanded as (
    select {{ fingerprint(['month_start_date', 'fingerprint']) }} as fingerprint
    from weekly_months
),

promoted as (
    select
        {{ fingerprint([
            'product_id', 'site_id', 'week_start_date', 'promotion_id', 'promotion_kind',
            'promotion_phase', 'weeks_apart', 'affected_days',
        ]) }} as fingerprint
    from promotion_weeks
),

short as (
    select
        {{ fingerprint(['product_id', 'site_id', 'week_start_date', 'empty_days']) }} as fingerprint
    from stock_out_weeks
),

discontinued as (
    select {{ fingerprint(['product_id', 'discontinued_date']) }} as fingerprint
    from products
    where discontinued_date is not null
),

-- lives end with the week that holds the day before the first one that is not over
basis as (
    select
        md5(concat_ws(
            ' ', parameters.code_sha256,
            cast(
                {{ week_start('parameters.business_date + 1', 'parameters.week_starts_on') }}
                as string
            ),
            coalesce(cast(demanded.fingerprint as string), '-'),
            coalesce(cast(promoted.fingerprint as string), '-'),
            coalesce(cast(short.fingerprint as string), '-'),
            coalesce(cast(discontinued.fingerprint as string), '-')
        )) as basis_fingerprint
    from parameters
    cross join demanded
    cross join promoted
    cross join short
    cross join discontinued
),

same as (
    select distinct basis_fingerprint from before
),

final as (
    select
        basis.basis_fingerprint,
        same.basis_fingerprint is not null as is_as_before
    from basis
    left join same on basis.basis_fingerprint = same.basis_fingerprint
)

select * from final
