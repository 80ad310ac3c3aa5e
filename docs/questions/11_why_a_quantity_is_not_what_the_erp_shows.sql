-- Question: Why is a quantity not what the ERP shows?
-- Shows: By product of a system and unit other than its base unit: what 1 of the unit is worth in
--   base units or why it is worth nothing, and the order lines that state it, as stated and in base
--   units. A line in quarantine is in neither.
with lines as (
    select
        namespace,
        product_id,
        stated_unit_code as unit_code,
        count(*) as order_line_count,
        sum(stated_quantity_units) as stated_units,
        sum(abs(quantity_units)) as base_units
    from fct_order_line
    where stated_unit_code is not null
    group by namespace, product_id, stated_unit_code
),

keys as (
    select namespace, source_key, golden_id as product_id
    from golden_xref
    where object_type = 'product' and valid_to is null
)

select
    conversion.namespace,
    conversion.source_key,
    conversion.unit_code,
    conversion.base_unit_code,
    conversion.valid_from,
    conversion.numerator,
    conversion.denominator,
    conversion.status,
    coalesce(lines.order_line_count, 0) as order_line_count,
    lines.stated_units,
    lines.base_units,
    conversion.detail
from uom_conversion as conversion
left join keys
    on keys.namespace = conversion.namespace and keys.source_key = conversion.source_key
left join lines
    on lines.namespace = conversion.namespace
    and lines.product_id = keys.product_id
    and lines.unit_code = conversion.unit_code
where conversion.status <> 'base'
order by
    case when conversion.status = 'converted' then 2 else 1 end,
    order_line_count desc,
    conversion.namespace, conversion.source_key, conversion.unit_code, conversion.valid_from
