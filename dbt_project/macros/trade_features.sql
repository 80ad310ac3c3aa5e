{#- A table of what units trade, by lines of int_unit_lines: one row for each row of `universe`,
    which has the columns of `key`. The columns are the same at every grain, so that one rule file
    runs at each; `carried` are columns of the universe to pass on, `without` leaves out what other
    tables of the grain have. Weekly measures follow models/demand/regularity.py. -#}
{% macro trade_features(universe, key, carried=[], without=[]) -%}
with units as (
    select * from {{ universe }}
),

lines as (
    select * from {{ ref('int_unit_lines') }}
),

parameters as (
    select * from {{ source('night', 'parameters') }}
),

traded as (
    {{ unit_sums('lines', key) }}
),

weekly as (
    select
        {{ key | join(', ') }},
        week_start_date,
        sum(quantity_units) as demand_units
    from lines
    where week_start_date is not null
    group by {{ key | join(', ') }}, week_start_date
),

observed as (
    select min(week_start_date) as first_date from weekly where demand_units > 0
),

counted as (
    {{ unit_weeks('weekly', key) }}
),

lived as (
    {{ unit_histories('counted') }}
),

measured as (
    {{ unit_regularity('lived') }}
),

final as (
    select
        {%- for column in key + carried %}
        units.{{ column }},
        {%- endfor %}
        {{ trade_columns(without) }}
    from units
    cross join parameters
    left join traded on {{ same_unit('units', 'traded', key) }}
    left join measured on {{ same_unit('units', 'measured', key) }}
)

select * from final
{%- endmacro %}


{#- The condition on which two relations speak of one unit. -#}
{% macro same_unit(left, right, key) -%}
    {%- for column in key %}{{ ' and ' if not loop.first }}{{ left }}.{{ column }} = {{ right }}.
        {{- column }}{% endfor %}
{%- endmacro %}


{#- CTE body: what lines add up to, by unit. -#}
{% macro unit_sums(lines, key) -%}
    select
        {{ key | join(', ') }},
        max(case when is_sale then order_date end) as last_order_date,
        min(case when is_sale then order_date end) as first_sale_date,
        sum(case when is_recent then revenue_amount else 0 end) as revenue_amount,
        sum(case when is_recent then cost_amount else 0 end) as cost_amount,
        max(case when is_recent then cost_rank end) as worst_grade,
        sum(case when is_recent and is_sale then quantity_units else 0 end) as sold_units,
        sum(case when is_recent and not is_sale then -quantity_units else 0 end) as returned_units,
        sum(case when is_recent then shipped_units else 0 end) as shipped_units,
        sum(case when is_recent and is_sale then line_count else 0 end) as order_line_count,
        {{ different('customer_id', key) }} as customer_count,
        {{ different('product_id', key) }} as product_count,
        {{ different('site_id', key) }} as site_count
    from {{ lines }}
    group by {{ key | join(', ') }}
{%- endmacro %}


{#- The number of different ones on recent sales lines. Of what is part of the key there is one at
    most, and a count of different ones is dear where there are many units. -#}
{% macro different(part, key) -%}
    {%- if part in key -%}
        max(case when is_recent and is_sale then 1 else 0 end)
    {%- else -%}
        count(distinct case when is_recent and is_sale then {{ part }} end)
    {%- endif -%}
{%- endmacro %}


{#- CTE body, beside `observed` and `parameters`: weeks with demand, their number and their sums.
    Squares are summed as decimals, exactly: sums of floats depend on the order of threads. -#}
{% macro unit_weeks(weekly, key) -%}
    {%- set last_week = week_start('parameters.business_date + 1', 'parameters.week_starts_on') -%}
    select
        {%- for column in key %}
        {{ weekly }}.{{ column }},
        {%- endfor %}
        any_value(parameters.adi_definition) as adi_definition,
        count(week_start_date) as demands,
        cast({{ days_between('any_value(observed.first_date)', 'max(' ~ last_week ~ ')') }} / 7
            as bigint) as periods,
        cast({{ days_between('min(week_start_date)', 'max(' ~ last_week ~ ')') }} / 7
            as bigint) as life,
        cast({{ days_between('max(week_start_date)', 'max(' ~ last_week ~ ')') }} / 7 - 1
            as bigint) as since,
        cast(sum(demand_units) as decimal(38, 4)) as total,
        sum(cast(demand_units as decimal(20, 4)) * cast(demand_units as decimal(18, 4))) as squares
    from {{ weekly }}
    cross join observed
    cross join parameters
    where demand_units > 0
    group by {% for column in key %}{{ weekly }}.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- CTE body: the weeks that count as history, by the definition of the interval. -#}
{% macro unit_histories(counted) -%}
    select
        *,
        case
            when adi_definition in ('first_period', 'periods_per_demand') then periods
            else life
        end as history
    from {{ counted }}
{%- endmacro %}


{#- CTE body: how regular demand is. The interval is by the definition that the workspace declares. -#}
{% macro unit_regularity(lived) -%}
    select
        *,
        cast(total as double) / history as mean,
        sqrt(
            cast(history * squares - total * total as double)
            / nullif(cast(history as double) * (history - 1), 0)
        ) as deviation,
        cast(demands * squares - total * total as double) * demands
        / nullif(cast(demands - 1 as double) * cast(total as double) * cast(total as double), 0)
            as cv2,
        case adi_definition
            when 'first_period' then cast(periods - since as double) / demands
            when 'periods_per_demand' then cast(periods as double) / demands
            when 'gaps_only'
                then cast(life - since - 1 as double) / nullif(demands - 1, 0)
            else cast(life as double) / demands
        end as adi
    from {{ lived }}
{%- endmacro %}
