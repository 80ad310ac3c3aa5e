"""What can be classified: each kind of unit, declared once.

A unit's id is the parts of its key, joined by @. All keys keep the order of KEY_COLUMNS, so that
an id is made alike whatever the kind: a flow from a plant to an account is `<site>@<customer>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Every part that a key may have; all stand in the tables of assignments, null where not part.
KEY_COLUMNS = ("product_id", "site_id", "customer_id")


@dataclass(frozen=True, kw_only=True)
class UnitKind:
    """One kind of unit: what it is called, its key, and the tables that tell of it.

    `universe` has one row for each unit, `worth` what each has earned, `title` is for people.
    """

    name: str
    title: str
    key: tuple[str, ...]
    universe: str
    worth: str


UNIT_KINDS: Mapping[str, UnitKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            UnitKind(
                name="product_site",
                title="product at a site",
                key=("product_id", "site_id"),
                universe="facts.int_product_site",
                worth="features.feat_item_value",
            ),
            UnitKind(
                name="customer",
                title="customer",
                key=("customer_id",),
                universe="golden.golden_customer",
                worth="features.feat_customer_value",
            ),
        )
    }
)
KIND_BY_KEY: Mapping[tuple[str, ...], UnitKind] = MappingProxyType(
    {kind.key: kind for kind in UNIT_KINDS.values()}
)


def unit_key(key: tuple[str, ...], relation: str) -> str:
    """Return the SQL of a unit's id: the parts of its key, joined by @."""
    return f"concat_ws('@', {', '.join(f'{relation}.{column}' for column in key)})"
