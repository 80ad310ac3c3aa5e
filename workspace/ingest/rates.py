"""Rates: every amount of the night must have one on its day; none is ever taken one to one.

A line of an order whose currency has no rate on the day of the order is set aside, and so are a
charge for freight and the cost of a pool. Master data are valued on the business date; without a
rate for them the night is held, as setting a product aside would take all its history with it. A
rate holds from its day until the next, so a currency lacks one only before its first, in both
directions.
"""

from __future__ import annotations

import duckdb

from workspace.errors import TierwiseError

FIRST_RATES = """
    select currency_code, min(rate_date) as first_date
    from (
        select upper(from_currency_code) as currency_code, rate_date
        from raw.fx_rates join night.parameters
            on upper(to_currency_code) = reporting_currency_code
        union all
        select upper(to_currency_code) as currency_code, rate_date
        from raw.fx_rates join night.parameters
            on upper(from_currency_code) = reporting_currency_code
    )
    group by currency_code
"""

# Of what _stated holds: the currencies, by item, that lack a rate on some day.
UNRATED_CURRENCIES = f"""
    select distinct s.currency_code
    from _stated as s
    cross join night.parameters as p
    left join ({FIRST_RATES}) as r on r.currency_code = upper(s.currency_code)
    where
        s.entity = 'order_lines'
        and upper(s.currency_code) <> p.reporting_currency_code
        and coalesce(s.first_day < r.first_date, true)
"""

# Costs, and the day of their amounts: the first of the month, for what a month has cost.
COSTS = {
    "cost_pools": "cast(date_trunc('month', e.month_date) as date)",
    "transport_legs": "e.leg_date",
}

UNRATED_RECORDS = f"""
    with valued as (
        select 'products' as entity, _namespace || ':' || product_id as record_key, currency_code
        from raw.products where coalesce(standard_cost_amount, list_price_amount) is not null
        union all
        select
            'supplier_products' as entity,
            _namespace || ':' || supplier_id || ':' || product_id as record_key, currency_code
        from raw.supplier_products where purchase_price_amount is not null
    )

    select
        v.entity, coalesce(v.currency_code, '') as currency_code, count(*) as record_count,
        min(v.record_key) as first_key, any_value(p.reporting_currency_code) as reporting,
        any_value(p.business_date) as business_date
    from valued as v
    cross join night.parameters as p
    left join ({FIRST_RATES}) as r on r.currency_code = upper(v.currency_code)
    where
        coalesce(upper(v.currency_code) <> p.reporting_currency_code, true)
        and coalesce(p.business_date < r.first_date, true)
    group by all
    order by all
"""


def unrated(entity: str, day: str, *, known: str = "") -> str:
    """Return SQL for the rows of an entity whose amounts, of a day, have no rate.

    `known` is a join that leaves rows of other currencies out.
    """
    return f"""
        select
            e._system, e._file, e._record,
            'No rate from ' || e.currency_code || ' to ' || p.reporting_currency_code
            || ' holds on ' || {day}
            || coalesce(': the first is of ' || r.first_date, '') as detail
        from raw.{entity} as e
        {known}
        cross join night.parameters as p
        left join ({FIRST_RATES}) as r on r.currency_code = upper(e.currency_code)
        where
            upper(e.currency_code) <> p.reporting_currency_code
            and coalesce({day} < r.first_date, true)
    """


# Of the lines only those in a currency that _unrated holds need a look.
UNRATED_LINES = unrated(
    "order_lines",
    "e.order_date",
    known="semi join _unrated as u on u.currency_code = e.currency_code",
)


def require_rates(connection: duckdb.DuckDBPyConnection) -> None:
    """Raise RATE_MISSING for the first currency that master data are valued in without a rate."""
    lacking = connection.execute(UNRATED_RECORDS).fetchall()
    if lacking:
        entity, currency, count, first, reporting, day = lacking[0]
        named = f"No rate from {currency} to {reporting} holds on {day}"
        if not currency:
            named = "An amount without a currency has no rate"
        cause = f"{named}: {count} records are valued so, {first} the first."
        raise TierwiseError("RATE_MISSING", place=f"raw.{entity}", cause=cause)
