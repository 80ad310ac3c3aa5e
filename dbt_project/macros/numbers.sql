{#- A float as it is published: rounded by way of a decimal, because raw float sums differ in the
    last bits between engines and between thread counts. -#}
{% macro published_float(expression) -%}
    cast(cast({{ expression }} as decimal(38, 12)) as double)
{%- endmacro %}


{#- Money and quantities: exact, four decimals. -#}
{% macro amount(expression) -%}
    cast({{ expression }} as decimal(18, 4))
{%- endmacro %}


{#- An exact factor of a product: DuckDB keeps the product of two decimals of 18 digits in 18. -#}
{% macro factor(expression) -%}
    cast({{ expression }} as decimal(20, 4))
{%- endmacro %}


{#- The sample standard deviation of whole numbers, from exact sums: an engine's own adds doubles up
    in the order of its threads, and two nights of one input differed by 1e-12. Null below two. -#}
{% macro integer_deviation(expression) -%}
    sqrt(
        cast(
            count({{ expression }}) * cast(sum({{ expression }} * {{ expression }}) as bigint)
            - cast(sum({{ expression }}) as bigint) * cast(sum({{ expression }}) as bigint)
            as double
        )
        / nullif(count({{ expression }}) * (count({{ expression }}) - 1), 0)
    )
{%- endmacro %}
