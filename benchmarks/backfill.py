"""Months run afterwards beside the same months run at the time: `python -m benchmarks.backfill`.

Two workspaces of one company, whose schemes hold still, get the same files, one for each month. In
the first each month's night is run when its file has come and no later one; in the second all files
are there, and one backfill runs the months. Each must publish the same release, by id: an id stands
for the bytes of all tables.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.checkout import Checkout, check_out
from benchmarks.machine import machine

BEGIN = date(2021, 1, 1)
ITEMS = 60
FILES = {
    "workspace.yml": "name: company\ntitle: Company\nreporting_currency: EUR\n",
    "sources/erp.yml": """\
system: erp
description: Order lines and items.
kind: erp
priority: 1
extracts:
  items: {path: items.csv, description: Items., key: [id], columns: {id: text, name: text}}
  orders:
    path: orders_{%Y-%m}.csv
    description: Order lines of a month.
    delivery: append
    key: [order]
    watermark: day
    columns: {order: text, item: text, day: date, units: decimal, amount: decimal}
mappings:
  - entity: products
    extract: items
    columns: {product_id: id, product_name: name, base_unit_code: "'EA'"}
  - entity: order_lines
    extract: orders
    columns:
      order_id: order
      line_number: "'1'"
      transaction_type: "'sale'"
      customer_id: "'ALL'"
      product_id: item
      site_id: "'MAIN'"
      order_date: day
      quantity_units: units
      net_amount: amount
      currency_code: "'EUR'"
      is_cancelled: "false"
""",
    "sources/reference.yml": """\
system: reference
description: What nobody delivers.
kind: reference
priority: 9
root: reference
extracts:
  site: {path: site.csv, description: The site., key: [id], columns: {id: text, name: text}}
  all: {path: all.csv, description: All customers., key: [id], columns: {id: text, name: text}}
mappings:
  - {entity: sites, extract: site, namespace: erp, columns: {site_id: id, site_name: name}}
  - entity: customers
    extract: all
    namespace: erp
    columns: {customer_id: id, customer_name: name}
""",
    "segmentation/abc.yml": """\
scheme: abc
title: ABC
description: By revenue.
owner: planning
first:
  - {rule: no_demand, segment: no_demand, when: demand_weeks_count = 0}
method: {kind: pareto_share, measure: revenue_12m_amount, cuts: {A: 0.8, B: 0.95, C: 1}}
fallback: C
value: revenue_12m_amount
stability: {band: 0.1, confirm: {nights: 2, of: 3}, dwell_days: 60}
""",
    "segmentation/xyz.yml": """\
scheme: xyz
title: XYZ
description: By variation.
owner: planning
method: {kind: thresholds, column: weekly_cv_ratio, cuts: {X: 0.5, Y: 1}, last: Z}
fallback: Z
stability: {band: 0.1, confirm: {nights: 2, of: 2}, dwell_days: 0, moves: quarterly}
""",
    "policies/stock.yml": """\
policy: stock
title: No stock policy
description: Nobody delivers stock.
owner: planning
scheme: abc
measure: cycle_service_level
source: None.
defaults: {lead_time_days: 7, ordering_cost_amount: 10, holding_rate: 0.2}
cells: {A: {}, B: {}, C: {}, no_demand: {}}
""",
    "reference/site.csv": "id,name\nMAIN,Main site\n",
    "reference/all.csv": "id,name\nALL,All customers\n",
    "inbox/items.csv": "id,name\n" + "".join(f"P{n},Item {n}\n" for n in range(ITEMS)),
}


def found(workspace: Path) -> Path:
    """Write the company without any order."""
    for name, text in FILES.items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_text(text, encoding="utf-8")
    return workspace


def months(count: int) -> list[date]:
    """Return the last days of so many months, after a year of history."""
    first = [date(BEGIN.year + (12 + n) // 12, (12 + n) % 12 + 1, 1) for n in range(count)]
    return [(day + timedelta(days=31)).replace(day=1) - timedelta(days=1) for day in first]


def deliver(workspace: Path, until: date, random: Random) -> None:
    """Write a file of orders for each month up to a day; demand wanders from month to month."""
    day, rows = BEGIN, dict[str, list[str]]()
    levels = [random.uniform(0.5, 20) for _ in range(ITEMS)]
    while day <= until:
        if day.day == 1:
            levels = [level * random.uniform(0.8, 1.25) for level in levels]
        month = rows.setdefault(f"{day:%Y-%m}", ["order,item,day,units,amount"])
        for item, level in enumerate(levels):
            if random.random() < 0.2:
                units = 1 + int(random.expovariate(1 / level))
                month.append(f"{day:%y%m%d}-{item},P{item},{day},{units},{units * (1 + item % 7)}")
        day += timedelta(days=1)
    for name, lines in rows.items():
        text = "\n".join([*lines, ""])
        (workspace / "inbox" / f"orders_{name}.csv").write_text(text, encoding="utf-8")


def release_of(code: Checkout, workspace: Path, day: date) -> str:
    """Run the night of a day; return the release that it has published."""
    code.run("tierwise", "refresh", "--workspace", workspace, "--as-of", day.isoformat())
    return (workspace / "CURRENT").read_text().strip()


def main() -> int:
    """Print each month's two releases; exit status 1 where they differ."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backfill", description=__doc__)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.stdout.write(f"{machine()}\n")
    days, same = months(asked.months), 0
    with tempfile.TemporaryDirectory(prefix="tierwise-backfill-") as name:
        code = check_out(Path(name) / "code")
        at_the_time, afterwards = (found(Path(name) / which) for which in ("then", "later"))
        deliver(afterwards, days[-1], Random(asked.seed))
        code.run(
            *("tierwise", "backfill", "--workspace", afterwards, "--every", "month"),
            *("--from", days[0].isoformat(), "--to", days[-1].isoformat()),
        )
        releases = {folder.name[:10]: folder.name for folder in (afterwards / "releases").iterdir()}
        for day in days:
            deliver(at_the_time, day, Random(asked.seed))
            one, other = release_of(code, at_the_time, day), releases.get(day.isoformat())
            same += one == other
            sys.stdout.write(f"{day}  {one}  {'the same' if one == other else other}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{same} of {len(days)} months are the same\n")
    return int(same != len(days))


if __name__ == "__main__":
    sys.exit(main())
