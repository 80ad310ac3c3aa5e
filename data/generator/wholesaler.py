"""Hollin Trading, delivered: runs the company week by week and writes what its systems extract.

The inbox and the truth are written to a folder beside their places and put there by rename, so
that no reader ever meets half of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

from data.generator import costs, market, wms
from data.generator.defects import Shape, Spoiler
from data.generator.demand import Demand
from data.generator.extracts import Master
from data.generator.ledger import Ledger
from data.generator.network import ERPS, exchange_rates, fiscal_calendars, half_year
from data.generator.orders import OrderBook
from data.generator.packing import in_stated_units, odd_products, unit_codes
from data.generator.plan import Plan, date_of
from data.generator.planted_supply import makers
from data.generator.projects import Projects
from data.generator.shipments import Shipments
from data.generator.supply import Supply
from data.generator.terms import with_terms
from data.generator.truth import Planted, write_truth
from data.generator.whole_extracts import SYSTEMS, whole_extracts
from data.generator.world import World, draw_world
from data.generator.writing import Dialect, Extract, alone_in, put_in_place, write_csv

MARK = "plan.json"


def _silent(step: str) -> None:
    """Take no notice of a step."""
    del step


def generate(
    plan: Plan, workspace: Path, progress: Callable[[str], object] = _silent
) -> pl.DataFrame:
    """Write inbox, truth and reference files of a workspace; return files and record counts.

    A second generator of the same workspace waits for the first. Raises FileExistsError rather
    than replace an inbox that was not generated.
    """
    with alone_in(workspace):
        return _generate(plan, workspace, progress)


def _generate(plan: Plan, workspace: Path, progress: Callable[[str], object]) -> pl.DataFrame:
    inbox, truth, staging = (workspace / name for name in ("inbox", "truth", ".generating"))
    is_ours = (truth / MARK).is_file() or staging.exists()
    if inbox.is_dir() and any(inbox.iterdir()) and not is_ours:
        raise FileExistsError(f"{inbox} holds files that no generator wrote; move them away first")
    if staging.exists():
        shutil.rmtree(staging)
    staging.mkdir(parents=True)
    progress("drawing customers, products and suppliers")
    world = draw_world(plan)
    demand = Demand(plan, world.items)
    run = _Run(plan, world, demand, staging / "inbox")
    for week in range(plan.weeks):
        if week % 26 == 0:
            progress(f"trading from {date_of(plan.first_monday + 7 * week)}")
        run.week(week)
    progress("writing master data and truth")
    run.masters()
    write_truth(staging / "truth", plan, world, run.planted(), run.extracts.values())
    files = pl.read_csv(staging / "truth" / "files.csv")
    reference = workspace / "reference"
    write_csv(exchange_rates(plan.as_of), reference / "exchange_rates.csv")
    written = {erp: module.UNITS for erp, module in SYSTEMS.items()}
    write_csv(unit_codes(written), reference / "unit_codes.csv")
    write_csv(fiscal_calendars(plan.start, plan.as_of), reference / "fiscal_calendars.csv")
    put_in_place({staging / "inbox": inbox, staging / "truth": truth})
    shutil.rmtree(staging)
    return files


class _Run:
    """The company in motion, and the extracts that its systems write meanwhile."""

    def __init__(self, plan: Plan, world: World, demand: Demand, inbox: Path) -> None:
        self._plan = plan
        self._world = world
        self._demand = demand
        self._inbox = inbox
        self._orders = OrderBook(plan, world, demand)
        self._projects = Projects(plan, world, demand, self._orders)
        self._shipments = Shipments()
        self._ledger = Ledger(plan)
        self._costs = costs.Costs(plan, world)
        self._account_keys = {erp: world.account_keys(erp) for erp in ERPS}
        self._shelves = wms.Shelves(world)
        self._makers = makers(world)
        self.supply = Supply(plan, world, demand)
        self.extracts: dict[str, Extract] = {}
        self._spoilers = {
            erp: Spoiler(self._shape(erp), module.DIALECT, plan.defect_share)
            for erp, module in SYSTEMS.items()
        }
        self._purchases = self.supply.no_purchases()
        self._late_lines: list[pl.DataFrame] = []

    def _shape(self, erp: str) -> Shape:
        """Return how order lines can be broken in this company."""
        odd = odd_products(self._world.records, self._world.packages, erp)
        return replace(SYSTEMS[erp].ORDER_LINE_SHAPE, odd_products=odd)

    def week(self, week: int) -> None:
        """Trade for a week and write what it leaves behind."""
        sunday = self._plan.first_monday + 7 * week + 6
        sold = self.supply.sell(week, self._demand.units(week))
        projects = self._projects.week(week, self.supply.on_hand - sold)
        lines = pl.concat([self._orders.week(week, sold), projects], how="diagonal")
        receipts = self.supply.receive(week)
        self._write_stock(sunday, lines, receipts)
        self.supply.close(week, lines, receipts)
        if market.is_reported(self._plan, sunday):
            self._late_lines.append(lines)
        shipped = self._shipments.week(sunday, lines)
        self._ledger.post(lines)
        self._costs.note(self._stated(lines), shipped)
        for at, erp in enumerate(ERPS):
            self._write_orders(week, erp, lines.filter(pl.col("erp") == at))
            self._write_shipped(erp, shipped.filter(pl.col("erp") == at))
            self._write_purchases(erp, self._purchases.filter(pl.col("erp") == at))
        self._write_receipts(receipts)
        self._purchases = self.supply.reorder(week)

    def masters(self) -> None:
        """Write the extracts that are delivered whole, as they stand on the last day."""
        ledger = self._ledger.totals()
        whole = whole_extracts(self._plan, self._world, self._demand, ledger, self._late_lines)
        for name, master, dialect in whole:
            self._write_master(name, master, dialect)
        for name, master in self._costs.masters().items():
            self._write_master(f"finance/{name}", master, costs.DIALECT)

    def planted(self) -> Planted:
        """Return what has been planted in demand so far."""
        lost, projects = pl.concat(self.supply.lost), pl.concat(self._projects.taken)
        earned, used = self._ledger.earned(), self._costs.used()
        return Planted(demand=self._demand, lost=lost, projects=projects, earned=earned, used=used)

    def _write_master(self, name: str, master: Master, dialect: Dialect) -> None:
        records = master.records(name, self._plan, dialect)
        extract = self._extract(name, master.frame.columns, dialect)
        extract.append(f"{self._plan.as_of:%Y%m%d}", records)

    def _stated(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return lines in the units that customers order in."""
        names = self._world.item_names[lines["item"].to_numpy()]
        return in_stated_units(lines.with_columns(names["unit"], names["case_size"]))

    def _write_orders(self, week: int, erp: str, lines: pl.DataFrame) -> None:
        module = SYSTEMS[erp]
        names = self._world.item_names[lines["item"].to_numpy()]
        named = lines.with_columns(
            account_key=self._account_keys[erp].gather(lines["account"].to_numpy()),
            product_key=names["product_key"],
            site_key=names["site_key"],
        )
        frame = module.order_lines(with_terms(self._stated(named)))
        random = self._plan.stream("defects orders", ERPS.index(erp), week)
        records = self._spoilers[erp].by_share(random, frame, module.DIALECT.records(frame))
        extract = self._extract(f"{erp}/order_lines", module.ORDER_LINES, module.DIALECT)
        days = lines["day"].gather(records["after"].to_numpy())
        self._append(extract, records.drop("after"), days)

    def _write_shipped(self, erp: str, shipped: pl.DataFrame) -> None:
        module = SYSTEMS[erp]
        unit = self._world.item_names["unit"].gather(shipped["item"].to_numpy())
        frame = module.shipped_lines(shipped.with_columns(unit=unit))
        name = f"{erp}/{module.SHIPPED_NAME}"
        extract = self._extract(name, module.SHIPPED_LINES, module.DIALECT)
        self._append(extract, _texts(module.DIALECT, frame), shipped["shipped"])

    def _write_purchases(self, erp: str, lines: pl.DataFrame) -> None:
        module = SYSTEMS[erp]
        names = self._world.item_names[lines["item"].to_numpy()]
        suppliers = self._world.suppliers[module.SUPPLIER_KEY]
        ordered = lines["supplier"].to_numpy()
        frame = module.purchase_order_lines(
            lines.with_columns(
                supplier_key=suppliers.gather(ordered),
                maker_key=suppliers.gather(self._makers[ordered]),
                product_key=names["product_key"],
                site_key=names["site_key"],
            )
        )
        name = f"{erp}/purchase_order_lines"
        extract = self._extract(name, module.PURCHASE_ORDER_LINES, module.DIALECT)
        self._append(extract, _texts(module.DIALECT, frame), lines["day"])

    def _write_receipts(self, receipts: pl.DataFrame) -> None:
        frame = self._shelves.receipts(receipts)
        extract = self._extract("wms/goods_receipts", wms.RECEIPTS, wms.DIALECT)
        self._append(extract, _texts(wms.DIALECT, frame), receipts["day"])

    def _write_stock(self, sunday: int, lines: pl.DataFrame, receipts: pl.DataFrame) -> None:
        """Write stock at month ends, and at the last day where that is none."""
        extract = self._extract("wms/stock", wms.STOCK, wms.DIALECT)
        for day in range(sunday - 6, sunday + 1):
            is_last = day == self._plan.as_of_day
            is_month_end = (date_of(day) + timedelta(days=1)).day == 1
            within = self._plan.start_day <= day <= self._plan.as_of_day
            if not within or not (is_last or is_month_end):
                continue
            frame = self._shelves.stock(day, self.supply.stock_on(day, lines, receipts))
            period = half_year(day) if is_month_end else f"{self._plan.as_of:%Y%m%d}"
            extract.append(period, _texts(wms.DIALECT, frame))

    def _extract(
        self, name: str, columns: tuple[str, ...] | list[str], dialect: Dialect
    ) -> Extract:
        if name not in self.extracts:
            self.extracts[name] = Extract(self._inbox, name, columns, dialect)
        return self.extracts[name]

    def _append(self, extract: Extract, records: pl.DataFrame, days: pl.Series) -> None:
        """Append the records of days within the horizon, each to the file of its half-year."""
        day = days.to_numpy()
        within = (day >= self._plan.start_day) & (day <= self._plan.as_of_day)
        for period in sorted({half_year(at) for at in np.unique(day[within])}):
            ends = [at for at in np.unique(day[within]) if half_year(at) == period]
            extract.append(period, records.filter(pl.Series(within & np.isin(day, ends))))


def _texts(dialect: Dialect, frame: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame({"text": dialect.records(frame)})
