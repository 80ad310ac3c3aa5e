"""Survivorship as a workspace declares it: read, checked, and landed for SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from workspace.config.entities import entities
from workspace.config.strict import load_optional, suggestion
from workspace.config.survivorship_file import (
    MOST_RULES,
    Rules,
    SurvivorshipFile,
    SystemOrder,
    rule_name,
)
from workspace.errors import TierwiseError
from workspace.given_rows import arrow_table, create_from
from workspace.table_contract import contract
from workspace.yaml_file import Document

# Object → its golden table and the entity that its records are delivered as.
GOLDEN = {
    "customer": ("golden.golden_customer", "customers"),
    "product": ("golden.golden_product", "products"),
    "site": ("golden.golden_location", "sites"),
    "supplier": ("golden.golden_supplier", "suppliers"),
}
# What the day of the night decides about, not a record.
COMPUTED = {"product": {"is_active"}}
# Numbers of GS1 that end in a check digit.
CHECKED = {"gtin", "gln"}
DATED = {"earliest", "latest"}
DEFAULT: Rules = ("source_priority",)
# Columns of the tables that SQL reads.
RULED = dict.fromkeys(
    ("object_type", "attribute", *(f"rule_{number + 1}" for number in range(MOST_RULES))),
    pa.string(),
)
ORDERED = {
    **dict.fromkeys(("object_type", "attribute", "system"), pa.string()),
    "place": pa.int32(),
}


@dataclass(frozen=True, kw_only=True)
class Survivorship:
    """The file and the document that knows its places; `files` are all that was read."""

    file: SurvivorshipFile
    document: Document
    files: tuple[Path, ...] = field(default=())


def read_survivorship(root: Path) -> Survivorship:
    """Read golden/survivorship.yml; without it the most trusted system decides everything.

    Raises ConfigurationErrors with every fault of the file.
    """
    file, document = load_optional(SurvivorshipFile, root / "golden" / "survivorship.yml")
    files = (document.file,) if file else ()
    return Survivorship(file=file or SurvivorshipFile(), document=document, files=files)


def attributes(object_type: str) -> dict[str, str]:
    """Return name and type of the attributes that records of an object compete for.

    They are the columns that its golden table and its entity share.
    """
    table, entity = GOLDEN[object_type]
    golden = contract(table)
    apart = COMPUTED.get(object_type, set()) | set(golden.key)
    delivered = set(entities()[entity].columns) - apart
    return {column.name: column.data_type for column in golden.columns if column.name in delivered}


def check_survivorship(survivorship: Survivorship, systems: Collection[str]) -> list[TierwiseError]:
    """Return a fault for each attribute and system that is unknown, and each rule out of place."""
    return [
        TierwiseError(code, place=survivorship.document.place(path), cause=cause)
        for object_type in GOLDEN
        for name, rules in survivorship.file.of(object_type).items()
        for path, code, cause in _faults(object_type, name, rules, systems)
    ]


Fault = tuple[tuple[str | int, ...], str, str]


def _faults(object_type: str, name: str, rules: Rules, systems: Collection[str]) -> Iterator[Fault]:
    known = attributes(object_type)
    if name not in known:
        cause = f"`{name}` is no attribute of a {object_type}.{suggestion(name, list(known))}"
        yield (object_type, name), "CONFIG_UNKNOWN_COLUMN", cause
        return
    for number, rule in enumerate(rules):
        path = (object_type, name, number)
        if isinstance(rule, SystemOrder):
            yield from _unknown_systems((*path, "systems"), rule, systems)
        elif rule == "valid_check_digit" and name not in CHECKED:
            cause = f"A check digit is known of {', '.join(sorted(CHECKED))} only."
            yield path, "CONFIG_VALUE", cause
        elif rule in DATED and known[name] != "date":
            cause = f"`{name}` is no date: nothing of it is {rule}."
            yield path, "CONFIG_VALUE", cause
    if len(set(map(rule_name, rules))) < len(rules):
        yield (object_type, name), "CONFIG_VALUE", "A rule stands here twice."


def _unknown_systems(
    path: tuple[str | int, ...], rule: SystemOrder, systems: Collection[str]
) -> Iterator[Fault]:
    for at, system in enumerate(rule.systems):
        if system not in systems:
            hint = suggestion(system, list(systems))
            cause = f"`{system}` is no system of this workspace.{hint}"
            yield (*path, at), "CONFIG_REFERENCE", cause


def land_survivorship(connection: duckdb.DuckDBPyConnection, file: SurvivorshipFile) -> None:
    """Create night.survivorship, one row per attribute, and night.survivorship_systems."""
    ruled = [
        (object_type, name, file.of(object_type).get(name, DEFAULT))
        for object_type in GOLDEN
        for name in attributes(object_type)
    ]
    orders = [
        (object_type, name, system, place)
        for object_type, name, rules in ruled
        for rule in rules
        if isinstance(rule, SystemOrder)
        for place, system in enumerate(rule.systems, start=1)
    ]
    named = [
        (object_type, name, *(_nth(rules, number) for number in range(MOST_RULES)))
        for object_type, name, rules in ruled
    ]
    connection.execute("create schema if not exists night")
    create_from(connection, "night.survivorship", arrow_table(RULED, named))
    create_from(connection, "night.survivorship_systems", arrow_table(ORDERED, orders))


def _nth(rules: Rules, number: int) -> str | None:
    return rule_name(rules[number]) if number < len(rules) else None
