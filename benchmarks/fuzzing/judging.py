"""Reading one file as a night would, and judging what came of it.

A whole workspace is opened once; each file then becomes a part of its own, which is the step of
ingest that reads bytes. A night adds nothing to it but other files.
"""

from __future__ import annotations

import hashlib
import shutil
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np

from benchmarks.fuzzing.corpus import DAY, DIALECTS, ID, NOTE, UNITS, Dialect, Row
from benchmarks.fuzzing.planted import Planted
from workspace.archive import place_of
from workspace.errors import CATALOGUE, TierwiseError
from workspace.folder import Workspace, open_workspace
from workspace.ingest.contract import Contract, contract_of
from workspace.ingest.parsing import literal
from workspace.ingest.parts.building import build_part
from workspace.ingest.parts.part import Part
from workspace.ingest.parts.part_rows import rows_of
from workspace.ingest.parts.repeated_keys import repeated_hashes
from workspace.row_codes import ROW_CODES

COMPANY = """\
name: fuzz
title: Fuzz
reporting_currency: EUR
business_date: 2026-06-30
"""
SCHEME = """\
scheme: xyz
title: XYZ
description: Classes of variation.
owner: planning
method: {kind: thresholds, column: weekly_cv_ratio, cuts: {X: 0.5, Y: 1}, last: Z}
"""
POLICY = """\
policy: stock
title: Stock
description: Targets.
owner: planning
scheme: xyz
measure: cycle_service_level
source: None.
defaults: {lead_time_days: 7, ordering_cost_amount: 10, holding_rate: 0.2}
cells: {X: {target: 0.9}, Y: {}, Z: {}}
"""
SYSTEM = "system: erp\ndescription: Orders.\nkind: erp\npriority: 1\nextracts:\n"
EXTRACT = """\
  {name}:
    path: erp/{name}_*
    description: Orders.
    key: [id]
    watermark: day
    format: {format}
    columns: {{id: text, line: text, customer: text, day: date, units: decimal, note: text}}
"""
MAPPING = """\
  - entity: order_lines
    extract: {name}
    columns:
      order_id: id
      line_number: line
      transaction_type: "'sale'"
      customer_id: customer
      product_id: "'P1'"
      site_id: "'S1'"
      order_date: day
      quantity_units: units
      net_amount: abs(units)
      currency_code: "'EUR'"
      is_cancelled: "false"
"""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a file: a refusal, or records; `breach` says what does not hold."""

    code: str | None
    records: int = 0
    loaded: int = 0
    row_codes: frozenset[str] = frozenset()
    breach: str | None = None


@dataclass(kw_only=True)
class Reader:
    """A workspace of one system that delivers the same orders in every dialect."""

    workspace: Workspace
    connection: duckdb.DuckDBPyConnection
    contracts: dict[str, Contract]
    seen: Counter[str] = field(default_factory=Counter)

    def part(self, dialect: Dialect, data: bytes) -> Part:
        """Read a file; raises TierwiseError for one that is refused."""
        stored = place_of(self.workspace.archive, hashlib.sha256(data).hexdigest())
        stored.parent.mkdir(exist_ok=True)
        stored.write_bytes(data)
        folder = self.workspace.landed / dialect.name / f"{stored.name}_0"
        return build_part(
            self.connection,
            self.workspace,
            self.contracts[dialect.name],
            stored,
            folder,
            (),
            place=f"erp.{dialect.name}",
        )

    def judge(self, dialect: Dialect, data: bytes, planted: Planted | None = None) -> Outcome:
        """Read a file and say what came of it. What no error of ours explains is a breach."""
        try:
            part = self.part(dialect, data)
        except TierwiseError as error:
            return _refused(error, planted)
        except BaseException as error:
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                raise
            told = "".join(traceback.format_exception(error)[-3:])
            return Outcome(code=None, breach=f"crash: {told}")
        try:
            return self._read(dialect, part, planted)
        finally:
            shutil.rmtree(part.folder)
            place_of(self.workspace.archive, part.sha256).unlink()

    def _read(self, dialect: Dialect, part: Part, planted: Planted | None) -> Outcome:
        facts = part.facts
        loaded, faults, rows = self._loaded(dialect, part)
        codes = {code for _, code in faults}
        outcome = Outcome(
            code=None,
            records=facts.record_count,
            loaded=len(loaded),
            row_codes=frozenset(codes),
        )
        breach = None
        if facts.record_count != len(loaded) + facts.faulty_count + facts.skipped_count:
            breach = f"{facts.record_count} records are not {len(loaded)} + {facts.faulty_count}"
        elif rows != facts.record_count:
            breach = f"{rows} rows stand for {facts.record_count} records"
        elif len(part.key_hashes) != len(loaded):
            breach = f"{len(part.key_hashes)} keys of {len(loaded)} rows"
        elif not codes <= set(ROW_CODES):
            breach = f"{codes} are not in the catalogue"
        elif planted is not None:
            breach = _not_found(planted, part, loaded, faults)
        return Outcome(**{**outcome.__dict__, "breach": breach})

    def _loaded(
        self, dialect: Dialect, part: Part
    ) -> tuple[dict[int, Row], set[tuple[int, str]], int]:
        """Return the rows that a view would show by record, and the faults."""
        faults: set[tuple[int, str]] = set()
        if part.facts.faulty_count:
            faults = set(
                self.connection.execute(
                    f"select record_number, code from read_parquet({literal(str(part.faults))})"
                ).fetchall()
            )
        found = self.connection.execute(
            "select _record, id, line, customer, cast(day as varchar), "
            "cast(units as varchar), coalesce(note, '') "
            f"from ({rows_of(self.workspace, self.contracts[dialect.name], [part])})"
        ).fetchall()
        broken = {record for record, _ in faults}
        return {row[0]: list(row[1:]) for row in found if row[0] not in broken}, faults, len(found)


def _refused(error: TierwiseError, planted: Planted | None) -> Outcome:
    breach = None
    if error.code not in CATALOGUE or not error.code.startswith("FILE_"):
        breach = f"refused as {error.code}"
    elif not (error.cause and error.place and error.remedy):
        breach = f"{error.code} does not say all"
    elif planted is not None and error.code not in planted.file_codes:
        wanted = planted.file_codes or planted.row_codes
        breach = f"{planted.defect}: refused as {error.code} and not {sorted(wanted)}"
    return Outcome(code=error.code, breach=breach)


def _not_found(
    planted: Planted, part: Part, loaded: dict[int, Row], faults: set[tuple[int, str]]
) -> str | None:
    """Return what of a planted defect was taken in silence, or was lost beside it."""
    if planted.file_codes:
        return f"{planted.defect}: accepted, and not refused as {sorted(planted.file_codes)}"
    if planted.row_codes == {"ROW_KEY_DUP"}:
        if len(repeated_hashes([], [part])) == 1:
            loaded = {n: row for n, row in loaded.items() if n not in planted.records}
            faults = {(record, "ROW_KEY_DUP") for record in planted.records}
        else:
            return f"{planted.defect}: the key is not seen twice"
    found = {record for record, code in faults if code in planted.row_codes}
    if found != planted.records:
        return f"{planted.defect}: {sorted(faults)} and not {sorted(planted.records)}"
    wanted = [_plain(row, planted.dialect) for row in planted.kept]
    if list(loaded.values()) != wanted:
        return f"{planted.defect}: other records differ: {list(loaded.values())} not {wanted}"
    return None


def _plain(row: Row, dialect: Dialect) -> Row:
    """Return a row as it must be read."""
    day, units = row[DAY], row[UNITS]
    if dialect.is_german:
        day, units = "-".join(reversed(day.split("."))), units.replace(",", ".")
    whole, _, cents = units.partition(".")
    return [row[ID], row[1], row[2], day, f"{whole}.{cents.ljust(10, '0')}", row[NOTE]]


def open_reader(folder: Path) -> Reader:
    """Found the workspace; the connection has one thread, as files are small."""
    extracts = "".join(EXTRACT.format(name=d.name, format=d.format) for d in DIALECTS)
    mappings = "".join(MAPPING.format(name=d.name) for d in DIALECTS)
    for name, text in {
        "workspace.yml": COMPANY,
        "segmentation/xyz.yml": SCHEME,
        "policies/stock.yml": POLICY,
        "sources/erp.yml": f"{SYSTEM}{extracts}mappings:\n{mappings}",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    workspace = open_workspace(folder)
    workspace.archive.mkdir(parents=True, exist_ok=True)
    source = workspace.sources["erp"].value
    return Reader(
        workspace=workspace,
        connection=duckdb.connect(config={"threads": 1}),
        contracts={d.name: contract_of(workspace, source, d.name) for d in DIALECTS},
    )


def seed_of(seed: int, number: int) -> int:
    """Return the seed of one file, so that it can be made again alone."""
    return int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
