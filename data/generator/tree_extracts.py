"""What the systems deliver of the trees: the north all nodes and its accounts, the others theirs.

The north writes them as SAP's customer hierarchies, a day of 9999 for no end; the south and the CRM
name the groups by the north's codes.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from data.generator import crm, erp_north, erp_south
from data.generator.extracts import Master
from data.generator.parties import NEVER
from data.generator.trees import VIEWS, Grown
from data.generator.writing import Dialect

TYPES = dict(zip(VIEWS, ("A", "L", "F"), strict=True))
TREES = dict(zip(VIEWS, ("SALES", "DELIVERY", "CREDIT"), strict=True))
FIRST_DAY, SECOND_DAY, LAST_DAY = "01.01.2015", "01.01.2020", "31.12.9999"
# Nodes that no tree has a place for, with the code that each must be found under.
WRONG = (
    ("L", "G-X-001", "G-X-002", FIRST_DAY, "ROW_CYCLE"),
    ("L", "G-X-002", "G-X-001", FIRST_DAY, "ROW_CYCLE"),
    ("F", "G-X-003", "G-X-003", FIRST_DAY, "ROW_CYCLE"),
    ("A", "G-X-004", "S-HAM", FIRST_DAY, "ROW_TWO_PARENTS"),
    ("A", "G-X-004", "S-LYO", SECOND_DAY, "ROW_TWO_PARENTS"),
    ("A", "G-X-005", "S-XXX", FIRST_DAY, "ROW_ORPHAN"),
)
# In a small company these few would be more than a night lets pass.
LEAST_ACCOUNTS = 300


def masters(grown: Grown) -> dict[str, tuple[Master, Dialect]]:
    """Return the extracts of the trees by system and name."""
    written: dict[str, tuple[Callable[[Grown], Master], Dialect]] = {
        "erp_north/customer_hierarchy": (_north, erp_north.DIALECT),
        "erp_south/customer_trees": (_south, erp_south.DIALECT),
        "crm/account_groups": (_crm, crm.DIALECT),
    }
    return {name: (write(grown), dialect) for name, (write, dialect) in written.items()}


def _north(grown: Grown) -> Master:
    nodes = grown.nodes.select(
        HITYP=pl.col("view").replace_strict(TYPES),
        KUNNR="node",
        HKUNNR="parent",
        DATAB=pl.lit(FIRST_DAY),
        DATBI=pl.lit(LAST_DAY),
        KNTYP=pl.lit("G"),
        KNTXT="name",
        KATR1=pl.lit(None, pl.String),
    )
    own = grown.places.filter(pl.col("system") == erp_north.SYSTEM)
    day = erp_north.DIALECT.day
    accounts = own.select(
        HITYP=pl.col("view").replace_strict(TYPES),
        KUNNR="source_key",
        HKUNNR="node",
        DATAB=day(pl.col("first")),
        # SAP's last day is the last on which it holds.
        DATBI=pl.when(pl.col("end") < NEVER)
        .then(day(_day(pl.col("end")) - 1))
        .otherwise(pl.lit(LAST_DAY)),
        KNTYP=pl.lit("K"),
        KNTXT=pl.lit(None, pl.String),
        KATR1="segment",
    )
    if accounts["KUNNR"].n_unique() < LEAST_ACCOUNTS:
        return Master(frame=pl.concat([nodes, accounts]))
    wrong = pl.DataFrame(
        [(kind, node, parent, first, LAST_DAY, "G", f"Group {node}", None)
         for kind, node, parent, first, _ in WRONG],
        schema=nodes.schema,
        orient="row",
    )  # fmt: skip
    rows = nodes.height + accounts.height
    planted = tuple((rows + at, "no_place", code) for at, (*_, code) in enumerate(WRONG))
    return Master(frame=pl.concat([nodes, accounts, wrong]), wrong=planted)


def _south(grown: Grown) -> Master:
    own = grown.places.filter(pl.col("system") == erp_south.SYSTEM)
    day = erp_south.DIALECT.day
    frame = own.select(
        TreeName=pl.col("view").replace_strict(TREES),
        CustAccount="source_key",
        GroupId="node",
        FromDate=day(pl.col("first")),
        ToDate=pl.when(pl.col("end") < NEVER).then(day(_day(pl.col("end")))),
        ClassCode="segment",
    )
    return Master(frame=frame)


def _crm(grown: Grown) -> Master:
    own = grown.places.filter(pl.col("system") == crm.SYSTEM)
    day = crm.DIALECT.day
    frame = own.select(
        account_id="source_key",
        group_code="node",
        member_since=day(pl.col("first")),
        member_until=pl.when(pl.col("end") < NEVER).then(day(_day(pl.col("end")))),
    )
    return Master(frame=frame)


def _day(days: pl.Expr) -> pl.Expr:
    """Return days as they fit a date: what never ends is written otherwise."""
    return pl.when(days < NEVER).then(days)
