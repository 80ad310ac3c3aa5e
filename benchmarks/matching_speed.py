"""Speed of matching: a million customers from nothing, and ten thousand of them changed."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from workspace.matching.incremental import Prior
from workspace.matching.model_file import MatchModel
from workspace.matching.objects import CUSTOMER
from workspace.matching.scoring import Scores, score_records
from workspace.matching.settings import MatchSettings
from workspace.matching.training import train

T = TypeVar("T")
SETTINGS = MatchSettings.model_validate({})
CHANGED = 10_000
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
        case when own % 3 > 0 then 'DE' || lpad(cast(100000000 + entity as varchar), 9, '0') end
            as tax_number,
        case when own % 5 = 0 then lpad(cast(200000000 + entity as varchar), 9, '0') end
            as duns_number,
        null as gln, null as global_customer_id, 'DE' as country_code,
        'Town ' || cast(g % 900 as varchar) as city,
        lpad(cast(1000 + g % 40000 as varchar), 5, '0') as postal_code,
        'f' as _file, i as _record
    from drawn
"""


def say(line: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def speed(count: int) -> None:
    """Print seconds from nothing and for ten thousand changed records."""
    with tempfile.TemporaryDirectory() as folder:
        connection = duckdb.connect(str(Path(folder) / "matching.duckdb"))
        connection.execute("set threads = 2")
        connection.execute("set memory_limit = '5GB'")
        connection.execute(f"create table records as {_query(count)}")
        model = _timed(
            "training",
            lambda: train(
                connection, CUSTOMER, records="records", settings=SETTINGS, trained_on="2026-06-30"
            ),
        )
        _timed(f"{count:,} records from nothing", lambda: _score(connection, model, None, "first"))
        connection.execute(f"""
            create table changed as
            select record_key from records order by hash(record_key) limit {CHANGED}
        """)
        connection.execute("""
            update records set customer_name = customer_name || ' Neu'
            where record_key in (select record_key from changed)
        """)
        prior = Prior(pairs="first", basis="first_basis", changed="changed")
        _timed(f"{CHANGED:,} changed", lambda: _score(connection, model, prior, "again"))
        connection.close()


def _query(count: int) -> str:
    syllables = " || ".join(
        f"list_extract(['ka', 'le', 'mo', 'ri', 'su', 'ten', 'bach', 'dor'], "
        f"cast(1 + h // {13**at} % 8 as integer))"
        for at in range(1, 5)
    )
    return RECORDS.format(count=count, syllables=syllables, words=list(WORDS), forms=list(FORMS))


def _score(
    connection: duckdb.DuckDBPyConnection, model: MatchModel, prior: Prior | None, into: str
) -> Scores:
    return score_records(
        connection,
        CUSTOMER,
        records="records",
        settings=SETTINGS,
        model=model,
        prior=prior,
        into=into,
        basis_into=f"{into}_basis",
    )


def _timed(what: str, work: Callable[[], T]) -> T:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    counts = f", {found.candidate_count:,} pairs" if isinstance(found, Scores) else ""
    say(
        f"{what}: {time.perf_counter() - wall:.0f} s, "
        f"{time.process_time() - cpu:.0f} s of processor{counts}"
    )
    return found
