"""What `explain` and the report say of products, channels, pairs and flows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import duckdb
import pytest

from serving.customer_reasons import explain
from serving.diff import diff
from serving.release_reader import open_release
from serving.report.render import write_report
from tests.serving.api_company import TestClient, client_of, found_home, publish_copy
from tests.serving.conftest import Releases
from workspace.errors import TierwiseError
from workspace.releases import point_to

# One unit of each kind: the first product, its site, the first customer and a channel.
UNITS = """
create table named as
select u.product_id, p.product_code, p.product_name, u.site_id, l.site_code, c.customer_id,
    c.customer_name
from feat_item_value as u
join golden_product as p using (product_id)
join golden_location as l using (site_id)
cross join (select * from golden_customer order by customer_id limit 1) as c
order by all limit 1;
create table kinds as
select 'goods' as scheme_id, 'product' as unit_type, product_id as unit_id, product_id,
    null as site_id, null as customer_id, 'A' as segment_id, 'thresholds.A' as rule_id,
    '{"margin_12m_amount":5}' as inputs from named
union all
select 'ways', 'channel', 'Retail trade', null, null, null, 'A', 'thresholds.A',
    '{"margin_12m_amount":5}' from named
union all
select 'pairs', 'customer_product', product_id || '@' || customer_id, product_id, null,
    customer_id, 'A', 'matrix.A_by_higher', '{"buyers":"B","goods":"A"}' from named
union all
select 'lanes', 'flow', site_id || '@' || customer_id, null, site_id, customer_id, 'A',
    'thresholds.A', '{"margin_12m_amount":5}' from named;
insert into rule_set_registry by name
select 'base' as overlay_id, scheme_id, 'hash of ' || scheme_id as rule_hash,
    'Scheme of ' || scheme_id as title, case scheme_id when 'pairs' then 'matrix' else 'thresholds'
    end as method, date '2024-01-01' as effective_from,
    'unit: ' || unit_type || chr(10) || case scheme_id when 'pairs'
    then 'method: {kind: matrix, rows: buyers, columns: goods,
  resolve: {classes: [A, B], wins: higher}}'
    else 'method: {kind: thresholds, column: margin_12m_amount, cuts: {B: 1}, last: A}' end
    as definition
from kinds;
insert into segment_explanations by name
select kinds.*, 'base' as overlay_id, segment_id as engine_segment_id, 'A' as quality_mark,
    'hash of ' || scheme_id as rule_hash, 5 as value_at_stake_amount from kinds;
insert into segment_assignment by name
select * exclude (inputs, contributions, flip_column, flip_value, flip_segment_id, quality_mark),
    date '2024-06-01' as valid_from, date '2024-06-30' as as_of_date
from segment_explanations where scheme_id in (select scheme_id from kinds);
insert into segment_matrix by name
select 'pairs' as scheme_id, 'A' as segment_id, 3 as item_count, 70 as value_12m_amount,
    0 as stock_value_amount;
create or replace table segment_conflict as
select 'pairs' as scheme_id, 'B' as row_segment_id, 'A' as column_segment_id, 'A' as segment_id,
    true as is_conflict, 1 as unit_count, 5.0 as value_at_stake_amount
