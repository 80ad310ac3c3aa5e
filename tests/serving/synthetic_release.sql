-- The public tables of a release, grown from the frames of synthetic_orders.py.
-- Bound by the caller: table `night` (as_of_date, previous_release_id, release_id).

create table golden_product as
select product_id, product_code, product_name, gtin, cast(null as varchar) as manufacturer_part_number,
    'Maker ' || length(product_name) as manufacturer_name, 'N-' || product_line as hierarchy_node_id,
    product_line, 'EA' as base_unit_code, cast(cost as decimal(18, 4)) as standard_cost_amount,
    cast(price as decimal(18, 4)) as list_price_amount, date '2019-01-01' as launch_date,
    cast(null as date) as discontinued_date, true as is_active, 'erp_north' as leading_namespace,
    product_code as leading_source_key, 1 as source_count
from products;

create table golden_customer as
select customer_id, customer_name, 'trade' as customer_group, 'west' as sales_region,
    'DE' as country_code, 'Hamburg' as city, '20095' as postal_code, 'EUR' as currency_code,
    cast(null as varchar) as tax_number, cast(null as varchar) as duns_number,
    cast(null as varchar) as gln, date '2018-01-01' as created_date, true as is_active,
    'erp_north' as leading_namespace, customer_id as leading_source_key, 1 as source_count
from customers;

create table golden_location as
select site_id, site_code, site_name, 'warehouse' as site_type, cast(null as varchar) as gln,
    'DE' as country_code, 'Europe/Berlin' as time_zone, 'erp_north' as leading_namespace,
    1 as source_count
from sites;

create table golden_supplier as
select 'V-' || lpad(cast(i as varchar), 6, '0') as supplier_id, 'V' || i as supplier_code,
    'Supplier ' || i as supplier_name, 'DE' as country_code, cast(null as varchar) as tax_number,
    cast(null as varchar) as duns_number, 'EUR' as currency_code, true as is_active,
    'erp_north' as leading_namespace, 1 as source_count
from range(1, 16) as r(i);

create table golden_xref as
select 'product' as object_type, 'erp_north' as namespace, product_code as source_key,
    product_id as golden_id, 'own key' as match_rule, 1.0::double as match_score,
    date '2022-07-04' as valid_from, cast(null as date) as valid_to
from products;

create table uom_conversion as
select 'erp_north' as namespace, product_code as source_key, unit_code,
    date '1900-01-01' as valid_from, cast(null as date) as valid_to, 'EA' as base_unit_code,
    numerator::bigint as numerator, if(numerator is null, null, 1::bigint) as denominator, status,
    detail
from products, (values
    ('EA', 1, 'base', null),
    ('CS', 12, 'converted', null),
    ('KGM', null, 'missing', 'No factor leads from KGM to EA: deliver the weight of one.')
) as u(unit_code, numerator, status, detail);

create table hier_product as
select product_id, 'commercial' as view_name, 1 as level_number, 'N-' || product_line as node_id,
    product_line as node_name, cast(null as varchar) as parent_node_id,
    date '2022-07-04' as valid_from, cast(null as date) as valid_to
from products;

