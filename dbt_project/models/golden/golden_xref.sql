{%- set matches = {
    'customer': ref('int_customers_matched'),
    'product': ref('int_products_matched'),
    'site': ref('int_sites_matched'),
    'supplier': ref('int_suppliers_matched'),
} -%}

with tonight as (
    {% for object_type, matched in matches.items() -%}
        select
            '{{ object_type }}' as object_type,
            namespace,
            source_key,
            golden_id,
            match_rule,
            match_score
        from {{ matched }}
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}
),

{{ carry_history(
    tonight='tonight',
    prior=source('prior', 'golden_xref'),
    key=['object_type', 'namespace', 'source_key'],
    values=['golden_id', 'match_rule', 'match_score'],
) }},

final as (
    select * from history
)

select * from final
