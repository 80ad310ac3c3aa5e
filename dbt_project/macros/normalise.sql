{#- Text as it may be compared: trimmed, and null where nothing is left. -#}
{% macro blank_as_null(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}


{#- Code in upper case, trimmed, null where blank: currencies, countries. -#}
{% macro upper_code(column) -%}
    nullif(upper(trim({{ column }})), '')
{%- endmacro %}


{#- Only the characters of the class, in upper case. Engines differ: DuckDB replaces the first match
    unless told 'g', Spark replaces all and knows no such option. -#}
{% macro only_characters(column, class) -%}
    regexp_replace(upper({{ column }}), '[^{{ class }}]', '', 'g')
{%- endmacro %}


{#- Letters and digits of an identifier; null where there are none. -#}
{% macro alphanumeric(column) -%}
    nullif({{ only_characters(column, 'A-Z0-9') }}, '')
{%- endmacro %}


{#- Digits of an identifier, filled with leading zeros to its official width, since spreadsheets
    drop them. Nothing but zeros is no identifier. A longer one is left as it is: lpad would cut it. -#}
{% macro fixed_digits(column, width) -%}
    case
        when replace({{ only_characters(column, '0-9') }}, '0', '') = '' then null
        when length({{ only_characters(column, '0-9') }}) > {{ width }}
            then {{ only_characters(column, '0-9') }}
        else lpad({{ only_characters(column, '0-9') }}, {{ width }}, '0')
    end
{%- endmacro %}


{#- Name of a delivered record across systems: the namespace of its keys, and its key. -#}
{% macro record_key() -%}
    _namespace
    {%- for column in varargs %} || ':' || {{ column }}{% endfor %}
{%- endmacro %}


{#- Tax number with its country: one country's 123456789 is not another's. Numbers that carry the
    country's letters already are left alone. -#}
{% macro tax_key() -%}
    case
        when substr(tax_number, 1, 1) between '0' and '9'
            then coalesce(country_code, '') || tax_number
        else tax_number
    end
{%- endmacro %}


{#- Part number within its manufacturer; null unless both are known. -#}
{% macro part_key() -%}
    {{ alphanumeric('manufacturer_part_number') }} || '|' || upper(manufacturer_name)
{%- endmacro %}
