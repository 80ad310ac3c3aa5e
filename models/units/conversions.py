"""Every unit of every item in the item's base unit: by date, with the reason where it has none.

An *item* is a product as one source knows it: namespace and source_key. A factor holds from its
`valid_from`, or always where it has none, until a later one is stated for the same two units. An
item whose factors contradict each other in some span of days is not converted in that span, in no
unit but the base unit itself: which of its factors is wrong is not for us to guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

import polars as pl

from models.units.constants import DIMENSION, KNOWN, constant_edges
from models.units.graph import ONE, Edge, Resolution, resolve
from models.units.plain import ITEM, plain_items, plain_rows, whole

EVER = date(1900, 1, 1)  # valid_from of what has always held
LARGEST = 2**63 - 1  # of a published numerator or denominator
WEIGHED_BY = {"mass": "weight", "length": "length", "area": "area", "volume": "volume"}

SCHEMA = {
    "namespace": pl.String,
    "source_key": pl.String,
    "unit_code": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "base_unit_code": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
    "status": pl.String,
    "detail": pl.String,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """What 1 of a unit is in base units, or why it is nothing; `status` as published."""

    status: str
    factor: Fraction | None = None
    detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """A delivered factor: an edge and the day from which it holds; `record` says which one."""

    edge: Edge
    valid_from: date
    record: int


@dataclass(frozen=True, kw_only=True)
class Conversions:
    """One row per item, unit and span (`SCHEMA`), and the factors to set aside.

    `contradicting` holds `record`, the row number in the given factors, and `detail`, once each.
    """

    rows: pl.DataFrame
    contradicting: pl.DataFrame


def conversions(
    items: pl.DataFrame, factors: pl.DataFrame, used: pl.DataFrame, *, known: Iterable[str] = ()
) -> Conversions:
    """Resolve every unit that an item's factors state or that is used of it.

    `items` holds namespace, source_key and base_unit_code (null where not stated); `factors` holds
    the item, unit_code, to_unit_code (null: the base unit), numerator and denominator (decimals
    above 0: 1 unit_code = numerator / denominator to_unit_code) and valid_from (null: always);
    `used` holds the item and unit_code. `known` are codes that the company's list names.
    """
    factors = factors.with_row_index("record")
    plain = plain_items(items, factors, used)
    rest = [frame.join(plain, on=ITEM, how="anti") for frame in (items, factors, used)]
    rows, contradicting = _walked(*rest, names=KNOWN.union(known))
    found = [plain_rows(plain, factors, since=pl.lit(EVER)).select(SCHEMA.keys())]
    found.append(pl.DataFrame(rows, schema=SCHEMA, orient="row"))
    return Conversions(
        rows=pl.concat(found).sort(*ITEM, "unit_code", "valid_from"),
        contradicting=pl.DataFrame(
            sorted(contradicting.items()),
            schema={"record": pl.Int64, "detail": pl.String},
            orient="row",
        ),
    )


def _walked(
    items: pl.DataFrame, factors: pl.DataFrame, used: pl.DataFrame, *, names: frozenset[str]
) -> tuple[list[tuple[object, ...]], dict[int, str]]:
    """Walk the graph of each item; return the rows, and the records that contradict."""
    bases = {(n, k): base for n, k, base in items.select(*ITEM, "base_unit_code").iter_rows()}
    stated = _stated(factors, bases)
    units: dict[tuple[str, str], set[str]] = {}
    for namespace, key, unit in used.select(*ITEM, "unit_code").iter_rows():
        units.setdefault((namespace, key), set()).add(unit)
    for item, base in bases.items():
        if base is not None:
            units.setdefault(item, set()).add(base)
    rows: list[tuple[object, ...]] = []
    contradicting: dict[int, str] = {}
    for item in sorted(units.keys() | stated.keys()):
        found = _Item(
            base_unit=bases.get(item),
            used=frozenset(units.get(item, ())),
            stated=tuple(stated.get(item, ())),
            names=names,
        )
        rows += ((*item, *row) for row in found.rows(contradicting))
    return rows, contradicting


def _stated(
    factors: pl.DataFrame, bases: dict[tuple[str, str], str | None]
) -> dict[tuple[str, str], list[Stated]]:
    """Return the factors by item; one into a base unit that nobody has stated ties nothing."""
    fraction = [whole(name) for name in ("numerator", "denominator")]
    columns = factors.select("record", *ITEM, "unit_code", "to_unit_code", *fraction, "valid_from")
    found: dict[tuple[str, str], list[Stated]] = {}
    for row in columns.iter_rows():
        record, namespace, key, unit, to_unit, numerator, denominator, valid_from = row
        target = to_unit or bases.get((namespace, key))
        if target is not None:
            edge = Edge(unit=unit, to_unit=target, factor=Fraction(numerator, denominator))
            found.setdefault((namespace, key), []).append(
                Stated(edge=edge, valid_from=valid_from or EVER, record=record)
            )
    return found


@dataclass(frozen=True, kw_only=True)
class _Item:
    """One item: its base unit, the units used of it, its factors, and the names of units."""

    base_unit: str | None
    used: frozenset[str]
    stated: Sequence[Stated]
    names: frozenset[str]

    def rows(self, contradicting: dict[int, str]) -> list[tuple[object, ...]]:
        """Return the columns after the item's; add the records that contradict each other."""
        starts = sorted({EVER, *(stated.valid_from for stated in self.stated)})
        units = sorted(
            self.used | {code for s in self.stated for code in (s.edge.unit, s.edge.to_unit)}
        )
        spans = [(start, self._worths(units, start, contradicting)) for start in starts]
        found: list[tuple[object, ...]] = []
        for unit in units:
            changes = [(start, worths[unit]) for start, worths in spans]
            kept = changes[:1] + [new for old, new in pairwise(changes) if new[1] != old[1]]
            ends = [start for start, _ in kept[1:]]
            for (start, worth), end in zip(kept, [*ends, None], strict=True):
                factor = worth.factor
                fraction = (factor.numerator, factor.denominator) if factor else (None, None)
                span = (unit, start, end, self.base_unit)
                found.append((*span, *fraction, worth.status, worth.detail))
        return found

    def _worths(
        self, units: Sequence[str], day: date, contradicting: dict[int, str]
    ) -> dict[str, Worth]:
        """Value the units on one day."""
        if self.base_unit is None:
            detail = "The product states no base unit."
            return dict.fromkeys(units, Worth(status="missing", detail=detail))
        valid = self._valid_on(day)
        edges = [stated.edge for stated in valid]
        edges += constant_edges(units, self.base_unit)
        resolution = resolve(self.base_unit, edges)
        for cycle in resolution.cycles:
            around = {*cycle.edges, *(edge.reversed() for edge in cycle.edges)}
            for stated in valid:
                if stated.edge in around:
                    contradicting.setdefault(stated.record, f"{cycle}.")
        return {unit: self._worth(unit, resolution) for unit in units}

    def _valid_on(self, day: date) -> list[Stated]:
        """Return the factors that hold: for each two units those of the latest day, all of them."""
        latest: dict[frozenset[str], date] = {}
        begun = [stated for stated in self.stated if stated.valid_from <= day]
        for stated in begun:
            pair = frozenset({stated.edge.unit, stated.edge.to_unit})
            latest[pair] = max(latest.get(pair, EVER), stated.valid_from)
        return [
            stated
            for stated in begun
            if stated.valid_from == latest[frozenset({stated.edge.unit, stated.edge.to_unit})]
        ]

    def _worth(self, unit: str, resolution: Resolution) -> Worth:
        assert self.base_unit is not None
        if unit == self.base_unit:
            return Worth(status="base", factor=ONE)
        factor = resolution.potentials.get(unit)
        if factor is None:
            return self._unresolved(unit, resolution.part_of(unit))
        if resolution.cycles:
            detail = "; ".join(str(cycle) for cycle in resolution.cycles)
            return Worth(status="contradiction", detail=f"{detail}.")
        if max(factor.numerator, factor.denominator) > LARGEST:
            detail = f"The factor {factor} has more digits than a factor may have."
            return Worth(status="missing", detail=detail)
        return Worth(status="converted", factor=factor)

    def _unresolved(self, unit: str, part: frozenset[str]) -> Worth:
        """Name the edge that is missing, or the code that means nothing."""
        stated = {code for s in self.stated for code in (s.edge.unit, s.edge.to_unit)}
        if unit not in self.names | stated:
            detail = f"`{unit}` is no unit code that the lists or the item's factors know."
            return Worth(status="unknown", detail=detail)
        base = self.base_unit or ""
        others = ", ".join(sorted(part - {unit}))
        known = f" (known: {unit} in {others})" if others else ""
        remedy = ""
        dimensions = {DIMENSION.get(unit), DIMENSION.get(base)}
        if len(dimensions) == 2:
            measures = sorted(WEIGHED_BY[name] for name in dimensions if name in WEIGHED_BY)
            remedy = f": deliver the {' or '.join(measures)} of one" if measures else ""
        return Worth(
            status="missing",
            detail=f"No factor leads from {unit} to {base}{known}{remedy}.",
        )
