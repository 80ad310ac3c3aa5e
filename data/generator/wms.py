"""What the warehouse system delivers: its sites, stock by bin, and goods receipts of both ERPs.

Its item ids are the ERP's number behind a company code: 1000 is the north, 2000 the south.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from data.generator.extracts import Master
from data.generator.network import COMPANY_CODES, SITES
from data.generator.world import World
from data.generator.writing import Dialect

SYSTEM = "wms"
DIALECT = Dialect(
    delimiter=",",
    encoding="utf-8",
    date_format="%Y-%m-%d",
    decimal_mark=".",
    thousands_mark="",
)
STOCK = ("site_id", "bin", "item_id", "snapshot_date", "on_hand")
RECEIPTS = (
    "receipt_no", "purchase_order", "po_line", "item_id", "site_id", "receipt_date", "received",
    "rejected",
)  # fmt: skip


def masters() -> Mapping[str, Master]:
    """Return the extracts that are delivered whole, by name."""
    rows = [
        (
            site.code,
            f"{site.name} warehouse",
            site.gln,
            site.kind,
            site.country,
            site.time_zone,
            site.plants.get("erp_north"),
            site.plants.get("erp_south"),
        )
        for site in SITES
    ]
    schema = [
        "site_id", "site_name", "gln", "site_type", "country", "time_zone", "plant_1000",
        "plant_2000",
    ]  # fmt: skip
    return {"sites": Master(frame=pl.DataFrame(rows, schema=schema, orient="row"))}


class Shelves:
    """Item ids, site ids and bins by item index."""

    def __init__(self, world: World) -> None:
        """Give every stocked item a face to pick from and a reserve."""
        items = world.item_names
        companies = items["system"].replace_strict(COMPANY_CODES)
        self.item_ids = companies + "-" + items["product_key"]
        self.site_ids = items["site_code"]
        number = np.arange(items.height)
        self._bins = pl.Series([f"{n % 24:02d}-{n // 24 % 60:02d}-{n % 5}" for n in number])
        self._reserve = pl.Series([f"R{n % 12:02d}-{n // 12 % 90:02d}" for n in number])
        self._face = np.ceil(items["units_per_line"].to_numpy() * 12).astype(np.int64)

    def stock(self, day: int, units: npt.NDArray[np.int64]) -> pl.DataFrame:
        """Write the stock of a day: what the face holds, and the rest in a reserve bin."""
        face = np.minimum(units, self._face)
        frames = [self._bin(day, face, self._bins), self._bin(day, units - face, self._reserve)]
        return pl.concat(frames)

    def _bin(self, day: int, units: npt.NDArray[np.int64], bins: pl.Series) -> pl.DataFrame:
        held = np.flatnonzero(units)
        return pl.DataFrame({"units": units[held]}).select(
            site_id=self.site_ids.gather(held),
            bin=bins.gather(held),
            item_id=self.item_ids.gather(held),
            snapshot_date=DIALECT.day(pl.lit(day)),
            on_hand=pl.col("units").cast(pl.String),
        )

    def receipts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Write goods receipts, under the purchase order numbers of the ERPs."""
        number = pl.col("order").cast(pl.String)
        is_north = pl.col("erp") == 0
        order = pl.when(is_north).then(number.str.zfill(10)).otherwise("PO-" + number.str.zfill(7))
        line = pl.col("line")
        item = rows["item"].to_numpy()
        return rows.select(
            receipt_no=pl.lit("GR") + pl.col("receipt").cast(pl.String).str.zfill(8),
            purchase_order=order,
            po_line=pl.when(is_north)
            .then((line * 10).cast(pl.String).str.zfill(5))
            .otherwise(line.cast(pl.String)),
            item_id=self.item_ids.gather(item),
            site_id=self.site_ids.gather(item),
            receipt_date=DIALECT.day(pl.col("day")),
            received=pl.col("units").cast(pl.String),
            rejected=pl.col("rejected").cast(pl.String),
        )
