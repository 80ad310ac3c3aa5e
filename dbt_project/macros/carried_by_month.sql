{#- All rows of a table that is kept by month: those that tonight has made, and those of the release
    before whose month is what it was. `months` says when each month was made. -#}
{% macro carried_by_month(made, before, months, columns) -%}
    with made as (
        select * from {{ made }}
    ),

    before as (
        select * from {{ before }}
    ),

    months as (
        select * from {{ months }}
    ),

    parameters as (
        select * from {{ source('night', 'parameters') }}
    ),

    unchanged as (
        select months.month_start_date
        from months
        inner join parameters on months.made_date < parameters.business_date
    ),

    carried as (
        select before.*
        from before
        inner join unchanged
            on {{ month_start('before.week_start_date') }} = unchanged.month_start_date
    ),

    final as (
        select {{ columns | join(', ') }} from made
        union all
        select {{ columns | join(', ') }} from carried
    )

    select * from final
{%- endmacro %}
