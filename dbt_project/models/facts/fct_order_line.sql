with order_lines as (
    select * from {{ ref('stg_order_lines') }}
),

customers as (
    {{ open_crosswalk('customer') }}
),

products as (
    {{ open_crosswalk('product') }}
),

sites as (
    {{ open_crosswalk('site') }}
),

golden_products as (
    select * from {{ ref('golden_product') }}
),

rates as (
    select * from {{ ref('int_exchange_rate_days') }}
),

units as (
    select * from {{ ref('int_product_units') }}
),

business_units as (
    select * from {{ source('night', 'business_units') }}
),

returns as (
    select * from {{ ref('int_returns_matched') }}
),

shipped as (
    select * from {{ ref('int_order_lines_shipped') }}
),

resolved as (
    select
        order_lines.*,
        customers.golden_id as golden_customer_id,
        products.golden_id as golden_product_id,
        sites.golden_id as golden_site_id,
        golden_products.standard_cost_amount,
        rates.rate_to_reporting,
        {{ in_base_units('order_lines.quantity_units', 'units.numerator', 'units.denominator') }}
            as base_units,
        coalesce(of_site.business_unit, of_system.business_unit) as business_unit,
        coalesce(of_site.fiscal_calendar_id, of_system.fiscal_calendar_id) as fiscal_calendar_id,
        returns.original_order_line_id,
        returns.return_match,
        coalesce(returns.demand_kind, order_lines.demand_kind, 'regular') as return_or_line_kind,
        shipped.shipped_units,
        shipped.last_shipped_date,
        coalesce(
            returns.demand_date, order_lines.requested_date, order_lines.order_date
        ) as demand_date,
        case when order_lines.transaction_type = 'return' then -1 else 1 end as direction
    from order_lines
    left join customers
        on
            order_lines._namespace = customers.namespace
            and order_lines.customer_id = customers.source_key
    left join products
        on
            order_lines._namespace = products.namespace
            and order_lines.product_id = products.source_key
    left join sites
        on
            order_lines._namespace = sites.namespace
            and order_lines.site_id = sites.source_key
    left join golden_products on products.golden_id = golden_products.product_id
    left join rates
        on
            order_lines.currency_code = rates.currency_code
            and order_lines.order_date = rates.stated_date
    left join units
        on
            {{ unit_of(
                'units', 'order_lines._namespace', 'order_lines.product_id',
                'order_lines.unit_code', 'order_lines.order_date',
            ) }}
    left join business_units as of_site
        on
            order_lines._namespace = of_site.namespace
            and order_lines.site_id = of_site.site_key
    left join business_units as of_system
        on order_lines._namespace = of_system.namespace and of_system.site_key is null
    left join returns on order_lines.record_key = returns.order_line_id
    left join shipped on order_lines.record_key = shipped.order_line_id
),

valued as (
    select
        *,
        {{ amount('direction * base_units') }} as signed_units,
        {{ amount('direction * net_amount * rate_to_reporting') }} as revenue_amount,
        case
            when cost_amount is not null
                then {{ amount('direction * cost_amount * rate_to_reporting') }}
            when standard_cost_amount is not null
                then {{ amount('direction * ' ~ factor('base_units') ~ ' * standard_cost_amount') }}
        end as signed_cost_amount,
        case
            when cost_amount is not null then coalesce(cost_basis, 'actual')
            when standard_cost_amount is not null then 'standard'
            else 'missing'
        end as cost_grade
    from resolved
),

final as (
    select
        record_key as order_line_id,
        order_id,
        _namespace as namespace,
        transaction_type,
        return_or_line_kind as demand_kind,
        golden_customer_id as customer_id,
        golden_product_id as product_id,
        golden_site_id as site_id,
        business_unit,
        fiscal_calendar_id,
        order_date,
        ordered_at,
        requested_date,
        coalesce(
            shipped_date, case when shipped_units >= base_units then last_shipped_date end
        ) as shipped_date,
        demand_date,
        original_order_line_id,
        return_match,
        is_cancelled,
        signed_units as quantity_units,
        quantity_units as stated_quantity_units,
        unit_code as stated_unit_code,
        revenue_amount,
        signed_cost_amount as cost_amount,
        {{ amount('revenue_amount - signed_cost_amount') }} as margin_amount,
        cost_grade,
        _file as source_file_sha256,
        _record as source_record_number
    from valued
)

select * from final
