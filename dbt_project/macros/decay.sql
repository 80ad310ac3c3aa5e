{#- What an event counts for at an age in days: half for each half-life, all where the half-life is
    null. A decimal, so that the sum of decayed amounts is exact. -#}
{% macro decay_weight(age_days, half_life_days) -%}
    cast(
        coalesce(power(0.5, cast({{ age_days }} as double) / {{ half_life_days }}), 1)
        as decimal(18, 15)
    )
{%- endmacro %}


{#- Sum of amounts, each decayed to the business date. -#}
{% macro decayed_sum(amount, age_days, half_life_days) -%}
    sum({{ amount }} * {{ decay_weight(age_days, half_life_days) }})
{%- endmacro %}
