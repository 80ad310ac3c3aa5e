{#- The columns of `trade_features`, by name; all over `units`, `traded`, `measured`, `parameters`. -#}
{% macro trade_columns(without=[]) -%}
    {%- set columns = {
        'revenue_12m_amount': amount('coalesce(traded.revenue_amount, 0)'),
        'cost_12m_amount': 'case when traded.worst_grade >= 4 then null else '
            ~ amount('coalesce(traded.cost_amount, 0)') ~ ' end',
        'margin_12m_amount': 'case when traded.worst_grade >= 4 then null else '
            ~ amount('coalesce(traded.revenue_amount - traded.cost_amount, 0)') ~ ' end',
        'margin_grade': "case when traded.worst_grade >= 4 then 'missing'"
            ~ " when traded.worst_grade = 3 then 'allocated'"
            ~ " when traded.worst_grade = 2 then 'standard'"
            ~ " when traded.worst_grade = 1 then 'actual' end",
        'graded_margin_12m_amount': 'case when traded.worst_grade = 5 then null else '
            ~ amount('coalesce(traded.revenue_amount - traded.cost_amount, 0)') ~ ' end',
        'margin_provenance': "case traded.worst_grade when 5 then 'missing' when 4 then 'estimated'"
            ~ " when 3 then 'allocated' when 2 then 'standard' when 1 then 'actual' end",
        'sold_units_12m': amount('coalesce(traded.sold_units, 0)'),
        'returned_units_12m': amount('coalesce(traded.returned_units, 0)'),
        'shipped_units_12m': amount('coalesce(traded.shipped_units, 0)'),
        'order_line_count_12m': 'cast(coalesce(traded.order_line_count, 0) as bigint)',
        'customer_count_12m': 'cast(coalesce(traded.customer_count, 0) as bigint)',
        'product_count_12m': 'cast(coalesce(traded.product_count, 0) as bigint)',
        'site_count_12m': 'cast(coalesce(traded.site_count, 0) as bigint)',
        'first_order_date': 'traded.first_sale_date',
        'last_order_date': 'traded.last_order_date',
        'first_order_days': 'cast('
            ~ days_between('traded.first_sale_date', 'parameters.business_date') ~ ' as double)',
        'recency_days': 'cast('
            ~ days_between('traded.last_order_date', 'parameters.business_date') ~ ' as double)',
        'demand_weeks_count': 'cast(coalesce(measured.demands, 0) as bigint)',
        'history_weeks_count': 'cast(coalesce(measured.history, 0) as bigint)',
        'weeks_since_demand_count': 'measured.since',
        'months_of_history': published_float(
            'coalesce(measured.life, 0) * 7 / (365.2425 / 12)'
        ),
        'weekly_mean_units': published_float('measured.mean'),
        'weekly_sd_units': published_float('measured.deviation'),
        'weekly_cv_ratio': published_float('measured.deviation / measured.mean'),
        'adi_ratio': published_float('measured.adi'),
        'cv2_ratio': published_float('measured.cv2'),
    } -%}
    {%- for name in columns if name not in without %}
        {{ columns[name] }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
