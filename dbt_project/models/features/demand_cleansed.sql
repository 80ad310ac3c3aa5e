{{ carried_by_month(
    made=ref('int_demand_cleansed_made'),
    before=source('prior', 'demand_cleansed'),
    months=ref('demand_month'),
    columns=[
        'product_id', 'site_id', 'week_start_date', 'raw_units', 'baseline_units',
        'promotion_units', 'one_off_units', 'lost_units', 'demanded_units', 'returned_units',
        'is_promotion_week', 'promotion_phase', 'promotion_id', 'promotion_factor_ratio',
        'promotion_estimator', 'stockout_rate', 'lost_estimator',
    ],
) }}
