-- What is used where no cost is booked, for each product line: measured on its own items where
-- there are enough, else on all items, else as declared.
with products as (
    select * from {{ ref('golden_product') }}
),

spreads as (
    select * from {{ ref('int_cost_spreads') }}
),

settings as (
    select * from {{ source('night', 'value_settings') }}
),

product_lines as (
    select distinct product_line from products
),

grades as (
    select 'standard' as cost_grade
    union all
    select 'estimated' as cost_grade
),

chosen as (
    select
        product_lines.product_line,
        grades.cost_grade,
        case
            when own.low_ratio is not null then 'product line'
            when of_all.low_ratio is not null then 'all items'
            else 'declared'
        end as ratio_basis,
        case
            when grades.cost_grade = 'standard' then 1
            when own.low_ratio is not null then own.central_ratio
            else of_all.central_ratio
        end as central_ratio,
        coalesce(own.low_ratio, of_all.low_ratio) as low_ratio,
        coalesce(own.high_ratio, of_all.high_ratio) as high_ratio,
        case
            when grades.cost_grade = 'standard' then settings.standard_half_width_rate
            else settings.estimated_half_width_rate
        end as half_width_rate
    from product_lines
    cross join grades
    cross join settings
    left join spreads as own
        on
            product_lines.product_line is not distinct from own.product_line
            and grades.cost_grade = own.cost_grade
            and not own.is_of_all
    left join spreads as of_all
        on grades.cost_grade = of_all.cost_grade and of_all.is_of_all
),

-- what is used lies in its own interval
final as (
    select
        product_line,
        cost_grade,
        ratio_basis,
        cast(central_ratio as decimal(18, 9)) as central_ratio,
        cast(
            least(central_ratio, coalesce(low_ratio, central_ratio * (1 - half_width_rate)))
            as decimal(18, 9)
        ) as low_ratio,
        cast(
            greatest(central_ratio, coalesce(high_ratio, central_ratio * (1 + half_width_rate)))
            as decimal(18, 9)
        ) as high_ratio
    from chosen
)

select * from final
