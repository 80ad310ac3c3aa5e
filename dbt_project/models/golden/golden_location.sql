with matched as (
    select * from {{ source('golden', 'int_records_matched') }}
    where object_type = 'site'
),

attributes as (
    select * from {{ ref('golden_attribute') }}
    where object_type = 'site'
),

settings as (
    select * from {{ source('night', 'site_settings') }}
),

calendars as (
    select * from {{ source('night', 'business_calendars') }}
),

records as (
    {{ leading_records('matched') }}
),

survived as (
    select
        golden_id,
        {{ survived('site_name') }} as site_name,
        {{ survived('site_type') }} as site_type,
        {{ survived('gln') }} as gln,
        {{ survived('country_code') }} as country_code,
        {{ survived('time_zone') }} as time_zone
    from attributes
    group by golden_id
),

stated as (
    select
        matched.golden_id,
        min_by(settings.business_calendar_id, matched.survivorship_rank) as business_calendar_id
    from matched
    inner join settings
        on matched.namespace = settings.namespace and matched.source_key = settings.site_key
    where settings.business_calendar_id is not null
    group by matched.golden_id
),

-- the calendar stated for the site, else its country's, else the one for all others
final as (
    select
        records.golden_id as site_id,
        records.leading_source_key as site_code,
        survived.site_name,
        survived.site_type,
        survived.gln,
        survived.country_code,
        survived.time_zone,
        coalesce(
            stated.business_calendar_id, calendars.business_calendar_id, 'default'
        ) as business_calendar_id,
        records.leading_namespace,
        records.source_count
    from records
    left join survived on records.golden_id = survived.golden_id
    left join stated on records.golden_id = stated.golden_id
    left join calendars on survived.country_code = calendars.country_code
)

select * from final
