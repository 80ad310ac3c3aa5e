"""What ladders cost: a million units with five features on ladders, beside the same without.

`python -m benchmarks.fallbacks [--units 1000000] [--missing 0.05]`. The demo's schemes of items
classify them, stability left aside; each of the five features is missing for a share of the units,
each by itself. Before the seconds are told, what stands in is counted against what is missing.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.machine import machine
from benchmarks.measure import peak_gib, seconds_of
from orchestration.edge_cases.case_tables import lay_out_tables
from orchestration.edge_cases.quality import TABLE as FALLBACKS
from orchestration.edge_cases.quality import fallbacks_used
from orchestration.edge_cases.substitutes import carried_features, substitutes
from orchestration.segments.assignment import assign
from orchestration.segments.cuts import TABLE as CUTS
from orchestration.segments.cuts import review
from orchestration.segments.unit_features import SUBSTITUTES
from workspace.config.fallback_file import FallbackFile
from workspace.folder import Read, Workspace, open_workspace
from workspace.warehouse import write_by_contract

DEMO = Path(__file__).parent.parent / "data" / "demo"
LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "4GB"}
TODAY = date(2026, 6, 30)
EXPLANATIONS = "segments.segment_explanations"
# Feature: its table, and values as the demo's items have them.
FEATURES = {
    "margin_12m_amount": ("feat_item_value", "cast(exp(random() * 9) as decimal(18, 4))"),
    "xyz_cv_ratio": ("feat_demand_profile", "random() * 3"),
    "adi_ratio": ("feat_demand_profile", "1 + random() * 2"),
    "otif_rate": ("feat_supply_profile", "random()"),
    "lead_time_mean_days": ("feat_supply_profile", "5 + random() * 90"),
}
OTHERS = {
    "feat_demand_profile": "40 as demand_weeks_count, 24 as months_of_history, 0.4 as cv2_ratio",
    "feat_supply_profile": "cast(n % 500 as varchar) as supplier_id, "
    "20 as source_lead_time_days, 0.7 as source_otif_rate",
    "feat_item_value": "1 as order_line_count_12m, n % 1000 as revenue_12m_amount",
}
LADDERS = FallbackFile.model_validate(
    {
        "attributes": [
            {
                "unit": "product_site",
                "column": column,
                "ladder": [
                    {"kind": "hold_last", "days": 30},
                    {"kind": "infer", "within": ["supplier_id"], "minimum_peers": 20},
                    {"kind": "value", "value": "1"},
                ],
            }
            for column in FEATURES
        ]
    }
)


def main() -> int:
    """Print seconds and their ratio; exit status 1 where what stands in is not what is missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fallbacks", description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--missing", type=float, default=0.05)
    asked = parser.parse_args()
    sys.stdout.write(f"{machine()}\n")
    wrong = False
    seconds: dict[str, float] = {}
    work: dict[str, float] = {}
    filled = _company(LADDERS)
    for name, company in (("without", _company(FallbackFile())), ("with", filled)):
        with (
            TemporaryDirectory() as folder,
            duckdb.connect(f"{folder}/tierwise.duckdb", config=LIMITS) as connection,
        ):
            lay_out_tables(connection, filled)
            _fill(connection, asked.units, asked.missing)
            before = time.process_time()
            ladders = seconds_of(partial(_climb, connection, company))
            classes = seconds_of(partial(_classify, connection, company))
            seconds[name], work[name] = ladders + classes, time.process_time() - before
            sys.stdout.write(
                f"{name} ladders: substitutes {ladders:.2f} s, review, classes, explanations and "
                f"marks {classes:.2f} s\n"
            )
            wrong |= not _is_right(connection, company)
    sys.stdout.write(
        f"ratio {seconds['with'] / seconds['without']:.2f} by the clock, "
        f"{work['with'] / work['without']:.2f} of processor time\n"
    )
    sys.stdout.write(f"peak {peak_gib():.1f} GiB\n")
    return int(wrong)


