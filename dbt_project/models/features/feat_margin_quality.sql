with product_sites as (
    select * from {{ ref('int_product_site') }}
),

products as (
    select * from {{ ref('golden_product') }}
),

order_lines as (
    select * from {{ ref('int_order_line_margins') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

recent as (
    select order_lines.*
    from order_lines
    cross join parameters
    where order_lines.order_date > {{ months_before('parameters.business_date', 12) }}
),

summed as (
    select
        product_id,
        site_id,
        {{ margin_quality_sums() }},
        sum(quantity_units) as units
    from recent
    group by product_id, site_id
),

graded as (
    {{ graded_margins('summed') }}
),

final as (
    select
        product_sites.product_id,
        product_sites.site_id,
        case
            when graded.product_id is null then 0
            else graded.graded_margin_amount
        end as graded_margin_12m_amount,
        case
            when graded.product_id is null then 0
            else graded.margin_lower_amount
        end as margin_lower_12m_amount,
        case
            when graded.product_id is null then 0
            else graded.margin_upper_amount
        end as margin_upper_12m_amount,
        {{ published_float('graded.graded_margin_amount / graded.positive_revenue_amount') }}
            as graded_margin_rate_12m,
        {{ published_float('graded.margin_lower_amount / graded.positive_revenue_amount') }}
            as margin_lower_rate_12m,
        {{ published_float('graded.margin_upper_amount / graded.positive_revenue_amount') }}
            as margin_upper_rate_12m,
        graded.margin_provenance,
        graded.actual_margin_rate,
        graded.standard_margin_rate,
        graded.allocated_margin_rate,
        graded.estimated_margin_rate,
        {{ amount('graded.graded_margin_amount / nullif(greatest(graded.units, 0), 0)') }}
            as unit_contribution_amount,
        case
            when products.discontinued_date is not null
                then cast(
                    {{ days_between(
                        'parameters.business_date',
                        'greatest(products.discontinued_date, parameters.business_date)',
                    ) }} as double
                )
        end as remaining_life_days
    from product_sites
    cross join parameters
    left join graded
        on
            product_sites.product_id = graded.product_id
            and product_sites.site_id = graded.site_id
    left join products on product_sites.product_id = products.product_id
)

select * from final
