-- what feat_customer_value has is not said twice
{{ trade_features(
    ref('int_customer_channel'), ['customer_id'], carried=['sales_channel_id'],
    without=[
        'revenue_12m_amount', 'margin_12m_amount', 'graded_margin_12m_amount',
        'margin_provenance', 'order_line_count_12m', 'product_count_12m',
        'first_order_date', 'last_order_date', 'recency_days',
    ],
) }}
