{{ carried_by_month(
    made=ref('int_demand_weekly_made'),
    before=source('prior', 'fct_demand_weekly'),
    months=ref('fct_demand_month'),
    columns=[
        'product_id', 'site_id', 'week_start_date', 'demand_units', 'returned_units',
        'one_off_units', 'order_line_count',
    ],
) }}
