with product_sites as (
    select * from {{ ref('int_product_site') }}
),

purchase_order_lines as (
    select * from {{ ref('int_purchase_order_lines_received') }}
),

supplier_products as (
    select * from {{ ref('int_supplier_products_resolved') }}
),

locations as (
    select * from {{ ref('golden_location') }}
),

-- a supplier who no longer, or not yet, delivers the product is none of its sources
not_in_force as (
    select
        product_id,
        supplier_id
    from supplier_products
    where not is_in_force
),

usage as (
    select
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        purchase_order_lines.supplier_id,
        purchase_order_lines.source_supplier_id,
        count(*) as line_count
    from purchase_order_lines
    left join not_in_force as sellers
        on
            purchase_order_lines.product_id = sellers.product_id
            and purchase_order_lines.supplier_id = sellers.supplier_id
    left join not_in_force as makers
        on
            purchase_order_lines.product_id = makers.product_id
            and purchase_order_lines.source_supplier_id = makers.supplier_id
    where sellers.supplier_id is null and makers.supplier_id is null
    group by
        purchase_order_lines.product_id,
        purchase_order_lines.site_id,
        purchase_order_lines.supplier_id,
        purchase_order_lines.source_supplier_id
),

site_usage as (
    select
        product_id,
        site_id,
        supplier_id,
        sum(line_count) as line_count
    from usage
    group by product_id, site_id, supplier_id
),

product_usage as (
    select
        product_id,
        supplier_id,
        sum(line_count) as line_count
    from usage
    group by product_id, supplier_id
),

possible as (
    select
        product_id,
        supplier_id
    from supplier_products
    where is_in_force
    union
    select
        product_id,
        supplier_id
    from product_usage
),

-- goods come from whom orders say they come from, or from whom nothing was ordered yet
sources as (
    select
        product_id,
        source_supplier_id
    from usage
    union
    select
        possible.product_id,
        possible.supplier_id as source_supplier_id
    from possible
    left join product_usage
        on
            possible.product_id = product_usage.product_id
            and possible.supplier_id = product_usage.supplier_id
    where product_usage.supplier_id is null
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

source_counts as (
    select
        product_id,
        count(source_supplier_id) as possible_source_count
    from sources
    group by product_id
),

final as (
    select
        product_sites.product_id,
        product_sites.site_id,
        ranked.supplier_id,
        locations.country_code as site_country_code,
        cast(coalesce(source_counts.possible_source_count, 0) as bigint) as possible_source_count,
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
    left join locations on product_sites.site_id = locations.site_id
    left join source_counts on product_sites.product_id = source_counts.product_id
)

select * from final
