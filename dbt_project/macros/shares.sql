{#- The part of a measure between `low_rate` and `high_rate`: the parts of one row always sum to it,
    as each ends where the next begins and both are rounded alike. -#}
{% macro share_of(measure) -%}
    case
        when low_rate = 0 and high_rate = 1 then {{ measure }}
        else {{ amount('high_rate * ' ~ measure) }} - {{ amount('low_rate * ' ~ measure) }}
    end
{%- endmacro %}


{#- A place from 0 to below 1 for the nth of a sequence, such that any stretch of the sequence is
    spread evenly: the fraction of n times the golden ratio (Kronecker's sequence). -#}
{% macro low_discrepancy(n) -%}
    cast(cast({{ n }} as bigint) * 0.618033988750 % 1 as decimal(13, 12))
{%- endmacro %}
