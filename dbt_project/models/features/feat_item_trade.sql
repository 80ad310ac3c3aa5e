-- what feat_item_value and feat_demand_profile have is not said twice
{{ trade_features(
    ref('int_product_site'), ['product_id', 'site_id'],
    without=[
        'revenue_12m_amount', 'cost_12m_amount', 'margin_12m_amount', 'graded_margin_12m_amount',
        'margin_provenance', 'margin_grade',
        'sold_units_12m', 'returned_units_12m', 'order_line_count_12m', 'customer_count_12m',
        'demand_weeks_count', 'history_weeks_count', 'weeks_since_demand_count',
        'months_of_history', 'weekly_mean_units', 'weekly_sd_units', 'weekly_cv_ratio',
        'adi_ratio', 'cv2_ratio',
    ],
) }}
