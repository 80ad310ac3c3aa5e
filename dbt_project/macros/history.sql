{#- CTE body: one row per system, extract and day of a history: its lines, how many of them say
    something of their own, and check sums. Lines that differ in nothing but their keys say the
    same. -#}
{% macro history_days(history, day, said, units, amount='0') -%}
    select
        system,
        extract,
        history,
        history_date,
        cast(sum(repeated) as bigint) as line_count,
        count(*) as distinct_count,
        sum(stated_units) as control_sum_units,
        sum(stated_amount) as control_sum_amount
    from (
        select
            lines._system as system,
            files.extract,
            '{{ history }}' as history,
            lines.{{ day }} as history_date,
            count(*) as repeated,
            sum({{ units }}) as stated_units,
            sum({{ amount }}) as stated_amount
        from {{ ref('stg_' ~ history) }} as lines
        inner join files on lines._system = files.system and lines._file = files.file_sha256
        group by
            lines._system,
            files.extract,
            lines.{{ day }}
            {%- for column in said %},
            lines.{{ column }}
            {%- endfor %}
    ) as said
    group by system, extract, history, history_date
{%- endmacro %}
