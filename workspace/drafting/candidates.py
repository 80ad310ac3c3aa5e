"""Which entity a table may feed, column by column, and which preset has the table already."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from workspace.config.entities import Entity, entities
from workspace.config.preset import presets, read_preset
from workspace.drafting.names import ideas_of
from workspace.drafting.values import Found

LEAST_SCORE = 0.5
LEAST_ENTITY = 0.5
LEAST_PRESET = 0.6
KEY_WORDS = {"id", "code"}
FITTING = {
    "text": {"text", "integer"},
    "date": {"date", "timestamp"},
    "timestamp": {"timestamp"},
    "decimal": {"decimal", "integer"},
    "rate": {"decimal", "integer"},
    "integer": {"integer", "decimal"},
    "boolean": {"boolean"},
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An entity that a table may feed: entity column → delivered column and score of the two."""

    entity: str
    score: float
    columns: dict[str, tuple[str, float]]

    @property
    def absent(self) -> list[str]:
        """Return the required columns that no delivered one suggests."""
        wanted = entities()[self.entity].columns
        return [n for n, c in wanted.items() if c.required and n not in self.columns]


@dataclass(frozen=True, kw_only=True)
class PresetTable:
    """An extract of a preset whose columns a table has."""

    preset: str
    extract: str
    found: int
    known: int


def entity_of(table: str, columns: Sequence[Found], key: Sequence[str]) -> Candidate | None:
    """Return the entity that the names and types of a table's columns fit best, if any does."""
    prefix = _common_prefix([column.name for column in columns])
    short = [replace(column, name=column.name.removeprefix(prefix)) for column in columns]
    keys = [name.removeprefix(prefix) for name in key]
    tried = [_fit(entity, table, short, keys, prefix) for entity in entities().values()]
    best = max(tried, key=lambda candidate: candidate.score)
    return best if best.score >= LEAST_ENTITY else None


def _fit(
    entity: Entity, table: str, columns: Sequence[Found], key: Sequence[str], prefix: str
) -> Candidate:
    subject = ideas_of(table)
    pairs = sorted(
        (
            (_alike(column, wanted, entity, subject, key), column.name, wanted)
            for column in columns
            for wanted in entity.columns
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    chosen: dict[str, tuple[str, float]] = {}
    for score, name, wanted in pairs:
        taken = {delivered for delivered, _ in chosen.values()}
        if score >= LEAST_SCORE and wanted not in chosen and name not in taken:
            chosen[wanted] = (name, score)
    required = [name for name, column in entity.columns.items() if column.required]
    shares = [chosen[name][1] if name in chosen else 0.0 for name in required]
    about = ideas_of(entity.entity)
    by_name = 0.15 + 0.05 * len(about) if about <= subject else 0.0
    by_name += 0.15 if about == subject else 0.0
    score = min(1.0, sum(shares) / len(shares) * 0.8 + by_name)
    whole = {wanted: (prefix + name, fit) for wanted, (name, fit) in chosen.items()}
    return Candidate(entity=entity.entity, score=round(score, 2), columns=whole)


def _common_prefix(names: Sequence[str]) -> str:
    """Return the word and the sign that all names begin with: `sls_` says nothing of a column."""
    first = re.match(r"[A-Za-z]+[_.]", names[0])
    prefix = first[0] if first and len(names) > 1 else ""
    return prefix if all(name.startswith(prefix) and name != prefix for name in names) else ""


def _alike(
    column: Found, wanted: str, entity: Entity, subject: frozenset[str], key: Sequence[str]
) -> float:
    """Score a delivered column against one of an entity: shared ideas over all ideas."""
    if column.type not in FITTING[entity.columns[wanted].type]:
        return 0.0
    said, meant = ideas_of(column.name), ideas_of(wanted.removesuffix("_units"))
    if len(said) == 1 and not said & meant - {"id", "name", "code"}:
        said |= subject  # `id` in a table of customers is the customer's
    meant = meant | ({"quantity"} if wanted.endswith("_units") else set())
    score = len(said & meant) / len(said | meant)
    if meant & KEY_WORDS and not said & KEY_WORDS:  # `Customer` alone is the customer's key
        bare = meant - KEY_WORDS
        score = max(score, 0.9 * len(said & bare) / max(1, len(said | bare)))
    is_key = [column.name] == list(key) and [wanted] == list(entity.key)
    return round(min(1.0, score + (0.3 if is_key else 0.0)), 2)


def preset_of(table: str, header: Sequence[str]) -> PresetTable | None:
    """Return the extract of a preset that has most of a table's columns, if any fits.

    The name of the file decides between extracts that fit alike.
    """
    delivered = set(header)
    fitting: list[tuple[bool, float, PresetTable]] = []
    for preset in presets():
        for extract, said in read_preset(preset).value["extracts"].items():
            known = set(said["columns"])
            share = len(known & delivered) / len(known)
            if set(said["key"]) <= delivered and share >= LEAST_PRESET and len(known) > 2:
                named = extract.lower() in table.lower()
                match = PresetTable(
                    preset=preset, extract=extract, found=len(known & delivered), known=len(known)
                )
                fitting.append((named, share * len(known), match))
    if not fitting:
        return None
    return max(fitting, key=lambda item: item[:2])[2]
