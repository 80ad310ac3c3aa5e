-- How far true costs are from those that are used where none is booked on the line, by what items
-- show of which both are known. With n items, the k-th smallest and the k-th largest ratio hold
-- that of one more with a probability of (n + 1 - 2 k) / (n + 1), whatever their distribution
-- (Wilks, 1941); k is the largest for which that reaches the coverage asked for.
with order_lines as (
    select * from {{ ref('fct_order_line') }}
),

products as (
    select * from {{ ref('golden_product') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

settings as (
    select * from {{ source('night', 'value_settings') }}
),

recent as (
    {{ recent_order_lines() }}
),

items as (
    select
        products.product_line,
        recent.product_id,
        recent.site_id,
        sum(case when recent.cost_grade <> 'missing' then recent.revenue_amount end)
            as revenue_amount,
        sum(recent.cost_amount) as cost_amount,
        sum(
            case
                when recent.cost_grade = 'actual' and products.standard_cost_amount is not null
                    then recent.cost_amount
            end
        ) as booked_amount,
        sum(
            case
                when recent.cost_grade = 'actual'
                    then {{ amount(
                        factor('recent.quantity_units') ~ ' * products.standard_cost_amount'
                    ) }}
            end
        ) as standard_amount
    from recent
    inner join products on recent.product_id = products.product_id
    group by products.product_line, recent.product_id, recent.site_id
),

-- the cost of a line without one by its revenue, and a booked cost by the standard one
observed as (
    select
        product_line,
        'estimated' as cost_grade,
        cost_amount as true_amount,
        revenue_amount as basis_amount
    from items
    where revenue_amount > 0 and cost_amount >= 0
    union all
    select
        product_line,
        'standard' as cost_grade,
        booked_amount as true_amount,
        standard_amount as basis_amount
    from items
    where standard_amount > 0 and booked_amount >= 0
),

-- each item counts in its product line, and among all
grouped as (
    select
        false as is_of_all,
        product_line,
        cost_grade,
        true_amount,
        basis_amount
    from observed
    union all
    select
        true as is_of_all,
        cast(null as string) as product_line,
        cost_grade,
        true_amount,
        basis_amount
    from observed
),

ranked as (
    select
        *,
        least(cast(true_amount as double) / cast(basis_amount as double), 1000000) as cost_ratio,
        row_number() over (
            partition by is_of_all, product_line, cost_grade
            order by
                least(cast(true_amount as double) / cast(basis_amount as double), 1000000)
                nulls last
        ) as turn,
        count(*) over (partition by is_of_all, product_line, cost_grade) as item_count
    from grouped
),

placed as (
    select
        ranked.*,
        cast(
            floor((ranked.item_count + 1) * (1 - settings.coverage_rate) * 0.5) as bigint
        ) as place
    from ranked
    cross join settings
),

final as (
    select
        is_of_all,
        product_line,
        cost_grade,
        cast(min(item_count) as bigint) as item_count,
        cast(
            least(cast(sum(true_amount) as double) / cast(sum(basis_amount) as double), 1000000)
            as decimal(18, 9)
        ) as central_ratio,
        cast(max(case when turn = place then cost_ratio end) as decimal(18, 9)) as low_ratio,
        cast(max(case when turn = item_count + 1 - place then cost_ratio end) as decimal(18, 9))
            as high_ratio
    from placed
    group by is_of_all, product_line, cost_grade
)

select * from final
