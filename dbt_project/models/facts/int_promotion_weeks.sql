with promotions as (
    select * from {{ ref('stg_promotions') }}
),

products as (
    {{ open_crosswalk('product') }}
),

sites as (
    {{ open_crosswalk('site') }}
),

product_sites as (
    select * from {{ ref('int_product_site') }}
),

hierarchy as (
    select * from {{ ref('hier_product') }}
),

business_days as (
    select * from {{ source('facts', 'dim_business_day') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

weeks as (
    {{ begun_weeks() }}
),

-- what has not begun by the business date is a plan
begun as (
    select
        promotions.promotion_id,
        coalesce(promotions.promotion_kind, 'promotion') as promotion_kind,
        promotions.product_id as source_product_id,
        products.golden_id as product_id,
        promotions._namespace as node_namespace,
        promotions.hierarchy_node_id,
        promotions.site_id as source_site_id,
        sites.golden_id as site_id,
        promotions.start_date,
        promotions.end_date,
        {{ week_start('promotions.start_date', 'parameters.week_starts_on') }} as first_week,
        {{ week_start('promotions.end_date', 'parameters.week_starts_on') }} as last_week
    from promotions
    cross join parameters
    left join products
        on
            promotions._namespace = products.namespace
            and promotions.product_id = products.source_key
    left join sites
        on
            promotions._namespace = sites.namespace
            and promotions.site_id = sites.source_key
    where
        promotions.start_date <= parameters.business_date
        and promotions.start_date <= promotions.end_date
),

node_products as (
    select distinct
        node_namespace,
        node_id,
        product_id
    from hierarchy
    where valid_to is null
),

of_products as (
    select
        begun.*,
        begun.product_id as promoted_product_id
    from begun
    where begun.source_product_id is not null
    union all
    select
        begun.*,
        node_products.product_id as promoted_product_id
    from begun
    inner join node_products
        on
            begun.node_namespace = node_products.node_namespace
            and begun.hierarchy_node_id = node_products.node_id
    union all
    select
        begun.*,
        cast(null as string) as promoted_product_id
    from begun
    where begun.source_product_id is null and begun.hierarchy_node_id is null
),

promoted as (
    select
        product_sites.product_id,
        product_sites.site_id,
        of_products.promotion_id,
        of_products.promotion_kind,
        of_products.start_date,
        of_products.end_date,
        of_products.first_week,
        of_products.last_week
    from of_products
    inner join product_sites
        on
            coalesce(of_products.promoted_product_id, product_sites.product_id)
            = product_sites.product_id
            and (of_products.source_site_id is null or of_products.site_id = product_sites.site_id)
),

-- customers wait for a promotion, and live on what they have bought in it
around as (
    select
        promoted.*,
        weeks.week_start_date,
        case
            when weeks.week_start_date < promoted.first_week then 'before'
            when weeks.week_start_date > promoted.last_week then 'after'
            else 'during'
        end as promotion_phase,
        case
            when weeks.week_start_date < promoted.first_week
                then {{ days_between('weeks.week_start_date', 'promoted.first_week') }} / 7
            when weeks.week_start_date > promoted.last_week
                then {{ days_between('promoted.last_week', 'weeks.week_start_date') }} / 7
            else 0
        end as weeks_apart
    from promoted
    inner join weeks
        on
            weeks.week_start_date between promoted.first_week - 14 and promoted.last_week + 21
),

-- of several, the one that runs decides, then the one that ran last
ranked as (
    select
        *,
        row_number() over (
            partition by product_id, site_id, week_start_date
            order by
                case promotion_phase when 'during' then 1 when 'after' then 2 else 3 end nulls last,
                weeks_apart nulls last, start_date nulls last, promotion_id nulls last,
                promotion_kind nulls last, end_date nulls last
        ) as turn
    from around
),

final as (
    select
        product_id,
        site_id,
        week_start_date,
        promotion_id,
        promotion_kind,
        start_date as promotion_start_date,
        promotion_phase,
        cast(weeks_apart as integer) as weeks_apart,
        case
            when promotion_phase = 'during'
                then cast(
                    {{ days_between(
                        'greatest(start_date, week_start_date)', 'least(end_date, week_start_date + 6)',
                    ) }} + 1 as integer
                )
            else 7
        end as affected_days
    from ranked
    where turn = 1
)

select * from final
