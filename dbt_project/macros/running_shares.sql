{#- What of an amount has been given away once so many parts of all have had theirs, rounded half up
    to four decimals. What one part gets is the difference of two of these: so the parts add up to
    the amount, and none is off by more than a ten-thousandth. In whole numbers, since DuckDB
    divides decimals as doubles; amount and parts are not negative, and there is one part at
    least. On Spark, which has no hugeint, this is decimal(38, 0) and `div`. -#}
{% macro share_up_to(amount, parts, all_parts) -%}
    cast(
        (
            2 * cast(cast({{ amount }} as decimal(38, 4)) * 10000 as hugeint) * {{ parts }}
            + {{ all_parts }}
        )
        // (2 * cast({{ all_parts }} as hugeint))
        * cast(0.0001 as decimal(5, 4))
        as decimal(18, 4)
    )
{%- endmacro %}
