{{ trade_features(ref('golden_product'), ['product_id']) }}
