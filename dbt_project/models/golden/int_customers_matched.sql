{{ match_records(
    records=ref('stg_customers'),
    object_type='customer',
    letter='c',
    source_key='customer_id',
    keys={
        'tax_number': tax_key(),
        'duns_number': 'duns_number',
        'gln': 'gln',
        'global_customer_id': 'global_customer_id',
    },
) }}
