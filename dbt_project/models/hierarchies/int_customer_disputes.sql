with places as (
    select * from {{ ref('int_customer_places_by_view') }}
),

claims as (
    select * from {{ ref('int_customer_claims') }}
),

nodes as (
    select distinct
        view_name,
        namespace || ':' || node_id as node_key
    from {{ ref('hier_customer_node') }}
    where valid_to is null
),

agreements as (
    select * from {{ source('night', 'hierarchy_agreements') }}
),

today as (
    select * from places
    where valid_to = {{ until_further_notice() }} and node_key is not null
),

-- two views of one customer that should agree, and do not
disputes as (
    select
        today.customer_id || '|' || today.view_name || '|' || across.view_name as conflict_id,
        today.customer_id,
        today.view_name,
        across.view_name as other_view_name,
        today.node_key,
        across.node_key as other_node_key,
        today.valid_from as place_from,
        across.valid_from as other_place_from,
        greatest(today.valid_from, across.valid_from) as since_date
    from agreements
    inner join today on agreements.view_name = today.view_name
    inner join today as across
        on
            agreements.other_view_name = across.view_name
            and today.customer_id = across.customer_id
            and today.node_key <> across.node_key
),

-- every view of the customer has one voice, which its most trusted account speaks
voices as (
    select
        today.customer_id,
        today.view_name,
        today.node_key,
        split_part(today.node_key, ':', 1) as node_namespace,
        substr(today.node_key, length(split_part(today.node_key, ':', 1)) + 2) as node_id,
        min_by(claims.namespace, claims.survivorship_rank) as namespace,
        min_by(claims.source_key, claims.survivorship_rank) as source_key
    from today
    inner join claims
        on
            today.customer_id = claims.customer_id
            and today.view_name = claims.view_name
            and today.valid_from = claims.valid_from
    group by today.customer_id, today.view_name, today.node_key
),

supports as (
    select
        disputes.conflict_id,
        voices.node_key,
        voices.node_id,
        voices.view_name,
        voices.namespace,
        voices.source_key
    from disputes
    inner join voices
        on
            disputes.customer_id = voices.customer_id
            and voices.node_key in (disputes.node_key, disputes.other_node_key)
),

{{ settle('supports', 'customer') }},

-- a place counts in a view only if the view has that node
final as (
    select
        disputes.*,
        case
            when here.node_key is not null and there.node_key is not null then settled.node_key
        end as settled_node_key,
        case
            when here.node_key is not null and there.node_key is not null then settled.settled_by
        end as settled_by
    from disputes
    left join settled on disputes.conflict_id = settled.conflict_id
    left join nodes as here
        on disputes.view_name = here.view_name and settled.node_key = here.node_key
    left join nodes as there
        on disputes.other_view_name = there.view_name and settled.node_key = there.node_key
)

select * from final
