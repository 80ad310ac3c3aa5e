with conversions as (
    select * from {{ source('golden', 'uom_conversion') }}
),

records as (
    select * from {{ ref('stg_products') }}
),

products as (
    {{ open_crosswalk('product') }}
),

golden_products as (
    select * from {{ ref('golden_product') }}
),

-- a record that states no base unit counts in that of its product
counted as (
    select
        products.namespace,
        products.source_key,
        golden_products.base_unit_code,
        coalesce(records.base_unit_code = golden_products.base_unit_code, true) as is_same
    from products
    inner join golden_products on products.golden_id = golden_products.product_id
    inner join records
        on products.namespace = records._namespace and products.source_key = records.product_id
),

-- 1 base unit of the product in base units of the record
product_units as (
    select
        counted.namespace,
        counted.source_key,
        case when not counted.is_same then conversions.valid_from end as valid_from,
        case when not counted.is_same then conversions.valid_to end as valid_to,
        case when counted.is_same then 1 else conversions.numerator end as numerator,
        case when counted.is_same then 1 else conversions.denominator end as denominator
    from counted
    left join conversions
        on
            not counted.is_same
            and counted.namespace = conversions.namespace
            and counted.source_key = conversions.source_key
            and counted.base_unit_code = conversions.unit_code
),

-- what states no unit is in base units of the record
stated as (
    select
        namespace,
        source_key,
        {{ unstated_unit() }} as unit_code,
        {{ since_ever() }} as valid_from,
        cast(null as date) as valid_to,
        1 as numerator,
        1 as denominator
    from counted
    union all
    select
        namespace,
        source_key,
        unit_code,
        valid_from,
        valid_to,
        numerator,
        denominator
    from conversions
    where numerator is not null
),

final as (
    select
        stated.namespace,
        stated.source_key,
        stated.unit_code,
        greatest(stated.valid_from, coalesce(product_units.valid_from, stated.valid_from))
            as valid_from,
        case
            when stated.valid_to is null then product_units.valid_to
            when product_units.valid_to is null then stated.valid_to
            else least(stated.valid_to, product_units.valid_to)
        end as valid_to,
        cast(stated.numerator as hugeint) * product_units.denominator as numerator,
        cast(stated.denominator as hugeint) * product_units.numerator as denominator
    from stated
    inner join product_units
        on
            stated.namespace = product_units.namespace
            and stated.source_key = product_units.source_key
            and (stated.valid_from < product_units.valid_to or product_units.valid_to is null)
            and (
                stated.valid_to > product_units.valid_from or stated.valid_to is null
                or product_units.valid_from is null
            )
)

select * from final
