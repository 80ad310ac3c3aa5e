"""What `explain` says of units that are held, and of customers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from models.stability.step import Hold
from serving.customer_reasons import CustomerExplanation, explain
from serving.explain import explain_unit
from serving.release_reader import ReleaseReader, open_release
from serving.report.render import write_report
from serving.rule_words import WAITS
from tests.serving.conftest import Releases
from workspace.errors import TierwiseError

# The item with most at stake is held, and one customer is classified.
HELD = """
create table dq_metric_trust as
select unit_id, 'item_margin' as metric_name, 'jump' as check_name,
    'margin_12m_amount' as column_name, 90000.0::double as value, 250.5::double as compared_value,
    date '2024-05-26' as trusted_date, false as is_passed, false as is_trusted
from segment_assignment where scheme_id = 'abc_margin'
order by value_at_stake_amount desc, unit_id limit 1;
update segment_assignment set engine_segment_id = 'A', segment_id = 'C',
    hold_reason = 'metric_untrusted'
where scheme_id = 'abc_margin' and unit_id = (select unit_id from dq_metric_trust);
update segment_explanations set flip_column = null
where scheme_id = 'abc_margin' and unit_id = (select unit_id from dq_metric_trust);
insert into rule_set_registry by name
select 'base' as overlay_id,
    'customer_size' as scheme_id, 'abc' as rule_hash, 'Customers by revenue' as title,
    'thresholds' as method, date '2024-01-01' as effective_from,
    'unit: customer
method: {kind: thresholds, column: revenue_12m_amount, cuts: {small: 2000}, last: large}'
    as definition;
insert into segment_explanations by name
select 'base' as overlay_id,
    'customer_size' as scheme_id, 'customer' as unit_type, customer_id as unit_id, customer_id,
    'large' as segment_id, 'large' as engine_segment_id, 'thresholds.large' as rule_id,
    'abc' as rule_hash, '{"revenue_12m_amount":5000}' as inputs,
    'revenue_12m_amount' as flip_column, 2000 as flip_value, 'small' as flip_segment_id,
    5000 as value_at_stake_amount
from golden_customer order by customer_id limit 1;
insert into segment_assignment by name
select * exclude (inputs, contributions, flip_column, flip_value, flip_segment_id, quality_mark),
    date '2024-06-01' as valid_from, date '2024-06-30' as as_of_date
from segment_explanations where scheme_id = 'customer_size';
"""

# The same customer in a matrix, and moved since the release before.
CELLS = """
insert into rule_set_registry by name
select 'base' as overlay_id,
    'customer_cells' as scheme_id, 'def' as rule_hash, 'Customers twice' as title,
    'matrix' as method, date '2024-01-01' as effective_from,
    'unit: customer
method: {kind: matrix, rows: customer_size, columns: customer_size}' as definition;
insert into segment_assignment by name
select * replace ('customer_cells' as scheme_id, 'def' as rule_hash, 'largelarge' as segment_id)
from segment_assignment where scheme_id = 'customer_size';
insert into segment_explanations by name
select * replace ('customer_cells' as scheme_id, 'def' as rule_hash, 'largelarge' as segment_id)
from segment_explanations where scheme_id = 'customer_size';
insert into segment_matrix by name
select 'customer_cells' as scheme_id, 'largelarge' as segment_id, 'large' as row_segment_id,
    'large' as column_segment_id, 1 as item_count, 5000 as value_12m_amount,
    0 as stock_value_amount;
insert into segment_churn
values ('customer_size', 'small', 'large', 1, 5000), ('customer_size', 'large', 'large', 3, 100);
"""


@pytest.fixture
def folder(releases: Releases, tmp_path: Path) -> Path:
    """Return a release of our own, of which an item is held and a customer classified."""
    copied = shutil.copytree(releases.second, tmp_path / releases.second.name)
    with duckdb.connect(copied / "tierwise.duckdb") as connection:
        connection.execute(HELD)
    return copied


@pytest.fixture
def held(folder: Path) -> Iterator[ReleaseReader]:
    with open_release(folder) as reader:
        yield reader


def test_a_held_item_names_the_check_that_holds_it(held: ReleaseReader) -> None:
    unit = str(held.value("select unit_id from dq_metric_trust"))
    text = explain_unit(held, unit).text()
    assert "; the rules alone say A" in text
    assert (
        "held      it keeps its segment: margin_12m_amount 90,000 failed its jump check: 250.5 was "
        "trusted last, on 2024-05-26"
    ) in text
    assert text.count("held      ") == 1


def test_every_hold_of_stability_is_told_in_words(folder: Path) -> None:
    assert set(WAITS) == {hold.name.lower() for hold in Hold if hold}
    with duckdb.connect(folder / "tierwise.duckdb") as connection:
        connection.execute(
            "update segment_assignment set hold_reason = 'band' where hold_reason is not null"
        )
    with open_release(folder) as reader:
        unit = str(reader.value("select unit_id from dq_metric_trust"))
        text = explain_unit(reader, unit).text()
    assert "held      it keeps its segment: the value is inside of the band of the cut" in text


def test_a_customer_goes_by_its_name(held: ReleaseReader) -> None:
    (customer,) = held.rows(
        "select customer_id, customer_name from golden_customer order by customer_id limit 1"
    )
    by_id, by_name = (explain(held, str(customer[key]).lower()) for key in customer)
    assert isinstance(by_id, CustomerExplanation)
    assert by_name == by_id
    assert "Customers by revenue: large since 2024-06-01" in by_id.text()
    assert (
        "flips     would be small if revenue_12m_amount fell to 2,000 (now 5,000)" in by_id.text()
    )


def test_a_customer_that_no_scheme_classifies_says_so(held: ReleaseReader) -> None:
    last = held.value("select max(customer_id) from golden_customer")
    assert "No scheme classifies customers." in explain(held, str(last)).text()


def test_a_name_of_nobody_is_answered_with_items(held: ReleaseReader) -> None:
    with pytest.raises(TierwiseError, match="UNIT_UNKNOWN"):
        explain(held, "nobody at all")


def test_the_report_shows_schemes_of_customers(releases: Releases, folder: Path) -> None:
    with duckdb.connect(folder / "tierwise.duckdb") as connection:
        connection.execute(CELLS)
    write_report(folder, releases.first)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "Customers by revenue: 1 of 4 customers moved" in page
    assert "Customers twice" in page
