{{ trade_features(
    ref('int_customer_product'), ['product_id', 'customer_id'], carried=['sales_channel_id'],
) }}
