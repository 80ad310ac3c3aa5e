"""What stands in for values of a unit, and why it stands apart, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from serving.release_reader import ReleaseReader
from serving.wording import counted, shown

FALLBACKS = """
select scheme_id, column_name, reason, kind, value, value_date, since_date, confidence_rate
from assignment_fallbacks where unit_id = ?
order by scheme_id, column_name
"""
EXCEPTIONS = """
select * from assignment_exceptions where unit_id = ? order by scheme_id
"""
# Of a release: who has which exceptions open, and for how long.
OPEN = """
select
    exception_class, owner, count(*) as unit_count, max(age_days) as oldest_days,
    max(opened_count) as most_opened, min(expires_date) as next_expiry_date,
    sum(value_at_stake_amount) as value_at_stake_amount
from assignment_exceptions
group by exception_class, owner
order by exception_class, owner
"""
# An item and a customer by what people call them.
UNITS = """
select
    e.*,
    case
        when e.unit_type = 'product_site'
            then p.product_code || '@' || l.site_code
        when e.unit_type = 'product' then p.product_code
        when e.unit_type = 'customer' then c.customer_name
        else e.unit_id
    end as unit_name
from assignment_exceptions as e
left join golden_product as p
    on e.unit_type in ('product_site', 'product') and p.product_id = split_part(e.unit_id, '@', 1)
left join golden_location as l
    on e.unit_type = 'product_site' and l.site_id = split_part(e.unit_id, '@', 2)
left join golden_customer as c on e.unit_type = 'customer' and c.customer_id = e.unit_id
order by e.expires_date nulls last, e.scheme_id, e.unit_id
"""
LACKS = {"MISSING": "is missing", "AGED": "is too old"}
KINDS = {
    "column": "another feature stands in with {value}",
    "hold_last": "{value} is held, known last on {value_date}",
    "infer": "{value} is inferred from its peers",
    "value": "{value} is assumed",
    "exclude": "so it is excluded",
    "none": "nothing stands in",
}


def substitutes(reader: ReleaseReader, unit_id: str) -> dict[str, list[str]]:
    """Return by scheme what stands in for the values of a unit that its rules have read."""
    found: dict[str, list[str]] = {}
    for row in reader.rows(FALLBACKS, [unit_id]):
        said = KINDS[row["kind"]].format(value=row["value"], value_date=row["value_date"])
        sure = row["confidence_rate"]
        found.setdefault(row["scheme_id"], []).append(
            f"{row['column_name']} {LACKS[row['reason']]} since {row['since_date']}: {said}"
            + (f" (confidence {sure:g})" if sure else "")
        )
    return found


def exceptions(reader: ReleaseReader, unit_id: str) -> dict[str, str]:
    """Return by scheme why a unit stands apart, until when, and who sees to it."""
    return {row["scheme_id"]: in_words(row) for row in reader.rows(EXCEPTIONS, [unit_id])}


def in_words(row: Mapping[str, Any]) -> str:
    """Return an exception as a sentence without its full stop."""
    name = f" {row['exception_id']}" if row["exception_id"] else ""
    again = f", opened {counted(row['opened_count'], 'time')}" if row["opened_count"] > 1 else ""
    return (
        f"{row['exception_class']}{name}, with {row['owner']} since {row['opened_date']} until "
        f"{row['expires_date']}{again}: {shown(row['reason']).rstrip('.')}"
    )
