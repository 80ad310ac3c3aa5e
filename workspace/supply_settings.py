"""How a workspace judges supply: supply.yml, which is optional, read, checked and landed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from workspace.config.code_lists import CODES
from workspace.config.strict import load_optional
from workspace.config.supply_file import DeliverySettings, SupplyFile
from workspace.errors import TierwiseError
from workspace.given_rows import arrow_table, create_from
from workspace.yaml_file import Document

FILE = "supply.yml"


@dataclass(frozen=True, kw_only=True)
class SupplySettings:
    """The file and the document that knows its places; `files` are all that was read."""

    file: SupplyFile
    document: Document
    files: tuple[Path, ...] = field(default=())


def read_supply_settings(root: Path) -> SupplySettings:
    """Read supply.yml; raises ConfigurationErrors with every fault of the file."""
    file, document = load_optional(SupplyFile, root / FILE)
    return SupplySettings(
        file=file or SupplyFile(), document=document, files=(document.file,) if file else ()
    )


def check_supply_settings(supply: SupplySettings) -> list[TierwiseError]:
    """Return a fault for each code that is no country's, and each region named like a country."""
    geography = supply.file.geography
    named = [
        (("geography", "customs_territories", name, at), code)
        for name, codes in geography.customs_territories.items()
        for at, code in enumerate(codes)
    ]
    named += [
        (("geography", "regions", name, at), code)
        for name, codes in geography.regions.items()
        for at, code in enumerate(codes)
        if code not in geography.regions
    ]
    taken = [
        TierwiseError(
            "CONFIG_VALUE",
            place=supply.document.place(("geography", "regions", name)),
            cause=f"`{name}` is a country (ISO 3166-1): a region needs another name.",
        )
        for name in geography.regions
        if name in CODES["iso_3166_1"]
    ]
    return taken + [
        TierwiseError(
            "CONFIG_VALUE",
            place=supply.document.place(path),
            cause=f"`{code}` is neither a country (ISO 3166-1) nor a region of this file.",
        )
        for path, code in named
        if code not in CODES["iso_3166_1"]
    ]


def land_supply_settings(connection: duckdb.DuckDBPyConnection, delivery: DeliverySettings) -> None:
    """Create night.supply_settings, one row."""
    rows = arrow_table({"due_by": pa.string()}, [(delivery.due_by,)])
    create_from(connection, "night.supply_settings", rows)
