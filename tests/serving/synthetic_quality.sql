-- Values far out and cases of the invented wholesaler: held, capped and confirmed; late, in time
-- and closed. The day of the release is in `night`.

create table dq_outliers as
with listed as (
    select
        row_number() over (order by order_line_id) as number, order_line_id, product_id, site_id,
        cast(quantity_units as double) as quantity
    from fct_order_line
    where quantity_units > 0
    limit 6
)
select
    case when number <= 3 then 'order_quantity' else 'item_value' end as metric_name,
    order_line_id as unit_id, product_id, site_id, 'fct_order_line' as table_name,
    'quantity_units' as column_name, product_id as group_id, cast(40 as bigint) as group_count,
    'median_deviation' as method, 'log1p' as transform, 100.0 * quantity as value,
    ln(1 + 100.0 * quantity) as transformed_value, quantity as typical_value,
    5.0 + number as score, 3.5 as score_limit, quantity / 9 as fence_low, quantity * 9 as fence_high,
    case number % 3 when 0 then 'hold' when 1 then 'cap' else 'confirm' end as decision,
    case when number % 3 = 1 then quantity * 9 end as capped_value,
    case when number = 2 then 'Fair stand, confirmed by the customer.' end as reason
from listed;

create table dq_stewardship as
with kinds (number, kind, element, failed_count, steward, deputy, age_days, response_days, status) as (
    values
    (1, 'quarantine', 'order_lines.quantity_units', 4, 'order_desk', 'planning', 40, 5, 'open'),
    (2, 'quarantine', 'order_lines.order_date', 2, 'order_desk', 'planning', 3, 5, 'open'),
    (3, 'outlier', 'fct_order_line.quantity_units', 2, 'order_desk', 'planning', 12, 5, 'open'),
    (4, 'gate', 'golden_product.gtin', 7, 'item_data', null, 0, 10, 'open'),
    (5, 'quarantine', 'customers.*', 0, 'party_data', 'item_data', 8, 10, 'closed')
)
select
    'k-' || left(sha256(element), 16) as case_id, kind, element, 'company' as business_unit,
    'erp' as system, kind || '.' || element as expectation, true as is_tested,
    cast(100 as bigint) as evaluated_count, cast(failed_count as bigint) as failed_count,
    'Found in ' || element || '.' as detail, 'Correct it at the source.' as remedy,
    steward, deputy, steward as routed_to, 'steward' as route_reason,
    cast(response_days as bigint) as response_days,
    as_of_date - age_days as opened_date, as_of_date - age_days + response_days as due_date,
    cast(age_days as bigint) as age_days,
    status = 'open' and age_days > response_days as is_escalated,
    case when status = 'open' and age_days > response_days then 'head_of_data' end as escalated_to,
    status, case when status = 'closed' then as_of_date end as closed_date
from kinds cross join night;

create table field_source_map as
select
    'products' as entity_name, 'product_id' as column_name, 'erp' as system,
    'items' as extract, 'ITEM' as delivered_columns, 'trim(ITEM)' as transformation,
    cast(12 as bigint) as feature_count, cast(count(*) as bigint) as row_count,
    cast(count(*) as bigint) as filled_count, 1.0 as fill_rate, cast(null as string) as alternative
from golden_product;
