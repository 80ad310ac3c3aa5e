{#- A site's own code joins nothing: two systems may both have a plant 1000. -#}
{{ match_records(
    records=ref('stg_sites'),
    object_type='site',
    letter='s',
    source_key='site_id',
    keys={'gln': 'gln'},
) }}
