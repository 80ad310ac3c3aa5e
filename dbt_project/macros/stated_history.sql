{#- In place of a day that nobody knows: it sorts after every other. -#}
{% macro until_further_notice() -%}
    date '9999-12-31'
{%- endmacro %}


{#-
CTEs that lay what is delivered tonight over what the previous release knew: `history` has one row
per subject, values and validity, half-open, and valid_to is null while the row holds.

    tonight   CTE with subject, values, valid_from and valid_to as delivered, null where not stated
    prior     relation with the history of the previous release
    subject   columns that name what it is about
    values    columns that say what holds of it

A delivery speaks of a subject from the first day that it states: what was known of earlier days
stays, what was known of later ones gives way, so that a change that arrives late is in force from
its own day. A row without a first day holds since ever, but for a subject that was known before:
then from the business date, and what is unchanged goes on. A subject that is not delivered any more
ends on the business date. Days to come are left to the nights that they come in.
-#}
{% macro stated_history(tonight, prior, subject, values) -%}
{%- set columns = subject + values -%}
{%- set far = until_further_notice() -%}
parameters as (
    select business_date from {{ source('night', 'parameters') }}
),

before as (
    select
        {% for column in columns -%}
        earlier.{{ column }},
        {% endfor -%}
        earlier.valid_from,
        coalesce(earlier.valid_to, {{ far }}) as valid_to
    from {{ prior }} as earlier
    cross join parameters
    where earlier.valid_from < parameters.business_date
),

known as (
    select distinct {{ subject | join(', ') }} from before
),

stated as (
    select
        {% for column in columns -%}
        {{ tonight }}.{{ column }},
        {% endfor -%}
        coalesce(
            {{ tonight }}.valid_from,
            case
                when known.{{ subject[0] }} is null or {{ tonight }}.valid_to is not null
                    then {{ since_ever() }}
                else parameters.business_date
            end
        ) as valid_from,
        case
            when {{ tonight }}.valid_to <= parameters.business_date then {{ tonight }}.valid_to
            else {{ far }}
        end as valid_to
    from {{ tonight }}
    cross join parameters
    left join known
        on
            {% for column in subject -%}
            {% if not loop.first %}and {% endif %}{{ tonight }}.{{ column }} = known.{{ column }}
            {% endfor %}
    where coalesce({{ tonight }}.valid_from, parameters.business_date) <= parameters.business_date
),

spoken_of as (
    select {{ subject | join(', ') }}, min(valid_from) as first_date
    from stated
    group by {{ subject | join(', ') }}
),

kept as (
    select
        {% for column in columns -%}
        before.{{ column }},
        {% endfor -%}
        before.valid_from,
        least(
            before.valid_to, coalesce(spoken_of.first_date, parameters.business_date)
        ) as valid_to
    from before
    cross join parameters
    left join spoken_of
        on
            {% for column in subject -%}
            {% if not loop.first %}and {% endif %}before.{{ column }} = spoken_of.{{ column }}
            {% endfor %}
    where before.valid_from < coalesce(spoken_of.first_date, parameters.business_date)
),

laid_over as (
    select * from kept
    union all
    select * from stated
),

{{ joined_intervals('laid_over', columns, 'history') }}
{%- endmacro %}


{#- CTEs that join intervals of equal columns that meet or overlap into one; the last is called by
    the name given. -#}
{% macro joined_intervals(rows, columns, name) -%}
{%- set far = until_further_notice() -%}
{{ name }}_begun as (
    select
        *,
        case
            when
                valid_from <= max(valid_to) over (
                    partition by {{ columns | join(', ') }}
                    order by valid_from nulls last, valid_to nulls last
                    rows between unbounded preceding and 1 preceding
                )
                then 0
            else 1
        end as is_begun
    from {{ rows }}
),

{{ name }}_numbered as (
    select
        *,
        sum(is_begun) over (
            partition by {{ columns | join(', ') }}
            order by valid_from nulls last, valid_to nulls last
            rows between unbounded preceding and current row
        ) as interval_number
    from {{ name }}_begun
),

{{ name }} as (
    select
        {% for column in columns -%}
        {{ column }},
        {% endfor -%}
        min(valid_from) as valid_from,
        nullif(max(valid_to), {{ far }}) as valid_to
    from {{ name }}_numbered
    group by {{ columns | join(', ') }}, interval_number
)
{%- endmacro %}
