"""Somebody who looks after quarantine: reads it, decides, and waits for the next night."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cli.main import app
from tests.workspace.small_company import DELIVERY, Company, Ingested, ingested

COLUMNS = "customer: text, product: text, day: date, units: decimal}\n"
ORDERS = DELIVERY["erp/orders_1.csv"]
LOADED = "select order_id, line_number, quantity_units from raw.order_lines order by all"


@dataclass(frozen=True, kw_only=True)
class Steward:
    """Somebody with a company's workspace who reads quarantine, decides, and waits for a night."""

    company: Company
    delivered: dict[str, str | bytes | None] = field(default_factory=dict)

    def __call__(self, *words: str) -> Result:
        """Run a command of `tierwise quarantine` on the build of the last night."""
        place = ["--workspace", str(self.company.root)]
        build = [] if words[0] == "revoke" else ["--build"]
        return CliRunner().invoke(app, ["quarantine", *words, *place, *build])

    def listed(self, *options: str) -> dict[str, Any]:
        return json.loads(self("list", *options, "--json").stdout)

    def names(self) -> dict[str, str]:
        """Return how the list names each record, by its cause."""
        return {
            row["code"]: f"{row['file_sha256'][:12]}:{row['record_number']}"
            for row in self.listed()["records"]
        }

    def decide(self, record: str, way: str = "confirm", reason: str = "As agreed.") -> Result:
        done = self("release", record, "--as", way, "--reason", reason, "--by", "Ada", "--json")
        assert done.exit_code == 0, done.output
        return done

    def night(self, **files: str | None) -> list[tuple]:
        """Deliver files of the ERP beside those of before; return the order lines of the night."""
        self.delivered.update({f"erp/{name}.csv": text for name, text in files.items()})
        with ingested(self.company.open(self.delivered)) as night:
            self.check(night)
            return night.rows(LOADED)

    @staticmethod
    def check(night: Ingested) -> None:
        """Every record is loaded, quarantined or skipped, and quarantine holds what is booked."""
        for _, records, loaded, quarantined, skipped, _ in night.books("orders"):
            assert records == loaded + quarantined + skipped

    def skips(self) -> list[tuple]:
        with ingested(self.company.open(self.delivered)) as night:
            return night.rows("select record_number, reason from control.row_skips order by all")


def employed(folder: Path) -> Steward:
    """Return the steward of a company whose orders are checked."""
    checks = (
        "    checks:\n"
        "      - {name: few_units, expect: units < 100}\n"
        "      - {name: some_units, expect: units <> 13}\n"
    )
    company = Company(root=folder).configure("sources/erp.yml", (COLUMNS, COLUMNS + checks))
    return Steward(company=company)
