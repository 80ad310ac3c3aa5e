"""What the check looks up, in memory: a release is read once, and each record costs microseconds.

Rows are found by a 64-bit hash of their key, in a sorted array, and compared by the key itself: a
hundred thousand products, customers and units take some tens of megabytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from serving.release_reader import ReleaseReader

SEPARATOR = "\x1f"
NAMES = """
    select concat_ws(chr(31), object_type, namespace, source_key) as key, golden_id, valid_to
    from golden_xref
"""
GOLDEN = """
    select concat_ws(chr(31), 'product', product_id) as key, is_active, base_unit_code,
        cast(null as varchar) as country_code, cast(null as varchar) as currency_code
    from golden_product
    union all
    select concat_ws(chr(31), 'customer', customer_id), is_active, null, country_code,
        currency_code
    from golden_customer
    union all
    select concat_ws(chr(31), 'site', site_id), true, null, null, null
    from golden_location
"""
BARE = "upper(regexp_replace({column}, '[^A-Za-z0-9]', '', 'g'))"
HOLDERS = f"""
    select concat_ws(chr(31), 'product', 'gtin', ltrim({BARE.format(column="gtin")}, '0')) as key,
        product_id as golden_id
    from golden_product where gtin is not null
    union all
    select concat_ws(chr(31), 'customer', 'tax_number', {BARE.format(column="tax_number")}),
        customer_id
    from golden_customer where tax_number is not null
    union all
    select concat_ws(chr(31), 'customer', 'duns_number', {BARE.format(column="duns_number")}),
        customer_id
    from golden_customer where duns_number is not null
    union all
    select concat_ws(chr(31), 'customer', 'gln', {BARE.format(column="gln")}), customer_id
    from golden_customer where gln is not null
"""
SEGMENTS = """
    select concat_ws(chr(31), scheme_id, unit_id) as key, segment_id, valid_from
    from segment_assignment
"""
WORTHLESS = """
    select concat_ws(chr(31), namespace, source_key, unit_code) as key, status
    from uom_conversion where valid_to is null and numerator is null
"""
SYSTEMS = "select distinct namespace from golden_xref order by namespace"
SCHEMES = """
select scheme_id, any_value(unit_type) as unit_type,
    list(distinct segment_id order by segment_id) as segments
from segment_assignment group by scheme_id order by scheme_id
"""


class Keyed:
    """Rows of a query by their column `key`, which need not be unique."""

    def __init__(self, reader: ReleaseReader, query: str) -> None:
        """Read all rows, sorted by the hash of the key."""
        # DuckDB and we must agree on the hash; this is no matter of security.
        frame = reader.query(
            f"select md5_number_lower(key) as key_hash, * from ({query}) order by key_hash, key"
        )
        self._hashes = frame["key_hash"].to_numpy()
        self._rows = frame.drop("key_hash").rechunk()

    def rows(self, *key: str) -> list[Mapping[str, Any]]:
        """Return the rows of a key, none where there is no such row."""
        text = SEPARATOR.join(key)
        digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
        wanted = np.uint64(int.from_bytes(digest[8:], "little"))
        first = int(np.searchsorted(self._hashes, wanted, side="left"))
        last = int(np.searchsorted(self._hashes, wanted, side="right"))
        found = (self._rows.row(place, named=True) for place in range(first, last))
        return [row for row in found if row["key"] == text]

    def row(self, *key: str) -> Mapping[str, Any] | None:
        """Return the first row of a key."""
        found = self.rows(*key)
        return found[0] if found else None


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """What a scheme classifies, and the segments it gives to anybody."""

    unit_type: str
    segments: tuple[str, ...]


class Index:
    """Everything the check compares with, of one release."""

    def __init__(self, reader: ReleaseReader) -> None:
        """Read it."""
        self.names = Keyed(reader, NAMES)
        self.golden = Keyed(reader, GOLDEN)
        self.holders = Keyed(reader, HOLDERS)
        self.segments = Keyed(reader, SEGMENTS)
        self.worthless = Keyed(reader, WORTHLESS)
        self.systems = tuple(row["namespace"] for row in reader.rows(SYSTEMS))
        self.schemes = {
            row["scheme_id"]: Scheme(unit_type=row["unit_type"], segments=tuple(row["segments"]))
            for row in reader.rows(SCHEMES)
        }