union all select 'pairs', 'A', 'A', 'A', false, 2, 6.0;
"""


KEYS = ("product_", "site_", "customer_", "sales_channel_")
LISTED = [
    ("unit=product", "product", ["product_id", "product_code"]),
    ("unit=channel", "channel", ["sales_channel_id"]),
    ("channel=Retail trade", "channel", ["sales_channel_id"]),
    ("unit=customer_product", "customer_product", ["product_id", "product_code", "customer_id"]),
    ("unit=flow", "flow", ["site_id", "site_code", "customer_id"]),
]


@pytest.fixture
def folder(releases: Releases, tmp_path: Path) -> Path:
    """Return a release of our own with one unit of each kind."""
    copied = shutil.copytree(releases.second, tmp_path / releases.second.name)
    with duckdb.connect(copied / "tierwise.duckdb") as connection:
        connection.execute(UNITS)
    return copied


def named(folder: Path) -> dict[str, str]:
    with open_release(folder) as reader:
        (found,) = reader.rows("from named")
    return found


def told(folder: Path, name: str) -> str:
    with open_release(folder) as reader:
        return explain(reader, name).text()


def test_a_pair_goes_by_ids_codes_and_names_in_either_order(folder: Path) -> None:
    parts = named(folder)
    text = told(folder, f"{parts['product_id']}@{parts['customer_id']}")
    assert "Product for a customer: " in text
    assert parts["customer_name"] in text
    assert ("because   buyers is B, goods is A: they disagree, and the higher class wins") in text
    assert "flips     with buyers or goods" in text
    for left in (parts["product_code"].lower(), parts["product_id"]):
        for right in (parts["customer_name"].upper(), parts["customer_id"]):
            assert told(folder, f"{left}@{right}") == told(folder, f" {right} @ {left}") == text


def test_a_flow_goes_by_site_and_customer(folder: Path) -> None:
    parts = named(folder)
    text = told(folder, f"{parts['site_code']}@{parts['customer_name']}")
    assert f"({parts['site_id']}@{parts['customer_id']})" in text
    assert "Flow from a site to a customer" in text
    assert "Scheme of lanes: A since 2024-06-01" in text


def test_a_channel_goes_by_its_name(folder: Path) -> None:
    text = told(folder, "retail TRADE")
    assert "Sales channel: Retail trade" in text


def test_a_product_is_told_beside_its_items(folder: Path) -> None:
    parts = named(folder)
    text = told(folder, parts["product_code"])
    assert text.index(f"{parts['product_code']}@") < text.index("Product: ")
    assert "Scheme of goods: A" in text


def test_a_pair_that_nobody_classified_is_unknown(folder: Path) -> None:
    parts = named(folder)
    with pytest.raises(TierwiseError, match="UNIT_UNKNOWN"):
        told(folder, f"{parts['product_code']}@Nobody at all")


def test_a_difference_names_the_parts_of_a_unit(folder: Path, releases: Releases) -> None:
    parts = named(folder)
    with open_release(releases.second) as before, open_release(folder) as after:
        schemes = diff(before, after).schemes
    moves = {move.unit_id: move.unit for scheme in schemes for move in scheme.moves}
    pair = f"{parts['product_id']}@{parts['customer_id']}"
    assert moves[pair] == f"{parts['product_code']}@{parts['customer_name']}"
    assert moves["Retail trade"] == "Retail trade"


def test_the_report_counts_the_conflicts_of_a_matrix(folder: Path, releases: Releases) -> None:
    write_report(folder, releases.first)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Scheme of pairs" in page
    assert "Of 3 pairs, 33\u00a0% have sides that disagree" in unescape(page)


@pytest.fixture
def client(tmp_path: Path, releases: Releases) -> Iterator[TestClient]:
    home = found_home(tmp_path / "company", releases.first, releases.second)
    published = publish_copy(
        home, releases.second, previous=None, name="2024-06-30_0123456789ab", changed=UNITS
    )
    point_to(home, published.release_id)
    with client_of(home) as opened:
        yield opened


@pytest.mark.parametrize(("asked", "unit_type", "parts"), LISTED)
def test_the_api_lists_and_explains_units_of_each_kind(
    client: TestClient, asked: str, unit_type: str, parts: list[str]
) -> None:
    (item,) = client.get(f"/segments?{asked}").json()["items"]
    assert item["unit_type"] == unit_type
    ids = [item[part] for part in parts if part.endswith("_id")]
    assert item["unit_id"] == "@".join(ids)
    assert [name for name in item if name.startswith(KEYS) and item[name] is not None] == parts
    stories = client.get(f"/segments/{item['unit_id']}").json()["units"]
    (story,) = (story for story in stories if story["unit_type"] == unit_type)
    assert story["unit_id"] == item["unit_id"]
    assert story["segments"][0]["segment_id"] == "A"
