"""What is compared of an object: its fields, each with the shape that its kind gives it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from workspace.matching.shape import Comparison, Key, Shape

DELIVERED_RECORD = "delivered_record"


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a declaration: the columns it is read from, and what becomes of them."""

    name: str
    columns: tuple[str, ...]
    shape: Shape


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """The fields by which the records of one object are compared.

    Records that share `delivered` (an expression) are one thing by definition: one delivered
    record that is mapped into several namespaces. Records with the same `apart_by` are never one:
    a source that holds nothing twice.
    """

    object_type: str
    fields: tuple[Field, ...]
    delivered: str | None = None
    delivered_columns: tuple[str, ...] = ()
    apart_by: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of a record on which a score depends, besides record_key."""
        named = [column for field in self.fields for column in field.columns]
        named += self.delivered_columns
        if self.apart_by:
            named.append(self.apart_by)
        return tuple(dict.fromkeys(named))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Every piece of evidence, in order."""
        return tuple(found for field in self.fields for found in field.shape.comparisons)

    @property
    def keys(self) -> tuple[tuple[str, Key], ...]:
        """The block keys, each with the name of its field."""
        return tuple((field.name, key) for field in self.fields for key in field.shape.keys)

    @property
    def identifiers(self) -> dict[str, str]:
        """Field → column of its exact key; the delivered record comes first."""
        found = {DELIVERED_RECORD: "delivered_record_key"} if self.delivered else {}
        for field in self.fields:
            if field.shape.identifier:
                found[field.name] = field.shape.identifier
        return found

    @property
    def frequencies(self) -> tuple[str, ...]:
        """Columns whose values are weighed by their frequency."""
        return tuple(dict.fromkeys(self._frequencies()))

    def _frequencies(self) -> Iterator[str]:
        for comparison in self.comparisons:
            for level in comparison.levels:
                if level.frequency:
                    yield level.frequency

    @property
    def words(self) -> tuple[str, ...]:
        """Columns of words that are weighed by their rarity."""
        return tuple(column for field in self.fields for column in field.shape.words)

    @property
    def digest(self) -> str:
        """A hash of everything the declaration says: a model is trained for one of them."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]
