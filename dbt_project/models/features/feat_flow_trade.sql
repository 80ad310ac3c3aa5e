{{ trade_features(ref('int_flow'), ['site_id', 'customer_id'], carried=['sales_channel_id']) }}