create table fct_order_line as
select 'erp_north:' || (500000 + record // 3) || ':' || (1 + record % 3) as order_line_id,
    '' || (500000 + record // 3) as order_id, 'erp_north' as namespace,
    if(is_return, 'return', 'sale') as transaction_type, customer_id, product_id, site_id,
    order_date, order_date + 2 as requested_date, order_date + 3 as shipped_date, is_cancelled,
    cast(sign * quantity as decimal(18, 4)) as quantity_units,
    cast(if(quantity % 12 = 0, quantity / 12, quantity) as decimal(18, 4)) as stated_quantity_units,
    if(quantity % 12 = 0, 'CS', 'EA') as stated_unit_code,
    cast(sign * quantity * price as decimal(18, 4)) as revenue_amount,
    cast(sign * quantity * cost as decimal(18, 4)) as cost_amount,
    cast(sign * quantity * (price - cost) as decimal(18, 4)) as margin_amount,
    'actual' as cost_grade, sha256('orders ' || year(order_date)) as source_file_sha256,
    record as source_record_number
from (select *, if(is_return, -1, 1) as sign from order_lines)
where order_date <= (select as_of_date from night);

create table fct_demand_weekly as
select product_id, site_id, cast(date_trunc('week', requested_date) as date) as week_start_date,
    cast(sum(quantity_units) as decimal(18, 4)) as demand_units, count(*) as order_line_count
from fct_order_line where transaction_type = 'sale' and not is_cancelled
group by all
having week_start_date + 6 <= (select as_of_date from night);

create table feat_item_value as
with lines as (
    select * from fct_order_line
    where not is_cancelled and order_date > (select as_of_date - interval 12 month from night)
)
select u.product_id, u.site_id,
    cast(coalesce(sum(revenue_amount), 0) as decimal(18, 4)) as revenue_12m_amount,
    cast(coalesce(sum(cost_amount), 0) as decimal(18, 4)) as cost_12m_amount,
    cast(coalesce(sum(margin_amount), 0) as decimal(18, 4)) as margin_12m_amount,
    cast(coalesce(sum(quantity_units) filter (quantity_units > 0), 0) as decimal(18, 4)) as sold_units_12m,
    cast(coalesce(-sum(quantity_units) filter (quantity_units < 0), 0) as decimal(18, 4)) as returned_units_12m,
    count(l.order_line_id) as order_line_count_12m, count(distinct customer_id) as customer_count_12m,
    'actual' as margin_grade,
    cast(round(any_value(u.on_hand)) * any_value(u.cost) as decimal(18, 4)) as stock_value_amount
from (select *, size * 1.5 * cover_weeks as on_hand from units) as u left join lines as l using (product_id, site_id)
group by all;

create table fct_stock as
select product_id, site_id, (select as_of_date from night) as snapshot_date,
    cast(round(size * 1.5 * cover_weeks) as decimal(18, 4)) as on_hand_units,
    cast(if(lead_days > 30, round(size), 0) as decimal(18, 4)) as on_order_units,
    cast(cost as decimal(18, 4)) as unit_cost_amount,
    cast(round(size * 1.5 * cover_weeks) * cost as decimal(18, 4)) as stock_value_amount
from units;

create table feat_supply_profile as
select product_id, site_id, 'V-' || lpad(cast(supplier as varchar), 6, '0') as supplier_id,
    cast(lead_days as double) as lead_time_mean_days, round(lead_days * 0.2, 4) as lead_time_sd_days,
    cast(lead_days % 9 as bigint) as receipt_count,
    if(lead_days % 9 >= 3, 'site receipts', 'planned') as lead_time_source,
    if(lead_days % 9 = 0, null, 0.9)::double as on_time_rate,
    cast(1 as decimal(18, 4)) as minimum_order_units, cast(1 as decimal(18, 4)) as order_multiple_units,
    cast(cost as decimal(18, 4)) as purchase_price_amount
from units;

create table feat_demand_profile as
with sized as (
    select product_id, site_id, min(week_start_date) as first_day, max(week_start_date) as last_day,
        count(*) as weeks, sum(demand_units)::double as units, sum(demand_units * demand_units)::double as squares,
        var_samp(demand_units::double) / avg(demand_units::double) ** 2 as cv2,
        date_diff('week', min(week_start_date), (select as_of_date from night)) + 1 as history
    from fct_demand_weekly group by all
), measured as (
    select *, units / history as mean,
        sqrt(greatest(squares - units * units / history, 0) / nullif(history - 1, 0)) as sd
    from sized
)
select u.product_id, u.site_id, 'leading_zeros_trimmed' as adi_definition,
    first_day as first_demand_week_date, last_week as last_demand_week_date,
    coalesce(history, 0) as history_weeks_count, coalesce(weeks, 0) as demand_weeks_count,
    coalesce(history, 0) * 7 / 30.4375 as months_of_history,
    date_diff('week', last_day, (select as_of_date from night)) as weeks_since_demand_count,
    history / weeks as adi_ratio, cv2 as cv2_ratio, mean as weekly_mean_units,
    sd as weekly_sd_units, sd / mean as weekly_cv_ratio,
    case when cv2 is null then 'undefined' when history / weeks < 1.32 and cv2 < 0.49 then 'smooth'
        when history / weeks < 1.32 then 'erratic' when cv2 < 0.49 then 'intermittent'
        else 'lumpy' end as syntetos_boylan_class,
    case when sd is null then 'undefined' when sd / mean < 0.7 then 'X' when sd / mean < 1.4 then 'Y'
        else 'Z' end as xyz_class
from units as u left join measured using (product_id, site_id);

create temp table judged as
with ranked as (
    select v.product_id, v.site_id, v.margin_12m_amount as margin, v.order_line_count_12m, d.*exclude (product_id, site_id),
        case when order_line_count_12m = 0 then 'no_demand' when months_of_history < 3 then 'new' end as early,
        sum(greatest(margin, 0)) over (
            partition by early is null order by margin desc, v.product_id, v.site_id) as running,
        sum(greatest(margin, 0)) over (partition by early is null) as total
    from feat_item_value as v join feat_demand_profile as d using (product_id, site_id)
)
select *, (running - greatest(margin, 0)) / nullif(total, 0) as share_before,
    coalesce(early, case when share_before < 0.8 then 'A' when share_before < 0.95 then 'B' else 'C' end) as abc,
    coalesce(early, replace(xyz_class, 'undefined', 'Z')) as xyz,
    coalesce(early, replace(syntetos_boylan_class, 'undefined', 'lumpy')) as pattern
from ranked;

create table segment_explanations as
with decided as (
    select 'abc_margin' as scheme_id, 'pareto_share' as method, *, abc as segment, 'margin_12m_amount' as flip_column,
        margin * 0.9::double as flip_value, if(abc = 'A', 'B', 'A') as flip_segment_id from judged
    union all by name
    select 'xyz' as scheme_id, 'thresholds' as method, *, xyz as segment, 'weekly_cv_ratio' as flip_column,
        if(xyz = 'X', 0.7, 1.4) as flip_value, if(xyz = 'Y', 'Z', 'Y') as flip_segment_id from judged
    union all by name
    select 'demand_pattern' as scheme_id, 'demand_pattern' as method, *, pattern as segment, 'adi_ratio' as flip_column,
        1.32 as flip_value, if(adi_ratio < 1.32, 'intermittent', 'smooth') as flip_segment_id from judged
    union all by name
    select 'abc_xyz' as scheme_id, 'matrix' as method, *, coalesce(early, abc || xyz) as segment,
        cast(null as varchar) as flip_column, cast(null as double) as flip_value,
        cast(null as varchar) as flip_segment_id from judged
)
select scheme_id, 'base' as overlay_id, 'product_site' as unit_type, product_id || '@' || site_id as unit_id, product_id, site_id,
    cast(null as varchar) as customer_id, segment as segment_id, segment as engine_segment_id,
    cast(null as varchar) as hold_reason,
    case when scheme_id = 'abc_xyz' then 'matrix.' || segment when early = 'new' then 'new_item'
        when early is not null then early
        when xyz_class = 'undefined' and scheme_id in ('xyz', 'demand_pattern') then 'fallback'
        else method || '.' || segment end as rule_id,
    left(sha256(scheme_id), 16) as rule_hash,
    case scheme_id
        when 'abc_margin' then to_json({order_line_count_12m: order_line_count_12m,
            months_of_history: round(months_of_history, 4), margin_12m_amount: margin,
            A_from: (select min(margin) from judged where abc = 'A'),
            B_from: (select min(margin) from judged where abc = 'B'), reviewed_date: '2023-10-01'})
        when 'xyz' then to_json({order_line_count_12m: order_line_count_12m,
            months_of_history: round(months_of_history, 4), weekly_cv_ratio: round(weekly_cv_ratio, 6)})
        when 'demand_pattern' then to_json({order_line_count_12m: order_line_count_12m,
            months_of_history: round(months_of_history, 4), adi_ratio: round(adi_ratio, 6),
            cv2_ratio: round(cv2_ratio, 6)})
        else to_json({abc_margin: abc, xyz: xyz})
    end::varchar as inputs,
    cast(null as varchar) as contributions,
    if(xyz_class = 'undefined' and early is null and scheme_id in ('xyz', 'demand_pattern'),
        'MISSING_INPUT', null) as fallback_code,
    if(early is null, flip_column, null) as flip_column, if(early is null, flip_value, null) as flip_value,
    if(early is null, flip_segment_id, null) as flip_segment_id,
    cast(margin as decimal(18, 4)) as value_at_stake_amount,
    if(fallback_code is null, 'A', 'E') as quality_mark
from decided;

create table assignment_fallbacks as
select scheme_id, unit_type, unit_id, 'weekly_cv_ratio' as column_name, 'MISSING' as reason, cast(null as integer) as rung_number,
    'none' as kind, cast(null as varchar) as value, cast(null as date) as value_date, (select as_of_date from night) as since_date,
    cast(null as double) as confidence_rate, quality_mark
from segment_explanations where fallback_code is not null;

create table assignment_exceptions as
select scheme_id, unit_type, unit_id, 'promotion' as exception_class, 'spring' as exception_id, 'sales' as owner,
    'In the flyer.' as reason, segment_id as interim_segment_id, engine_segment_id, as_of_date as opened_date,
    as_of_date + 30 as expires_date, 0::bigint as age_days, 1::bigint as opened_count, value_at_stake_amount
from segment_explanations cross join night where scheme_id = 'abc_margin' order by unit_id limit 2;

create table segment_assignment as
select * exclude (inputs, contributions, flip_column, flip_value, flip_segment_id, quality_mark),
    date '2023-12-31' as valid_from, (select as_of_date from night) as as_of_date
from segment_explanations;

create table segment_matrix as
select a.scheme_id, a.segment_id,
    case when a.scheme_id = 'abc_xyz' and length(a.segment_id) = 2 then left(a.segment_id, 1)
        when a.scheme_id = 'abc_xyz' then a.segment_id end as row_segment_id,
    case when a.scheme_id = 'abc_xyz' and length(a.segment_id) = 2 then right(a.segment_id, 1)
        when a.scheme_id = 'abc_xyz' then a.segment_id end as column_segment_id,
    count(*) as item_count, cast(sum(v.revenue_12m_amount) as decimal(18, 4)) as value_12m_amount,
    cast(sum(v.stock_value_amount) as decimal(18, 4)) as stock_value_amount
from segment_assignment as a join feat_item_value as v using (product_id, site_id)
group by all;

create table policy_service_target as
select segment_id, 'cycle_service_level' as measure,
    case left(segment_id, 1) when 'A' then 0.98 when 'B' then 0.95 when 'C' then 0.9 else 0.85 end::double as target_rate,
    if(right(segment_id, 1) = 'Z', 'gamma', 'normal') as distribution, 7 as review_days, 'policies/stock.yml' as source
from segment_matrix where scheme_id = 'abc_xyz' and segment_id not in ('new', 'no_demand');

create table policy_safety_stock as
select a.product_id, a.site_id, a.segment_id, t.target_rate, t.distribution, d.weekly_mean_units, d.weekly_sd_units,
    s.lead_time_mean_days, s.lead_time_sd_days, t.review_days,
    d.weekly_mean_units * (lead_time_mean_days + review_days) / 7 as protection_mean_units,
    sqrt((lead_time_mean_days + review_days) / 7 * d.weekly_sd_units ** 2
        + d.weekly_mean_units ** 2 * (lead_time_sd_days / 7) ** 2) as protection_sd_units,
    case t.target_rate when 0.98 then 2.0537 when 0.95 then 1.6449 when 0.9 then 1.2816 else 1.0364 end::double as safety_factor_ratio,
    round(safety_factor_ratio * protection_sd_units, 4) as safety_stock_units,
    cast(round(safety_factor_ratio * protection_sd_units * k.unit_cost_amount, 4) as decimal(18, 4)) as safety_stock_value_amount
from segment_assignment as a join policy_service_target as t using (segment_id)
join feat_demand_profile as d using (product_id, site_id) join feat_supply_profile as s using (product_id, site_id)
join fct_stock as k using (product_id, site_id)
where a.scheme_id = 'abc_xyz';

create table policy_reorder as
select p.product_id, p.site_id, p.segment_id, round(protection_mean_units + safety_stock_units, 4) as reorder_point_units,
    greatest(1, round(4 * p.weekly_mean_units)) as order_quantity_units, k.on_hand_units, k.on_order_units,
    k.on_hand_units + k.on_order_units as inventory_position_units,
    inventory_position_units <= reorder_point_units as is_below_reorder_point,
    if(is_below_reorder_point, order_quantity_units, 0) as suggested_order_units,
    safety_stock_units + order_quantity_units / 2 as policy_stock_units,
    cast((safety_stock_units + order_quantity_units / 2) * k.unit_cost_amount as decimal(18, 4)) as policy_stock_value_amount,
    greatest(k.on_hand_units - reorder_point_units - order_quantity_units, 0) as excess_units
from policy_safety_stock as p join fct_stock as k using (product_id, site_id);

create table demand_supply_mismatch as
select p.product_id, p.site_id, 'lumpy' as demand_trait, 'long, rigid' as supply_traits, action, action_description,
    row_number() over (order by p.safety_stock_value_amount desc, p.product_id, p.site_id) as value_rank,
    cast(p.safety_stock_value_amount / 5 as decimal(18, 4)) as value_at_stake_amount,
    cast(p.safety_stock_value_amount / 9 as decimal(18, 4)) as value_half_width_amount, true as is_certain,
    p.safety_stock_value_amount as cost_now_amount, cast(p.safety_stock_value_amount * 0.8 as decimal(18, 4)) as cost_after_amount,
    p.safety_stock_units as stock_now_units, p.safety_stock_units / 2 as stock_after_units,
    1.5::double as waiting_now_units, 0.5::double as waiting_after_units
from policy_safety_stock as p join (values
    (0, 'lower_minimum_order', 'Negotiate a smaller minimum order'),
    (1, 'make_or_buy_to_order', 'Make or buy to order, with a promised date, instead of stocking')
) as a(odd, action, action_description) on p.segment_id like '%Z' and length(p.segment_id) % 2 = 0 and a.odd = ascii(right(p.product_id, 1)) % 2
where p.safety_stock_value_amount > 0;

create table raw_extracts as
select 'erp_north' as system, extract, extract || '_' || part || '.csv' as file_name,
    sha256(extract || ' ' || part) as file_sha256, cast(96 * records as bigint) as byte_count,
    cast(records as bigint) as record_count, cast(records - bad - 2 as bigint) as loaded_count,
    cast(bad as bigint) as quarantined_count, cast(2 as bigint) as skipped_count, 'loaded' as status,
    cast(null as varchar) as code, (select as_of_date from night) as watermark_date,
    'archive/' || left(sha256(extract || ' ' || part), 2) || '/' || sha256(extract || ' ' || part) as archived_path
from (values ('orders', '2022', 14210, 6), ('orders', '2023', 24611, 11), ('orders', '2024', 12888, 9),
    ('materials', 'full', 192, 1), ('customers', 'full', 90, 0), ('stock', 'full', 527, 3),
    ('receipts', 'full', 3120, 2)) as files(extract, part, records, bad);

create table quarantine as
select sha256(extract || ' ' || part) as file_sha256, cast(100 * n + 17 as bigint) as record_number, code, 'erp_north' as system,
    extract, extract || '_' || part || '.csv' as file_name, cast(9600 * n + 1632 as bigint) as byte_offset, column_name, detail, remedy,
    raw_text
from (values
    ('orders', '2024', 'ROW_TYPE', 9, 'NETWR', '`1.2x4,50` is not a decimal', 'Correct the value, or the column''s type or format in the contract.', '510233;10;12007;1.2x4,50;EUR'),
    ('orders', '2023', 'ROW_ORPHAN', 11, 'MATNR', 'no product `99999`', 'Deliver the record that the row refers to.', '508122;20;99999;12,00;EUR'),
    ('orders', '2022', 'ROW_CHECK', 6, 'NETWR', 'amount_is_quantity_times_price', 'Correct the row, or the check in the contract.', '500917;10;10413;77,10;EUR'),
    ('stock', 'full', 'ROW_RANGE', 3, 'LABST', '-14 is below 0', 'Correct the value, or map it into the allowed range.', 'HAM;10413;-14'),
    ('materials', 'full', 'ROW_KEY_DUP', 1, 'MATNR', 'two rows for `10420`', 'Deliver one row for the key, or name `latest_by` in the contract.', '10420;<script>alert(1)</script>;EA'),
    ('receipts', 'full', 'ROW_DATE_FUTURE', 2, 'BUDAT', '2031-01-01 is after the business date', 'Correct the date: it lies after the business date.', '4500001;10;2031-01-01;12')
) as causes(extract, part, code, rows, column_name, detail, remedy, raw_text), range(1, 12) as r(n)
where n <= rows;

create table source_freshness as
select 'erp_north' as system, extract, (select as_of_date from night) - age as watermark_date,
    cast(age as integer) as age_days, cast(2 as integer) as limit_days,
    cast(null as date) as carried_from_date, extract = 'receipts' as is_outpaced, age > 2 as is_stale
from (values ('orders', 0), ('materials', 1), ('customers', 5), ('stock', 0), ('receipts', 1)) as f(extract, age);

create table dq_gates as
select * from (values
    ('order_lines_suite', 'raw.order_lines', 'suite', true, true, 9::bigint, 0::bigint, ''),
    ('stock_suite', 'raw.inventory_snapshots', 'suite', true, true, 5, 0, ''),
    ('every_unit_has_one_segment', null, 'cross_table', true, true, 4, 0, ''),
    ('stock_totals_reconcile', 'facts.fct_stock', 'cross_table', true, true, 3, 0, ''),
    ('customers_are_fresh', 'control.source_freshness', 'cross_table', false, false, 5, 1, 'customers: 5 days old, limit 2'),
    ('unique_golden_product_product_id', 'golden.golden_product', 'data_test', true, true, 190, 0, '')
) as g(gate_name, table_name, kind, is_passed, is_blocking, evaluated_count, failed_count, detail);

create table asset_lineage as
select * from (values
    ('segments.segment_assignment', 'segment_id', 'features.feat_item_value', 'margin_12m_amount', 'rule'),
    ('segments.segment_assignment', 'segment_id', 'prior.segment_assignment', 'segment_id', 'rule'),
    ('prior.segment_assignment', 'segment_id', 'segments.segment_assignment', 'segment_id', 'python'),
    ('features.feat_item_value', 'margin_12m_amount', 'facts.fct_order_line', 'margin_amount', 'dbt'),
    ('facts.fct_order_line', 'margin_amount', 'raw.order_lines', 'net_amount', 'dbt'),
    ('facts.fct_order_line', 'margin_amount', 'raw.order_lines', 'cost_amount', 'dbt'),
    ('facts.fct_order_line', 'margin_amount', 'raw.fx_rates', 'rate', 'dbt'),
    ('raw.order_lines', 'net_amount', 'delivered.erp_north__orders', 'NETWR', 'mapping'),
    ('raw.order_lines', 'cost_amount', 'delivered.erp_north__orders', 'WAVWR', 'mapping'),
    ('raw.fx_rates', 'rate', 'delivered.treasury__rates', 'RATE', 'mapping')
) as l(table_name, column_name, upstream_table, upstream_column, kind);

create table publish_manifest as
select release_id, as_of_date, previous_release_id, left(sha256(release_id), 12) as night_key,
    'Norder Industrial Supply' as company_title, 'EUR' as reporting_currency_code from night;
