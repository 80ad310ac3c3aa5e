"""What can be classified: each kind of unit, declared once.

A unit's id is the parts of its key, joined by @. All keys keep the order of KEY_COLUMNS, so that
an id is made alike whatever the kind: a flow from a plant to an account is `<site>@<customer>`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Every part that a key may have; all stand in the tables of assignments, null where not part.
KEY_COLUMNS = ("product_id", "site_id", "customer_id", "sales_channel_id")
# What follows from a part, and is known of its units as well: a customer buys by one channel.
FOLLOWS = MappingProxyType({"customer_id": "sales_channel_id"})


@dataclass(frozen=True, kw_only=True)
class UnitKind:
    """One kind of unit: what it is called, its key, and the tables that tell of it.

    `universe` has one row for each unit, `worth` what each has earned. `title` is for people, and
    `noun` where there is little room.
    """

    name: str
    title: str
    noun: str
    key: tuple[str, ...]
    universe: str
    worth: str

    @property
    def known(self) -> tuple[str, ...]:
        """The parts that are known of a unit: those of its key, and what follows from them."""
        return (*self.key, *(FOLLOWS[part] for part in self.key if part in FOLLOWS))


UNIT_KINDS: Mapping[str, UnitKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            UnitKind(
                name="product_site",
                title="product at a site",
                noun="item",
                key=("product_id", "site_id"),
                universe="facts.int_product_site",
                worth="features.feat_item_value",
            ),
            UnitKind(
                name="customer",
                title="customer",
                noun="customer",
                key=("customer_id",),
                universe="golden.golden_customer",
                worth="features.feat_customer_value",
            ),
            UnitKind(
                name="product",
                title="product",
                noun="product",
                key=("product_id",),
                universe="golden.golden_product",
                worth="features.feat_product_trade",
            ),
            UnitKind(
                name="channel",
                title="sales channel",
                noun="channel",
                key=("sales_channel_id",),
                universe="facts.int_channel",
                worth="features.feat_channel_trade",
            ),
            UnitKind(
                name="customer_product",
                title="product for a customer",
                noun="pair",
                key=("product_id", "customer_id"),
                universe="features.int_customer_product",
                worth="features.feat_customer_product_trade",
            ),
            UnitKind(
                name="flow",
                title="flow from a site to a customer",
                noun="flow",
                key=("site_id", "customer_id"),
                universe="features.int_flow",
                worth="features.feat_flow_trade",
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
