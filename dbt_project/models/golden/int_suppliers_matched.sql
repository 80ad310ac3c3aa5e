{{ match_records(
    records=ref('stg_suppliers'),
    object_type='supplier',
    letter='v',
    source_key='supplier_id',
    keys={
        'tax_number': tax_key(),
        'duns_number': 'duns_number',
    },
) }}
