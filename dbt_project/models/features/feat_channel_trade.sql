{{ trade_features(ref('int_channel'), ['sales_channel_id']) }}
