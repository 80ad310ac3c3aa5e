with places as (
    select * from {{ ref('int_customer_places_by_view') }}
),

disputes as (
    select * from {{ ref('int_customer_disputes') }}
),

standing as (
    select
        customer_id,
        view_name,
        node_namespace || ':' || node_id as node_key
    from {{ source('prior', 'hier_customer') }}
    where is_own_node and valid_to is null
),

sides as (
    select
        customer_id,
        view_name,
        place_from,
        since_date,
        settled_node_key,
        settled_by
    from disputes
    union all
    select
        customer_id,
        other_view_name as view_name,
        other_place_from as place_from,
        since_date,
        settled_node_key,
        settled_by
    from disputes
),

-- one side has changed its mind on the day; until a rule or a steward speaks it stays where it was
judged as (
    select
        sides.customer_id,
        sides.view_name,
        sides.since_date,
        sides.settled_by,
        coalesce(
            sides.settled_node_key,
            standing.node_key,
            case when sides.place_from = sides.since_date then places_before.node_key end
        ) as node_key,
        row_number() over (
            partition by sides.customer_id, sides.view_name
            order by sides.settled_by nulls last, sides.since_date nulls last
        ) as turn
    from sides
    left join standing
        on
            sides.customer_id = standing.customer_id
            and sides.view_name = standing.view_name
    left join places as places_before
        on
            sides.customer_id = places_before.customer_id
            and sides.view_name = places_before.view_name
            and sides.since_date = places_before.valid_to
),

overruled as (
    select * from judged
    where turn = 1
),

rows_of_places as (
    select
        places.customer_id,
        places.view_name,
        places.valid_from,
        coalesce(
            case when overruled.customer_id is not null then overruled.since_date end,
            places.valid_to
        ) as valid_to,
        places.node_key,
        places.settled_by,
        places.is_disputed
    from places
    left join overruled
        on
            places.customer_id = overruled.customer_id
            and places.view_name = overruled.view_name
            and places.valid_to = {{ until_further_notice() }}
    union all
    select
        places.customer_id,
        places.view_name,
        overruled.since_date as valid_from,
        places.valid_to,
        coalesce(overruled.node_key, places.node_key) as node_key,
        overruled.settled_by,
        true as is_disputed
    from places
    inner join overruled
        on
            places.customer_id = overruled.customer_id
            and places.view_name = overruled.view_name
    where places.valid_to = {{ until_further_notice() }}
),

final as (
    select * from rows_of_places
    where valid_from < valid_to and node_key is not null
)

select * from final
