with parameters as (
    select * from {{ source('night', 'parameters') }}
),

systems as (
    select * from {{ source('night', 'systems') }}
),

fx_rates as (
    select * from {{ ref('stg_fx_rates') }}
),

order_lines as (
    select * from {{ ref('stg_order_lines') }}
),

products as (
    select * from {{ ref('stg_products') }}
),

supplier_products as (
    select * from {{ ref('stg_supplier_products') }}
),

cost_pools as (
    select * from {{ ref('stg_cost_pools') }}
),

transport_legs as (
    select * from {{ ref('stg_transport_legs') }}
),

-- the amounts of a line are of its day, the cost of a month is of its first, master data of tonight
stated as (
    select
        currency_code,
        order_date as stated_date
    from order_lines
    union
    select
        currency_code,
        month_start_date as stated_date
    from cost_pools
    union
    select
        currency_code,
        leg_date as stated_date
    from transport_legs
    union
    select
        products.currency_code,
        parameters.business_date as stated_date
    from products
    cross join parameters
    where coalesce(products.standard_cost_amount, products.list_price_amount) is not null
    union
    select
        supplier_products.currency_code,
        parameters.business_date as stated_date
    from supplier_products
    cross join parameters
    where supplier_products.purchase_price_amount is not null
),

quotes as (
    select
        fx_rates.from_currency_code as currency_code,
        fx_rates.rate_date,
        cast(fx_rates.rate as decimal(20, 12)) as rate_to_reporting,
        fx_rates._system,
        false as is_inverse
    from fx_rates
    inner join parameters on fx_rates.to_currency_code = parameters.reporting_currency_code
    union all
    select
        fx_rates.to_currency_code as currency_code,
        fx_rates.rate_date,
        cast(1 / nullif(fx_rates.rate, 0) as decimal(20, 12)) as rate_to_reporting,
        fx_rates._system,
        true as is_inverse
    from fx_rates
    inner join parameters on fx_rates.from_currency_code = parameters.reporting_currency_code
),

ranked as (
    select
        quotes.currency_code,
        quotes.rate_date,
        quotes.rate_to_reporting,
        row_number() over (
            partition by quotes.currency_code, quotes.rate_date
            order by
                quotes.is_inverse nulls last,
                systems.priority nulls last,
                quotes._system nulls last
        ) as quote_rank
    from quotes
    left join systems on quotes._system = systems.system
),

valid as (
    select
        currency_code,
        rate_to_reporting,
        rate_date as valid_from,
        lead(rate_date) over (
            partition by currency_code order by rate_date nulls last
        ) as valid_to
    from ranked
    where quote_rank = 1
),

final as (
    select
        stated.currency_code,
        stated.stated_date,
        case
            when stated.currency_code = parameters.reporting_currency_code
                then cast(1 as decimal(20, 12))
            else valid.rate_to_reporting
        end as rate_to_reporting
    from stated
    cross join parameters
    left join valid
        on
            stated.currency_code = valid.currency_code
            and stated.stated_date >= valid.valid_from
            and (stated.stated_date < valid.valid_to or valid.valid_to is null)
)

select * from final