def _company(ladders: FallbackFile) -> Workspace:
    """Return the demo with its schemes of items alone, and these ladders."""
    demo = open_workspace(DEMO)
    schemes = {
        name: Read(value=read.value.model_copy(update={"stability": None}), document=read.document)
        for name, read in demo.schemes.items()
        if read.value.unit == "product_site"
    }
    edge_cases = replace(
        demo.edge_cases,
        fallbacks=ladders,
        exceptions=demo.edge_cases.exceptions.model_copy(update={"declared": ()}),
    )
    return replace(demo, schemes=schemes, overlays={}, edge_cases=edge_cases)


def _fill(connection: duckdb.DuckDBPyConnection, units: int, missing: float) -> None:
    """Fill tonight's features with gaps, and those of the release before, half of them, without."""
    connection.execute("select setseed(0.5)")
    connection.execute("insert into night.parameters values (?)", [TODAY])
    connection.execute(
        f"create temp table keys as select n, 'p' || n as product_id, 's' || (n % 20) as site_id "
        f"from range({units}) as r (n)"
    )
    connection.execute(
        "insert into facts.int_product_site by name select product_id, site_id from keys"
    )
    for table, others in OTHERS.items():
        own = [(column, value) for column, (of, value) in FEATURES.items() if of == table]
        whole = ", ".join([others, *(f"{value} as {column}" for column, value in own)])
        gaps = ", ".join(
            f"case when random() >= {missing} then {column} end as {column}" for column, _ in own
        )
        connection.execute(
            f"insert into prior.{table} by name select product_id, site_id, {whole} from keys"
        )
        connection.execute(
            f"insert into features.{table} by name select * replace ({gaps}) from prior.{table}"
        )
        connection.execute(f"delete from prior.{table} where hash(product_id) % 2 = 0")
    connection.execute(
        "insert into prior.segment_assignment by name select '' as scheme_id, '' as overlay_id, "
        "'' as unit_type, '' as unit_id, '' as segment_id, '' as engine_segment_id, "
        "'' as rule_id, '' as rule_hash, ? as valid_from, ? as as_of_date",
        [date(2026, 6, 29), date(2026, 6, 29)],
    )


def _climb(connection: duckdb.DuckDBPyConnection, company: Workspace) -> None:
    assert carried_features(company) or not company.edge_cases.fallbacks.attributes
    write_by_contract(connection, SUBSTITUTES, substitutes(connection, company))


def _classify(connection: duckdb.DuckDBPyConnection, company: Workspace) -> None:
    for name, compute in (
        (CUTS, review),
        (EXPLANATIONS, assign),
        (FALLBACKS, fallbacks_used),
    ):
        write_by_contract(connection, name, compute(connection, company))


def _is_right(connection: duckdb.DuckDBPyConnection, company: Workspace) -> bool:
    """Tell what stands in; return whether that is each value that is missing, and marked."""
    missing = sum(
        _count(connection, f"features.{table} where {column} is null")
        for column, (table, _) in FEATURES.items()
    )
    kinds = connection.execute(
        f"select kind, count(*) from {SUBSTITUTES} group by kind order by kind"
    ).fetchall()
    marks = connection.execute(
        f"select quality_mark, count(*) from {EXPLANATIONS} group by all order by all"
    ).fetchall()
    sys.stdout.write(f"  {missing:,} values missing; {_told(kinds)}; marks {_told(marks)}\n")
    if not company.edge_cases.fallbacks.attributes:
        return not kinds
    bare = _count(connection, f"{EXPLANATIONS} where fallback_code = 'MISSING_INPUT'")
    return sum(count for _, count in kinds) == missing and not bare


def _told(counts: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts) or "nothing stands in"


def _count(connection: duckdb.DuckDBPyConnection, source: str) -> int:
    (row,) = connection.execute(f"select count(*) from {source}").fetchall()
    return int(row[0])


if __name__ == "__main__":
    sys.exit(main())
