{{ match_records(
    records=ref('stg_products'),
    object_type='product',
    letter='p',
    source_key='product_id',
    keys={
        'gtin': 'gtin',
        'global_product_id': 'global_product_id',
        'manufacturer_part_number': part_key(),
    },
) }}
