"""Keys whose letters only look like Latin ones: an A that is Cyrillic makes another key."""

from __future__ import annotations

import duckdb

from workspace.ingest.contract import Contract
from workspace.ingest.parsing import identifier, literal

# Cyrillic and Greek capitals and small letters beside the Latin ones they are taken for.
FOREIGN = "АВЕКМНОРСТХІЈЅаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο"  # noqa: RUF001  the point of this module
LATIN = "ABEKMHOPCTXIJSaeopcyxijsABEZHIKMNOPTYXo"
SHOWN = 3


def note_lookalikes(
    connection: duckdb.DuckDBPyConnection, contract: Contract, sound: str
) -> list[str]:
    """Return a note on keys that mix Latin letters or digits with what looks like them."""
    columns = contract.extract.columns
    texts = [identifier(name) for name in contract.extract.key if columns[name].type == "text"]
    if not texts:
        return []
    queries = " union ".join(
        f"select {key} as key from {sound} as t "
        f"where case when strlen({key}) = length({key}) then false "  # ASCII: told in no time
        f"else regexp_matches({key}, '[0-9A-Za-z]') and {key} <> {_latin(key)} "
        f"and regexp_full_match({_latin(key)}, '[ -~]*') end"
        for key in texts
    )
    found = [key for (key,) in connection.execute(f"{queries} order by all").fetchall()]
    if not found:
        return []
    shown = ", ".join(f"{key[:40]} ({_spelt(key)})" for key in found[:SHOWN])
    return [f"ID_CONFUSABLE: {len(found)} keys hold letters that look like others: {shown}."]


def _latin(field: str) -> str:
    return f"translate({field}, {literal(FOREIGN)}, {literal(LATIN)})"


def _spelt(key: str) -> str:
    """Name the letters that are not what they seem."""
    return " ".join(f"U+{ord(letter):04X}" for letter in dict.fromkeys(key) if letter in FOREIGN)
