"""A table of what can be wrong with a delivery: how it is spoiled, and what comes of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass

Files = dict[str, str | bytes | None]
HEADER = "order,line,customer,product,day,units\n"
TODAY = "erp/orders_2026-06-30.csv"
FIRST = "erp/orders_2026-06-27.csv"


def day(number: int, count: int = 4, customer: str = "C1") -> str:
    """Return the orders of a day of June: so many lines of two units each."""
    rows = (f"D{number},{n},{customer},P1,2026-06-{number:02},2\n" for n in range(count))
    return HEADER + "".join(rows)


def plain(name: str, content: str) -> Files:
    return {name: content}


def with_trailer(name: str, content: str) -> Files:
    return {name: f"{content}END,{content.count(chr(10)) - 1},,,,\n"}


def with_manifest(name: str, content: str) -> Files:
    stated = {
        "records": content.count("\n") - 1,
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
    }
    return {name: content, f"{name}.json": json.dumps(stated)}


def with_count(name: str, content: str) -> Files:
    return {name: content, f"{name}.json": json.dumps({"records": content.count("\n") - 1})}


def with_marker(name: str, content: str) -> Files:
    return {name: content, f"{name}.done": ""}


def with_totals(name: str, content: str) -> Files:
    return {name: content, "erp/totals.csv": "day,units\n2026-06-30,32\n"}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is spoiled of a delivery that keeps to the rules, and what comes of it.

    A night that goes on has no `code`, but a file that is booked with `book`: status and code.
    """

    case: int
    says: str
    spoiled: Files
    rules: str = ""
    dress: Callable[[str, str], Files] = plain
    link: str | None = None
    is_required: bool = True
    code: str | None = None
    book: tuple[str, str | None] = ("loaded", None)


TRAILER = 'trailer: {when: "order = \'END\'", counts: "try_cast(line as integer)"}'
MANIFEST = 'manifest: {path: "{name}.json"}'
ODD = "erp/orders_2026-06-30_'\";\n%s\N{PACKAGE}.csv"
NOTHING: Files = {TODAY: None}
FAULTS = [
    Fault(
        case=19,
        says="cut off at the end of a record, its trailer with it",
        rules=TRAILER,
        dress=with_trailer,
        spoiled={TODAY: day(30, 3)},
        code="FILE_TRUNCATED",
    ),
    Fault(
        case=19,
        says="cut off at the end of a record, fewer than the manifest counts",
        rules=MANIFEST,
        dress=with_count,
        spoiled={TODAY: day(30, 3)},
        code="FILE_MANIFEST_MISMATCH",
    ),
    Fault(
        case=19,
        says="cut off at the end of a record, and only its size tells",
        rules="volume: {minimum_nights: 3}",
        spoiled={TODAY: day(30, 1)},
        code="GATE_VOLUME",
    ),
    Fault(
        case=49,
        says="the same bytes twice",
        spoiled={"erp/orders_2026-06-30_again.csv": day(30)},
        book=("superseded", "FILE_DUPLICATE"),
    ),
    Fault(
        case=50,
        says="the same name with other bytes while its window is open",
        rules="closes_after_days: 9",
        spoiled={FIRST: day(27, 5)},
    ),
    Fault(
        case=50,
        says="the same name with other bytes after its window closed",
        rules="closes_after_days: 2",
        spoiled={FIRST: day(27, 5)},
        code="FILE_CONFLICT",
    ),
    Fault(
        case=51,
        says="the rows of another file once more",
        spoiled={"erp/orders_2026-06-30_more.csv": day(30) + day(29).removeprefix(HEADER)},
    ),
    Fault(case=52, says="late", rules="every: day", spoiled=NOTHING, code="FILE_MISSING"),
    Fault(
        case=52,
        says="late, as it may be",
        rules="every: day, carry_forward_days: 1",
        spoiled=NOTHING,
        book=("missing", "FILE_MISSING"),
    ),
    Fault(
        case=53,
        says="a day older than may be late",
        rules="allowed_lateness_days: 3",
        spoiled={"erp/orders_2026-06-01.csv": day(1)},
        code="FILE_OUT_OF_ORDER",
    ),
    Fault(
        case=54,
        says="a day is missing in the sequence",
        rules="every: day",
        spoiled={"erp/orders_2026-06-20.csv": day(20)},
        code="FILE_MISSING",
    ),
    Fault(
        case=54,
        says="a day is missing in an optional sequence",
        rules="every: day",
        is_required=False,
        spoiled={"erp/orders_2026-06-20.csv": day(20)},
        book=("missing", "FILE_MISSING"),
    ),
    Fault(
        case=55,
        says="still growing: its marker is not there",
        rules='done_marker: "{name}.done"',
        dress=with_marker,
        spoiled={f"{TODAY}.done": None},
        code="FILE_UNSTABLE",
    ),
    Fault(
        case=56,
        says="other bytes than the manifest states",
        rules=MANIFEST,
        dress=with_manifest,
        spoiled={TODAY: day(30, customer="C2")},
        code="FILE_MANIFEST_MISMATCH",
    ),
    Fault(
        case=62,
        says="five times the records of the days before",
        rules="volume: {minimum_nights: 3}",
        spoiled={TODAY: day(30, 20)},
        code="GATE_VOLUME",
    ),
    Fault(
        case=63,
        says="no news for a day",
        rules="unchanged_days: 1",
        spoiled=NOTHING,
        code="GATE_FRESHNESS",
    ),
    Fault(
        case=64,
        says="two companies in one file",
        rules="company_key: {column: customer}",
        spoiled={TODAY: day(30) + "E1,1,C2,P1,2026-06-30,2\n"},
        code="FILE_COMPANY",
    ),
    Fault(
        case=85,
        says="loaded records do not add up to the totals of the source",
        rules="control_totals: {extract: totals, totals: {units: units}}",
        dress=with_totals,
        spoiled={"erp/totals.csv": "day,units\n2026-06-30,33\n"},
        code="GATE_RECON",
    ),
    Fault(
        case=91,
        says="a link in place of the file",
        spoiled=NOTHING,
        link="/etc/hostname",
        code="FILE_PATH",
    ),
    Fault(case=92, says="an odd name", spoiled={ODD: HEADER + "E1,1,C1,P1,2026-06-30,2\n"}),
]
