"""What a provider says once a year of the risk of countries and of the regions they lie in.

Of one country it says nothing: its region has to stand for it.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from data.generator.extracts import Master
from data.generator.plan import Plan

COUNTRIES = ("DE", "NL", "FR", "GB", "US", "CN")
SILENT_ON = "SE"
REGIONS = ("Europe", "world")
# Index → its usual value, and how far it moves from year to year.
INDICES = {
    "import_complexity": {"CN": (0.7, 0.05), "US": (0.4, 0.05), "GB": (0.45, 0.05)},
    "duty_rate": {"CN": (0.12, 0.02), "US": (0.05, 0.01), "GB": (0.02, 0.01)},
    "hazard_index": {"CN": (5.5, 0.5), "US": (4.0, 0.5)},
    "stability_index": {"CN": (5.0, 0.5), "US": (7.0, 0.4), "world": (5.5, 0.3)},
}
USUAL = {
    "import_complexity": (0.15, 0.03),
    "duty_rate": (0.01, 0.005),
    "hazard_index": (2.0, 0.4),
    "stability_index": (8.5, 0.3),
}


def master(plan: Plan) -> Master:
    """Return the extract: one row per index, country or region and year, of mid-February."""
    random = plan.stream("country risks")
    rows = []
    for year in range(plan.start.year, plan.as_of.year + 1):
        for index, usual in USUAL.items():
            for place in (*COUNTRIES, *REGIONS):
                middle, spread = INDICES[index].get(place, usual)
                value = max(0.0, middle + spread * float(random.standard_normal()))
                if date(year, 2, 15) <= plan.as_of:
                    stamps = (f"{year}-01-01", f"{year}-02-15 09:00:00")
                    rows.append((index, place, f"{value:.4f}", *stamps, "Atlas Country Ratings"))
    names = ("index", "place", "value", "value_date", "published_at", "provider")
    return Master(frame=pl.DataFrame(rows, schema=names, orient="row"))
