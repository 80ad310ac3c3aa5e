-- Trees over the customers, and what functions call them: two groups in each of two views.

create table hier_customer as
select customer_id, view_name, level_number, 'erp_north' as node_namespace,
    if(level_number = 1, 'T-' || view_name, 'G-' || (rank % 2)) as node_id,
    if(level_number = 1, 'All of ' || view_name, 'Group ' || (rank % 2)) as node_name,
    if(level_number = 1, null, 'T-' || view_name) as parent_node_id, level_number = 2 as is_own_node,
    cast(null as varchar) as settled_by, rank = 1 as is_disputed,
    date '1900-01-01' as valid_from, cast(null as date) as valid_to,
    date '2026-06-29' as recorded_date
from (select *, row_number() over (order by customer_id) as rank from customers)
cross join (values ('sales'), ('logistics')) as v(view_name)
cross join (values (1), (2)) as l(level_number);

create table hier_customer_node as
select distinct view_name, node_namespace as namespace, node_id, node_name,
    if(parent_node_id is null, null, node_namespace) as parent_namespace, parent_node_id,
    valid_from, valid_to, recorded_date
from hier_customer;

create table hier_customer_member as
select view_name, 'erp_north' as namespace, customer_id as source_key, node_namespace, node_id,
    valid_from, valid_to, recorded_date
from hier_customer where is_own_node;

create table hier_disagreement as
select 'customer' as object_type, customer_id as object_id, 'logistics' as view_name,
    'sales' as other_view_name, 'erp_north:' || node_id as node_key,
    'erp_north:G-9' as other_node_key, 'views' as kind, cast(null as varchar) as settled_by,
    node_id as standing_node_id, node_id as other_standing_node_id, valid_from as standing_from,
    cast(1234.5 as decimal(18, 4)) as value_at_stake_amount
from hier_customer where is_own_node and is_disputed and view_name = 'logistics';

create table dim_segment as
select code as segment_code, 'Trade' as title, 'Builds in.' as definition, 'sales' as owner,
    '1' as taxonomy_version, date '1900-01-01' as valid_from, cast(null as date) as valid_to
from (values ('TRADE'), ('RETAIL')) as s(code);

create table taxonomy_crosswalk as
select function_name, 'erp_north' as namespace, source_code, date '1900-01-01' as valid_from,
    cast(null as date) as valid_to, segment_code, 'customers.customer_group' as element,
    4 as account_count
from (values ('sales', 'trade', 'TRADE'), ('finance', '10', 'TRADE'), ('finance', '20', 'RETAIL'))
    as x(function_name, source_code, segment_code);

create table taxonomy_account as
select x.function_name, 'erp_north' as namespace, c.customer_id as source_key, c.customer_id,
    x.source_code, x.segment_code as local_segment_code, x.segment_code, true as is_leading
from customers as c cross join taxonomy_crosswalk as x where x.source_code in ('trade', '10');

create table taxonomy_customer as
select customer_id, function_name, segment_code, namespace, source_key, source_code
from taxonomy_account;

create table taxonomy_confusion as
select 'finance' as function_name, 'sales' as other_function_name, 'TRADE' as segment_code,
    'TRADE' as other_segment_code, count(*) as customer_count
from customers;

create table taxonomy_agreement as
select function_name, other_function_name, customer_count, customer_count as agreed_count,
    1.0::double as observed_rate, 1.0::double as expected_rate,
    cast(null as double) as kappa_ratio
from taxonomy_confusion;
