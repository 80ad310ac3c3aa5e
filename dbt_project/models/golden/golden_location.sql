with sites as (
    select * from {{ ref('stg_sites') }}
),

matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'site'
),

settings as (
    select * from {{ source('night', 'site_settings') }}
),

calendars as (
    select * from {{ source('night', 'business_calendars') }}
),

records as (
    select
        sites.*,
        settings.business_calendar_id,
        settings.time_zone as stated_time_zone,
        matched.golden_id,
        matched.survivorship_rank
    from sites
    inner join matched
        on sites._namespace = matched.namespace and sites.site_id = matched.source_key
    left join settings
        on sites._namespace = settings.namespace and sites.site_id = settings.site_key
),

located as (
    select
        golden_id as site_id,
        min_by(site_id, survivorship_rank) as site_code,
        {{ surviving('site_name') }} as site_name,
        {{ surviving('site_type') }} as site_type,
        {{ surviving('gln') }} as gln,
        {{ surviving('country_code') }} as country_code,
        coalesce(
            {{ surviving('stated_time_zone') }}, {{ surviving('time_zone') }}
        ) as time_zone,
        {{ surviving('business_calendar_id') }} as stated_calendar_id,
        min_by(_namespace, survivorship_rank) as leading_namespace,
        cast(count(*) as integer) as source_count
    from records
    group by golden_id
),

-- the calendar stated for the site, else its country's, else the one for all others
final as (
    select
        located.site_id,
        located.site_code,
        located.site_name,
        located.site_type,
        located.gln,
        located.country_code,
        located.time_zone,
        coalesce(
            located.stated_calendar_id, calendars.business_calendar_id, 'default'
        ) as business_calendar_id,
        located.leading_namespace,
        located.source_count
    from located
    left join calendars on located.country_code = calendars.country_code
)

select * from final
