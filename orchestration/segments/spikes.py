"""What a measure over twelve months would be without its largest month."""

from __future__ import annotations

from models.segmentation.scheme import Scheme
from workspace.units import unit_key

# What adds up to a measure, by order line; other measures are not sums of months.
LINES = {
    "revenue_12m_amount": "l.revenue_amount",
    "cost_12m_amount": "l.cost_amount",
    "margin_12m_amount": "l.margin_amount",
    "sold_units_12m": "case when l.transaction_type = 'sale' then l.quantity_units else 0 end",
}
PARTS = {"product_id", "site_id", "customer_id"}  # of a unit, that an order line names
# Months end on the business date's day; the middle of the eleven others is the sixth of twelve.
MONTHLY = """
    with parameters as (
        select * from night.parameters
    ),

    months as (
        select
            {keys},
            least(date_sub('month', l.order_date, p.business_date), 11) as months_ago,
            sum({amount}) as amount
        from facts.fct_order_line as l
        cross join parameters as p
        where
            not l.is_cancelled
            and l.order_date <= p.business_date
            and l.order_date > cast(p.business_date - interval 12 month as date)
        group by all
    ),

    units as (
        select
            {unit} as unit_id,
            max(amount) as largest,
            max_by(months_ago, row(amount, -months_ago)) as months_ago,
            list_sort(list_resize(list(amount), 12, 0))[6] as middle
        from months
        group by all
    ),

    final as (
        select
            unit_id,
            cast(largest - middle as double) as excess,
            cast(p.business_date + to_months(12 - months_ago) as date) as leaves_date
        from units
        cross join parameters as p
        where largest > middle
    )

    select * from final
"""


def spikes_of(scheme: Scheme) -> str | None:
    """Return the query of how far each unit's largest month is above its middle one.

    One row per unit, with the day on which that month leaves the window; None for a measure that
    is no sum of twelve months of order lines.
    """
    measure = scheme.method.reads[0]
    if measure not in LINES or not set(scheme.keys) <= PARTS:
        return None
    return MONTHLY.format(
        keys=", ".join(f"l.{column}" for column in scheme.keys),
        amount=LINES[measure],
        unit=unit_key(scheme.keys, "months"),
    )
