"""The extracts that are delivered whole, as they stand on the last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import ModuleType

import polars as pl

from data.generator import (
    bills,
    campaigns,
    country_risks,
    crm,
    erp_north,
    erp_south,
    market,
    tree_extracts,
    wms,
)
from data.generator.demand import Demand
from data.generator.extracts import Master
from data.generator.plan import Plan
from data.generator.trees import grow
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEMS: dict[str, ModuleType] = {"erp_north": erp_north, "erp_south": erp_south}
Named = Iterator[tuple[str, Master, Dialect]]


def whole_extracts(
    plan: Plan, world: World, demand: Demand, ledger: Master, late_lines: Sequence[pl.DataFrame]
) -> Named:
    """Yield each extract with its name and how its system writes; `late_lines` are the newest."""
    for system, module in (*SYSTEMS.items(), ("crm", crm)):
        yield from _of(system, module.masters(plan, world), module.DIALECT)
    yield "erp_south/ledger_totals", ledger, erp_south.DIALECT
    north = erp_north.DIALECT
    yield "erp_north/bills_of_materials", bills.master(plan, world, north), north
    trees = tree_extracts.masters(grow(plan, world))
    yield from ((name, master, dialect) for name, (master, dialect) in trees.items())
    yield from _of("wms", wms.masters(), wms.DIALECT)
    yield from _of("market", market.masters(plan, world, late_lines), market.DIALECT)
    yield "market/country_risks", country_risks.master(plan), market.DIALECT
    yield from _of("crm", campaigns.masters(plan, world, demand), crm.DIALECT)


def _of(system: str, masters: Mapping[str, Master], dialect: Dialect) -> Named:
    yield from ((f"{system}/{name}", master, dialect) for name, master in masters.items())
