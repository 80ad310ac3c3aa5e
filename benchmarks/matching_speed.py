"""Speed of matching: a night of a million customers from nothing, and one that changes some.

What is timed is the matching of a night as a whole: from the staging tables to the tables of pairs,
ids and events in the build.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TypeVar

import duckdb

from benchmarks.measure import peak_gib
from orchestration.delivered_records import STAGED
from orchestration.matching.pairs import match_objects
from workspace.matching.model_file import read_model, write_model
from workspace.matching.objects import CUSTOMER, OBJECTS
from workspace.matching.settings import MatchSettings
from workspace.matching.training import train
from workspace.table_contract import contract
from workspace.warehouse import connect, create_by_contract

T = TypeVar("T")
SETTINGS = MatchSettings.model_validate({})
CHANGED = 10_000
CARRIED = ("match_pairs", "match_records", "match_basis", "entity_events", "golden_xref")
WORDS = ("Bau", "Elektro", "Montage", "Plumbing", "Supplies", "Bygg", "Installatie", "Mechanical")
FORMS = ("GmbH", "AG", "Ltd", "Inc.", "SARL", "AB", "B.V.", "GmbH & Co. KG")
# Surnames are made of syllables, so that there are as many as in a real customer base.
RECORDS = """
    with numbers as (select i, i // 5 * 4 + least(i % 5, 3) as entity from range({count}) as n(i)),
    drawn as (
        select i, entity, hash(entity, 1) as h, hash(entity, 2) as g, hash(i, 3) as own
        from numbers
    )
    select
        'erp:' || lpad(cast(i as varchar), 9, '0') as record_key,
        upper(chr(cast(97 + h % 26 as integer))) || {syllables}
            || case when own % 10 = 0 then 'n' else '' end
            || ' ' || list_extract({words}, cast(1 + h // 7919 % 8 as integer))
            || ' ' || list_extract({forms}, cast(1 + g % 8 as integer)) as customer_name,
        case when own % 3 > 0 then 'DE' || cast(1000000000 + entity as varchar) end
            as tax_number,
        case when own % 5 = 0 then lpad(cast(200000000 + entity as varchar), 9, '0') end
            as duns_number,
        null as gln, null as global_customer_id, 'DE' as country_code,
        'Town ' || cast(g % 900 as varchar) as city,
        lpad(cast(1000 + g % 40000 as varchar), 5, '0') as postal_code,
        'f' as _file, i as _record
    from drawn
"""


CUSTOMERS = "staging.stg_customers"
CHANGE = f"""
    update {CUSTOMERS} set customer_name = customer_name || ' Neu' where record_key in
        (select record_key from {CUSTOMERS} order by hash(record_key) limit {CHANGED})
"""


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def speed(folder: Path, count: int, part: str | None) -> None:
    """Print the seconds of training, of a night from nothing and of one with changes, or one part.

    Each night has a workspace in the folder; what a part needs and does not find is made first.
    """
    first, second = folder / "first", folder / "second"
    if part in (None, "training") or read_model(first, "customer") is None:
        shutil.rmtree(first, ignore_errors=True)
        _train(first, count)
    if part in (None, "from-nothing") or (part == "changed" and not (first / "landed").is_dir()):
        shutil.rmtree(first / "landed", ignore_errors=True)
        _night(first, None, date(2026, 6, 30), f"{count:,} records from nothing")
    if part in (None, "changed"):
        shutil.rmtree(second, ignore_errors=True)
        shutil.copytree(first, second)
        _night(second, first, date(2026, 7, 1), f"{CHANGED:,} changed of {count:,}")


def _train(root: Path, count: int) -> None:
    """Stage the records and train a model on them."""
    root.mkdir(parents=True)
    with _limited(root) as connection:
        _stage(connection, count)
        model = _timed(
            "training",
            lambda: train(
                connection, CUSTOMER, records=CUSTOMERS, settings=SETTINGS, trained_on="2026-06-30"
            ),
        )
        write_model(root, model)


def _stage(connection: duckdb.DuckDBPyConnection, count: int) -> None:
    """Write staging tables: customers of one system, and nothing else."""
    for schema in ("staging", "night"):
        connection.execute(f"create schema {schema}")
    connection.execute("create table night.systems as select 'erp' as system, 1 as priority")
    for object_type, (table, source_key) in STAGED.items():
        texts = [name for name in OBJECTS[object_type].columns if name != "_record"]
        named = dict.fromkeys([source_key, "record_key", *texts, "_system", "_namespace", "_file"])
        columns = ", ".join(f"{name} varchar" for name in named)
        connection.execute(f"create table {table} ({columns}, _record bigint)")
    connection.execute(f"""
        insert into {CUSTOMERS} by name
        select *, 'erp' as _system, 'erp' as _namespace, record_key[5:] as customer_id
        from ({_query(count)})
    """)


def _night(root: Path, before: Path | None, day: date, what: str) -> None:
    """Match the records of a workspace as a night does, after the night of another one."""
    with _limited(root) as connection:
        for schema in ("prior", "golden"):
            connection.execute(f"drop schema if exists {schema} cascade; create schema {schema}")
        connection.execute(
            "create or replace table night.parameters as select ?::date as business_date", [day]
        )
        for table in ("match_decisions", "entity_declarations"):
            create_by_contract(connection, f"control.{table}")
        if before:
            connection.execute(f"attach '{before / 'build.duckdb'}' as before (read_only)")
            connection.execute(CHANGE)
        for table in CARRIED:
            _carry(connection, table, is_first=before is None)
        connection.execute("checkpoint")
        customers, *_ = _timed(what, lambda: match_objects(connection, root))
    say(
        f"  {customers.candidate_count:,} pairs compared, {customers.pair_count:,} kept, "
        f"{'only what changed' if customers.is_incremental else 'all scored'}"
    )


def _carry(connection: duckdb.DuckDBPyConnection, table: str, *, is_first: bool) -> None:
    """Write prior.<table>: what a release of the night before would hold."""
    columns = ", ".join(f"{c.name} {c.data_type}" for c in contract(f"golden.{table}").columns)
    connection.execute(f"create table prior.{table} ({columns})")
    if is_first:
        return
    xref = (
        "select object_type, namespace, source_key, golden_id, match_rule, match_score, "
        "date '2026-06-30' as valid_from, null::date as valid_to "
        "from before.golden.int_records_matched"
    )
    source = xref if table == "golden_xref" else f"from before.golden.{table}"
    connection.execute(f"insert into prior.{table} by name {source}")


@contextmanager
def _limited(root: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a workspace's night on two threads and five GB of the database's memory."""
    with connect(root / "build.duckdb") as connection:
        connection.execute("set threads = 2; set memory_limit = '5GB'")
        yield connection


def _query(count: int) -> str:
    syllables = " || ".join(
        f"list_extract(['ka', 'le', 'mo', 'ri', 'su', 'ten', 'bach', 'dor'], "
        f"cast(1 + h // {13**at} % 8 as integer))"
        for at in range(1, 5)
    )
    return RECORDS.format(count=count, syllables=syllables, words=list(WORDS), forms=list(FORMS))


def _timed(what: str, work: Callable[[], T]) -> T:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    peak = peak_gib()
    say(
        f"{what}: {time.perf_counter() - wall:.0f} s, {time.process_time() - cpu:.0f} s of "
        f"processor, at most {peak:.1f} GiB so far"
    )
    return found
