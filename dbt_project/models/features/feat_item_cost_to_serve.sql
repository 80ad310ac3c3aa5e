with product_sites as (
    select * from {{ ref('int_product_site') }}
),

costed as (
    select * from {{ ref('feat_cost_to_serve') }}
),

served as (
    {{ served_at_standard(['product_id', 'site_id']) }}
),

ranked as (
    {{ whale('served', 'standard_pocket_margin_amount', 'product_id, site_id') }}
),

final as (
    select
        product_sites.product_id,
        product_sites.site_id,
        {{ served_features() }}
    from product_sites
    left join served
        on
            product_sites.product_id = served.product_id
            and product_sites.site_id = served.site_id
    left join ranked
        on
            product_sites.product_id = ranked.product_id
            and product_sites.site_id = ranked.site_id
)

select * from final
