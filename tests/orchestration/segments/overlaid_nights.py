"""Nights of customers by country, some of which overlays are for."""

from __future__ import annotations

from pathlib import Path

from tests.orchestration.segments.schemes_of_customers import ABC, CELLS, SIZE
from tests.orchestration.segments.steady_nights import Nights, Revenues
from tests.workspace.small_company import Company
from workspace.folder import Workspace

OPENED = "open: [method.cuts, first.idle.when, fallback, stability.dwell_days]\n"
IBERIA = """\
overlay: iberia
title: Spain and Portugal
description: Long terms of payment.
owner: sales iberia
version: 1.2.0
approval: {by: Ana, day: 2026-01-02}
legal_tags: [Ley 15/2010]
where: {customer: "customer_country_code in ('ES', 'PT')"}
change:
  customer_size: {method.cuts.middle: 3000}
"""
NORDICS = """\
overlay: nordics
title: Sweden and Norway
description: Few large customers.
owner: sales nordics
where: {customer: "customer_country_code in ('NO', 'SE')"}
change:
  customer_size: {method.cuts: {small: 100, middle: 200}}
  customer_abc: {method.cuts.A: 0.5}
"""
# The first two letters of a customer are its country; XX has none.
REVENUES = {"ES1": 1000, "ES2": 3500, "PT1": 9000, "NO1": 150, "DE1": 3500, "DE2": 150, "XX1": 3500}


class NightsByCountry(Nights):
    """Nights of customers whose names begin with their country."""

    def _fill(self, revenues: Revenues) -> None:
        super()._fill(revenues)
        self.connection.execute(
            "update golden.golden_customer "
            "set country_code = nullif(substr(customer_id, 1, 2), 'XX')"
        )

    def overlaid(self, scheme: str = "customer_size") -> dict[str, str]:
        """Return the overlay of each customer that one changes the scheme for."""
        rows = self.rows("segments.segment_assignment", f"scheme_id = '{scheme}'")
        return {r["unit_id"]: r["overlay_id"] for r in rows if r["overlay_id"] != "base"}


def company(root: Path, size: str = SIZE + OPENED, **overlays: str) -> Workspace:
    found = Company(root=root)
    schemes = {"customer_size": size, "customer_abc": ABC + OPENED.replace("first.idle.when, ", "")}
    for name, text in (schemes | {"customer_cell": CELLS}).items():
        found = found.configure(f"segmentation/{name}.yml", text=text)
    for name, text in overlays.items():
        found = found.configure(f"segmentation/overlays/{name}.yml", text=text)
    return found.open()
