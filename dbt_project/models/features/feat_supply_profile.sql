with product_sites as (
    select * from {{ ref('int_product_site') }}
),

purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

supplier_products as (
    select * from {{ ref('int_supplier_products_resolved') }}
),

lead_times as (
    select * from {{ ref('int_lead_times_measured') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

site_usage as (
    select
        product_id,
        site_id,
        supplier_id,
        count(*) as line_count
    from purchase_order_lines
    group by product_id, site_id, supplier_id
),

product_usage as (
    select
        product_id,
        supplier_id,
        sum(line_count) as line_count
    from site_usage
    group by product_id, supplier_id
),

possible as (
    select
        product_id,
        supplier_id
    from supplier_products
    union
    select
        product_id,
        supplier_id
    from product_usage
),

-- the buyer's preferred source; without one, the source used most at the site, then anywhere
ranked as (
    select
        product_sites.product_id,
        product_sites.site_id,
        possible.supplier_id,
        row_number() over (
            partition by product_sites.product_id, product_sites.site_id
            order by
                case when supplier_products.is_preferred then 1 else 2 end nulls last,
                -coalesce(site_usage.line_count, 0) nulls last,
                -coalesce(product_usage.line_count, 0) nulls last,
                possible.supplier_id nulls last
        ) as source_rank
    from product_sites
    inner join possible on product_sites.product_id = possible.product_id
    left join supplier_products
        on
            possible.product_id = supplier_products.product_id
            and possible.supplier_id = supplier_products.supplier_id
    left join site_usage
        on
            product_sites.product_id = site_usage.product_id
            and product_sites.site_id = site_usage.site_id
            and possible.supplier_id = site_usage.supplier_id
    left join product_usage
        on
            possible.product_id = product_usage.product_id
            and possible.supplier_id = product_usage.supplier_id
),

sourced as (
    select
        product_sites.product_id,
        product_sites.site_id,
        ranked.supplier_id,
        supplier_products.planned_lead_time_days,
        supplier_products.minimum_order_units,
        supplier_products.order_multiple_units,
        supplier_products.purchase_price_amount
    from product_sites
    left join ranked
        on
            product_sites.product_id = ranked.product_id
            and product_sites.site_id = ranked.site_id
            and ranked.source_rank = 1
    left join supplier_products
        on
            ranked.product_id = supplier_products.product_id
            and ranked.supplier_id = supplier_products.supplier_id
),

-- the narrowest basis that has enough receipts
based as (
    select
        sourced.*,
        case
            when at_site.receipt_count >= parameters.minimum_receipts then 'site receipts'
            when of_product.receipt_count >= parameters.minimum_receipts then 'product receipts'
            when sourced.planned_lead_time_days is not null then 'planned'
            else 'none'
        end as lead_time_source,
        at_site.receipt_count as site_receipt_count,
        at_site.lead_time_mean_days as site_mean_days,
        at_site.lead_time_sd_days as site_sd_days,
        at_site.on_time_rate as site_on_time_rate,
        of_product.receipt_count as product_receipt_count,
        of_product.lead_time_mean_days as product_mean_days,
        of_product.lead_time_sd_days as product_sd_days,
        of_product.on_time_rate as product_on_time_rate
    from sourced
    cross join parameters
    left join lead_times as at_site
        on sourced.product_id = at_site.product_id and sourced.site_id = at_site.site_id
    left join lead_times as of_product
        on sourced.product_id = of_product.product_id and of_product.site_id is null
),

final as (
    select
        product_id,
        site_id,
        supplier_id,
        {{ published_float(
            "case lead_time_source
                when 'site receipts' then site_mean_days
                when 'product receipts' then product_mean_days
                when 'planned' then planned_lead_time_days
            end"
        ) }} as lead_time_mean_days,
        {{ published_float(
            "case lead_time_source
                when 'site receipts' then site_sd_days
                when 'product receipts' then product_sd_days
            end"
        ) }} as lead_time_sd_days,
        cast(case lead_time_source
            when 'site receipts' then site_receipt_count
            when 'product receipts' then product_receipt_count
            else 0
        end as bigint) as receipt_count,
        lead_time_source,
        {{ published_float(
            "case lead_time_source
                when 'site receipts' then site_on_time_rate
                when 'product receipts' then product_on_time_rate
            end"
        ) }} as on_time_rate,
        minimum_order_units,
        order_multiple_units,
        purchase_price_amount
    from based
)

select * from final
