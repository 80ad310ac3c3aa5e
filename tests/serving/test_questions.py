from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from serving.release_reader import ReleaseReader, open_release
from tests.serving.conftest import Releases

FOLDER = Path(__file__).parents[2] / "docs" / "questions"
QUESTIONS = sorted(FOLDER.glob("*.sql"))


# Three customers, of whom the last costs more than it earns: of each thing what its order takes.
WHALE = """
    create table whale_curve as
    select
        customer_id,
        position_count,
        cast(2 as bigint) as costed_line_count,
        cast(100 as decimal(18, 4)) as revenue_amount,
        cast(1 as decimal(18, 4)) as rebate_amount,
        cast(60 as decimal(18, 4)) as cost_of_goods_amount,
        cast(20 * position_count as decimal(18, 4)) as freight_amount,
        {elements},
        cast(20 * position_count as decimal(18, 4)) as cost_to_serve_amount,
        cast(39 - 20 * position_count as decimal(18, 4)) as pocket_margin_amount,
        position_count = 1 as is_peak
    from (
        select customer_id, row_number() over (order by customer_id) as position_count
        from golden_customer
    )
    where position_count <= 3
"""
NOTHING = (
    *("order_processing", "handling", "returns_handling", "credit"),
    *("special_handling", "dedicated_stock", "premium_freight"),
)


@pytest.fixture(scope="module")
def reader(releases: Releases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReleaseReader]:
    """A release of which costs to serve are known, too."""
    copied = tmp_path_factory.mktemp("costed") / releases.second.name
    shutil.copytree(releases.second, copied)
    elements = ", ".join(f"cast(0 as decimal(18, 4)) as {name}_amount" for name in NOTHING)
    with duckdb.connect(copied / "tierwise.duckdb") as connection:
        connection.execute(WHALE.format(elements=elements))
    with open_release(copied) as opened:
        yield opened


def question(file: Path) -> str:
    found = re.match(r"-- Question: (.+\?)\n-- Shows: \S", file.read_text(encoding="utf-8"))
    assert found, f"{file.name} does not begin with a question and what its answer shows"
    return found[1]


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_every_question_has_an_answer(reader: ReleaseReader, file: Path) -> None:
    assert reader.query(file.read_text(encoding="utf-8")).height > 0


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_an_answer_comes_in_the_same_order_each_time(reader: ReleaseReader, file: Path) -> None:
    sql = file.read_text(encoding="utf-8")
    assert reader.query(sql).equals(reader.query(sql))


def test_the_index_lists_every_question_in_order() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    lines = [line for line in index.splitlines() if line.endswith(".sql) |")]
    assert lines == [f"| {question(file)} | [{file.name}]({file.name}) |" for file in QUESTIONS]


def test_there_are_ten_questions_or_more() -> None:
    assert len(QUESTIONS) >= 10
