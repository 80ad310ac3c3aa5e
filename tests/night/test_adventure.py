"""Real, dirty extracts of a bicycle company, read in place: all 23 files, every record."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from serving.release_reader import ReleaseReader, open_release
from tests.night.company import ROOT, current, tierwise
from workspace.folder import CONFIGURATION

DELIVERED = ROOT.parent / "shared" / "data" / "adventure"

pytestmark = pytest.mark.skipif(
    not DELIVERED.is_dir(), reason="the public extracts are not beside this clone"
)


@pytest.fixture(scope="module")
def adventure(tmp_path_factory: pytest.TempPathFactory) -> ReleaseReader:
    """Return the release that a night makes of the extracts."""
    workspace = tmp_path_factory.mktemp("adventure")
    configured = (ROOT / "data" / "adventure" / name for name in CONFIGURATION)
    for source in (found for found in configured if found.exists()):
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, workspace / source.name)
    said = tierwise("refresh", "--workspace", workspace, "--inbox", DELIVERED, "--json")
    assert said.status == 0, said.out + said.err
    assert all(name.startswith("LICENSE.") for name in said.document["undeclared_files"])
    return open_release(workspace / "releases" / current(workspace))


def _records_in(folder: Path) -> int:
    """Count records as lines: no value of these files holds a line break."""
    return sum(len(file.read_bytes().splitlines()) - 1 for file in sorted(folder.glob("*/*.csv")))


def test_each_of_the_23_files_is_accounted_for_record_by_record(adventure: ReleaseReader) -> None:
    files = adventure.rows(
        "select * from raw_extracts where system <> 'reference' order by system, extract"
    )
    assert len(files) == 23
    assert sum(file["record_count"] for file in files) == _records_in(DELIVERED) == 155_386
    for file in files:
        parts = ("loaded_count", "quarantined_count", "skipped_count")
        assert file["record_count"] == sum(file[part] for part in parts), file["file_name"]


def test_every_broken_record_is_in_quarantine_under_its_code(adventure: ReleaseReader) -> None:
    found = adventure.query(
        "select extract, code, column_name, count(*) as n from quarantine group by all order by all"
    ).rows()
    assert found == [
        ("cust_info", "ROW_KEY_NULL", "cst_id", 4),  # SF566, PO25, A01Ass, 13451235
        ("sales_details", "ROW_CHECK", None, 20),  # amount is not quantity by price
        ("sales_details", "ROW_NULL", "net_amount", 8),
        ("sales_details", "ROW_TYPE", "sls_order_dt", 19),  # 17 are 0, one 5489, one 32154
    ]


def test_older_versions_of_a_key_are_declared_skips(adventure: ReleaseReader) -> None:
    found = adventure.query(
        "select extract, skipped_count from raw_extracts where skipped_count > 0 order by extract"
    ).rows()
    assert found == [("cust_info", 6), ("prd_info", 102)]


def test_all_sold_products_and_all_customers_join_between_crm_and_erp(
    adventure: ReleaseReader,
) -> None:
    joined = """
        select count(*), count(e.golden_id)
        from golden_xref as c
        left join golden_xref as e
            on e.object_type = c.object_type and e.golden_id = c.golden_id and e.namespace = 'erp'
        where c.object_type = ? and c.namespace = 'crm'
    """
    assert adventure.query(joined, ["product"]).rows() == [(295, 295)]
    assert adventure.query(joined, ["customer"]).rows() == [(18_484, 18_484)]


def test_the_newest_record_of_a_repeated_customer_survives(adventure: ReleaseReader) -> None:
    name = adventure.value(
        "select customer_name from golden_customer join golden_xref on golden_id = customer_id "
        "where object_type = 'customer' and namespace = 'crm' and source_key = '29466'"
    )
    assert name == "Lance Jimenez"


def test_countries_typed_in_five_ways_are_one_code(adventure: ReleaseReader) -> None:
    codes = adventure.query("select distinct country_code from golden_customer order by 1")
    assert codes.to_series().to_list() == ["AU", "CA", "DE", "FR", "GB", "US"]


def test_nothing_dated_after_the_business_date_is_known_yet(adventure: ReleaseReader) -> None:
    assert str(adventure.manifest.as_of_date) == "2014-01-31"
    late = adventure.value("select count(*) from fct_order_line where order_date > '2014-01-31'")
    weeks = adventure.value("select max(week_start_date) from fct_demand_weekly")
    assert late == 0
    assert str(weeks) == "2014-01-20"


def test_both_views_of_the_hierarchy_survive(adventure: ReleaseReader) -> None:
    views = adventure.query(
        "select view_name, count(distinct product_id) from hier_product "
        "where node_id <> 'unassigned' group by 1 order by 1"
    ).rows()
    # Seven pedals hang on the category code CO_PE, which the file of categories lacks.
    assert views == [("enterprise", 295), ("sales", 288)]
