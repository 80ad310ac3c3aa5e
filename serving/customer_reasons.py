"""Why a customer is in its segments; what `explain` says of a name, whatever kind of unit it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from serving.explain import Explanation, Reason, Told, explain_unit, reasons
from serving.other_units import UnitReasons, other_units
from serving.release_reader import ReleaseReader
from serving.schemes import schemes_by_hash
from serving.wording import shown
from workspace.errors import TierwiseError

# By golden id, then the key of any source, then the name.
CUSTOMERS = """
with named as (
    select customer_id, 1 as way from golden_customer where lower(customer_id) = lower(?1)
    union all
    select golden_id, 2 from golden_xref
    where object_type = 'customer' and lower(source_key) = lower(?1)
    union all
    select customer_id, 3 from golden_customer where lower(customer_name) = lower(?1)
)
select c.customer_id, c.customer_name
from golden_customer as c
where c.customer_id in (
    select customer_id from named where way = (select min(way) from named)
)
order by c.customer_id
"""


@dataclass(frozen=True, kw_only=True)
class CustomerReasons:
    """One customer and its reasons, by scheme."""

    customer_id: str
    customer_name: str | None
    reasons: tuple[Reason, ...]

    def lines(self, currency: str) -> list[str]:
        """Return the explanation as lines."""
        said = [f"  {line}" for reason in self.reasons for line in reason.lines(currency)]
        return [
            f"{shown(self.customer_name)}  ({self.customer_id})",
            "",
            *(said or ["  No scheme classifies customers."]),
        ]


@dataclass(frozen=True, kw_only=True)
class CustomerExplanation:
    """What a release says about the customers that a name stands for.

    `others` are units of further kinds that go by it, too.
    """

    release_id: str
    currency: str
    customers: tuple[CustomerReasons, ...]
    others: tuple[UnitReasons, ...] = ()

    def text(self) -> str:
        """Return the explanation for people."""
        told: tuple[Told, ...] = (*self.customers, *self.others)
        blocks = ["\n".join(unit.lines(self.currency)) for unit in told]
        return "\n\n".join([f"Release {self.release_id}", *blocks])


def explain(reader: ReleaseReader, name: str) -> Explanation | CustomerExplanation:
    """Explain an item, `<product>[@<site>]`, or a customer where no item goes by the name.

    Units of other kinds that go by it come after. Raises UNIT_UNKNOWN with near names of items.
    """
    others = other_units(reader, name)
    try:
        return replace(explain_unit(reader, name), others=others)
    except TierwiseError as error:
        customers = reader.rows(CUSTOMERS, [name.strip()])
        if error.code != "UNIT_UNKNOWN" or not (customers or others):
            raise
        return _explained(reader, customers, others)


def _explained(
    reader: ReleaseReader, customers: list[dict[str, Any]], others: tuple[UnitReasons, ...]
) -> CustomerExplanation:
    known = schemes_by_hash(reader)
    return CustomerExplanation(
        release_id=reader.manifest.release_id,
        currency=reader.manifest.currency,
        customers=tuple(
            CustomerReasons(**customer, reasons=reasons(reader, customer["customer_id"], known))
            for customer in customers
        ),
        others=others,
    )
