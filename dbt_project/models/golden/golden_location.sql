with sites as (
    select * from {{ ref('stg_sites') }}
),

matched as (
    select * from {{ ref('int_sites_matched') }}
),

records as (
    select
        sites.*,
        matched.golden_id,
        matched.survivorship_rank
    from sites
    inner join matched
        on sites._namespace = matched.namespace and sites.site_id = matched.source_key
),

final as (
    select
        golden_id as site_id,
        min_by(site_id, survivorship_rank) as site_code,
        {{ surviving('site_name') }} as site_name,
        {{ surviving('site_type') }} as site_type,
        {{ surviving('gln') }} as gln,
        {{ surviving('country_code') }} as country_code,
        {{ surviving('time_zone') }} as time_zone,
        min_by(_namespace, survivorship_rank) as leading_namespace,
        cast(count(*) as integer) as source_count
    from records
    group by golden_id
)

select * from final
