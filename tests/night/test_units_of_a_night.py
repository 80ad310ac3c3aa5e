"""What units came to in a whole night: factors, quantities there and back, and the ERP's issues."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from models.units.graph import Edge, resolve
from serving.release_reader import ReleaseReader, open_release
from tests.night.company import current
from tests.night.conftest import Night

ISSUED = {
    "erp_north": ("deliveries", "VGBEL", "VGPOS", "LGMNG", ";"),
    "erp_south": ("shipments", "SalesId", "LineNum", "InventQty", ","),
}
FACTORS = {
    "erp_north": ("material_units", ("MATNR", "MEINH", "MESUB", "UMREZ", "UMREN"), ";"),
    "erp_south": (
        "item_units",
        ("ItemId", "FromUnit", "ToUnit", "Numerator", "Denominator"),
        ",",
    ),
}


@pytest.fixture(scope="module")
def release(first_night: Night) -> Iterator[ReleaseReader]:
    workspace = first_night.workspace
    with open_release(workspace / "releases" / current(workspace)) as reader:
        yield reader


def delivered(workspace: Path, system: str, extract: str, mark: str) -> Iterator[dict[str, str]]:
    """Yield the records of an extract as text; these extracts hold no broken ones."""
    for file in sorted((workspace / "inbox" / system).glob(f"{extract}_*.csv")):
        with file.open(encoding="cp1252" if mark == ";" else "utf-8", newline="") as lines:
            yield from csv.DictReader(lines, delimiter=mark)


def stated_factors(workspace: Path) -> dict[tuple[str, str], list[Edge]]:
    """Return the delivered factors by item, unit codes by the company's list."""
    with (workspace / "reference" / "unit_codes.csv").open(encoding="utf-8", newline="") as lines:
        meaning = {
            (r["system"], r["delivered_code"]): r["unit_code"] for r in csv.DictReader(lines)
        }
    found: dict[tuple[str, str], list[Edge]] = {}
    for system, (extract, columns, mark) in FACTORS.items():
        for record in delivered(workspace, system, extract, mark):
            key, unit, to_unit, numerator, denominator = (record[name] for name in columns)
            codes = [meaning.get((system, c), meaning.get(("*", c), c)) for c in (unit, to_unit)]
            factor = Fraction(numerator.replace(".", "")) / Fraction(denominator.replace(".", ""))
            edge = Edge(unit=codes[0], to_unit=codes[1], factor=factor)
            found.setdefault((system, key), []).append(edge)
    return found


def ordered_lines(workspace: Path) -> set[tuple[str, str, str]]:
    """Return system, order and line of every delivered order line, the broken ones, too."""
    found = set()
    for system, (*_, mark) in ISSUED.items():
        for file in (workspace / "inbox" / system).glob("order_lines_*.csv"):
            for line in file.read_bytes().decode("latin-1").split("\n"):
                order, _, rest = line.partition(mark)
                found.add((system, order, rest.split(mark)[0]))
    return found


def number(text: str, mark: str) -> Fraction:
    return Fraction(text.replace(".", "").replace(",", ".") if mark == ";" else text)


@pytest.mark.requirement("S2.M2.B8")
def test_cycles_multiply_to_one_quantities_return_and_demand_is_what_the_erp_issued(
    first_night: Night, release: ReleaseReader
) -> None:
    worths = {
        (namespace, key, unit): Fraction(numerator, denominator)
        for namespace, key, unit, numerator, denominator in release.query(
            "select namespace, source_key, unit_code, numerator, denominator "
            "from uom_conversion where numerator is not null"
        ).rows()
    }
    _check_cycles(first_night.workspace, release, worths)
    _check_there_and_back(release, worths)
    _check_issues(first_night.workspace, release)


def _check_cycles(
    workspace: Path, release: ReleaseReader, worths: dict[tuple[str, str, str], Fraction]
) -> None:
    """The product round any cycle of an item's factors is 1, or the item is in quarantine."""
    rows = "select namespace, source_key from uom_conversion where status = 'contradiction'"
    contradicting = set(release.query(rows).rows())
    assert len(contradicting) == 1
    for item, edges in stated_factors(workspace).items():
        cycles = resolve("EA", edges).cycles
        assert bool(cycles) == (item in contradicting), item
        for edge in [] if cycles else edges:
            worth, other = worths[*item, edge.unit], worths[*item, edge.to_unit]
            assert abs(edge.factor * other / worth - 1) <= Fraction(1, 10**6)
            assert edge.factor * other == worth
    ((namespace, key),) = contradicting
    cased = "select count(*) from fct_order_line join golden_xref as x on x.golden_id = product_id"
    assert release.query(
        f"{cased} where x.object_type = 'product' and x.namespace = ? and x.source_key = ? "
        "and fct_order_line.namespace = x.namespace and stated_unit_code <> 'EA'",
        [namespace, key],
    ).rows() == [(0,)]
    held = "select count(*), min(code) from quarantine where extract = 'material_units'"
    assert release.query(held).rows() == [(3, "ROW_UOM")]


def _check_there_and_back(
    release: ReleaseReader, worths: dict[tuple[str, str, str], Fraction]
) -> None:
    """A line's quantity, converted to base units and back, is what the source stated."""
    lines = release.query(
        """
        select l.namespace, x.source_key, l.stated_unit_code, l.stated_quantity_units,
            abs(l.quantity_units)
        from fct_order_line as l
        join golden_xref as x on x.object_type = 'product' and x.golden_id = l.product_id
            and x.namespace = l.namespace and x.valid_to is null
        """
    ).rows()
    assert {unit for _, _, unit, _, _ in lines} >= {"EA", "CS", "GRM", "KGM", "MTR"}
    for namespace, key, unit, stated, base in lines:
        back = Fraction(base) / worths[namespace, key, unit]
        assert back == Fraction(stated), (namespace, key, unit)


def _check_issues(workspace: Path, release: ReleaseReader) -> None:
    """Demand in base units is what the ERPs issued in stock units, item by item and in all."""
    shipped = {
        (namespace, order, line): Fraction(units)
        for namespace, order, line, units in release.query(
            "select namespace, order_id, split_part(order_line_id, ':', 3), quantity_units "
            "from fct_order_line where transaction_type = 'sale' and not is_cancelled "
            "and shipped_date is not null"
        ).rows()
    }
    issued = {
        (system, record[order], record[line]): number(record[units], mark)
        for system, (extract, order, line, units, mark) in ISSUED.items()
        for record in delivered(workspace, system, extract, mark)
    }
    never_ordered = issued.keys() - ordered_lines(workspace)
    assert shipped == {line: units for line, units in issued.items() if line not in never_ordered}
    assert len(never_ordered) < 0.01 * len(issued)  # of orders placed before the first file begins
    booked = (
        "select sum(quantity_units) from fct_order_line cross join publish_manifest "
        "where transaction_type = 'sale' and not is_cancelled "
        "and date_trunc('week', demand_date) + interval 6 day <= as_of_date"
    )
    weekly = "select sum(demand_units) from fct_demand_weekly"
    assert release.query(booked).rows() == release.query(weekly).rows()
