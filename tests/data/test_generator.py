from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from data.generator.network import with_check_digit
from data.generator.plan import REFERENCE_DAYS, Plan
from data.generator.wholesaler import generate

SHORT = Plan(order_lines=6_000, as_of=date(2023, 12, 20))


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("short")
    generate(SHORT, folder)
    return folder


def test_the_same_plan_writes_the_same_bytes(short: Path, tmp_path: Path) -> None:
    generate(SHORT, tmp_path)
    assert contents(tmp_path) == contents(short)


def test_another_seed_is_another_company(short: Path, tmp_path: Path) -> None:
    generate(replace(SHORT, seed=8), tmp_path)
    name = "inbox/erp_north/order_lines_2023H2.csv"
    assert contents(tmp_path)[name] != contents(short)[name]


def test_a_week_later_every_file_that_grows_begins_with_what_it_was(
    short: Path, tmp_path: Path
) -> None:
    generate(replace(SHORT, as_of=SHORT.as_of + timedelta(days=7)), tmp_path)
    before, after = contents(short / "inbox"), contents(tmp_path / "inbox")
    grown = [name for name in before if "2023H2" in name]
    assert len(grown) == 8
    for name in grown:
        assert after[name].startswith(before[name]), name
        assert len(after[name]) > len(before[name]) or "stock" in name


def test_generating_again_replaces_what_was_generated(short: Path, tmp_path: Path) -> None:
    generate(replace(SHORT, seed=8), tmp_path)
    generate(SHORT, tmp_path)
    assert contents(tmp_path) == contents(short)


def test_two_generators_of_one_workspace_do_not_meet(
    short: Path, tmp_path: Path, root: Path
) -> None:
    command = [sys.executable, "-m", "data.generator", "--workspace", str(tmp_path)]
    command += ["--order-lines", str(SHORT.order_lines), "--as-of", str(SHORT.as_of)]
    pipe = subprocess.PIPE
    both = [subprocess.Popen(command, cwd=root, stdout=pipe, stderr=pipe) for _ in "ab"]
    printed = [process.communicate()[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert printed[0] == printed[1]
    assert contents(tmp_path) == contents(short)


def test_an_inbox_that_was_not_generated_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "own.csv").write_text("a\n1\n")
    with pytest.raises(FileExistsError, match="no generator wrote"):
        generate(SHORT, tmp_path)
    assert (tmp_path / "inbox" / "own.csv").read_text() == "a\n1\n"


@pytest.mark.parametrize(
    ("wrong", "planned"),
    [
        ("order_lines", lambda: Plan(order_lines=10)),
        ("as_of", lambda: Plan(as_of=date(2020, 1, 1))),
        ("defect_share", lambda: Plan(defect_share=0.5)),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_refused(
    wrong: str, planned: Callable[[], Plan]
) -> None:
    with pytest.raises(ValueError, match=wrong):
        planned()


def test_order_lines_are_about_as_many_as_planned(company: Path, plan: Plan) -> None:
    files = pl.read_csv(company / "truth" / "files.csv")
    lines = files.filter(pl.col("file").str.contains("order_lines_"))
    lines = lines.filter(~pl.col("file").str.contains("purchase"))
    planned = plan.order_lines * (plan.as_of - plan.start).days / REFERENCE_DAYS
    assert lines["record_count"].sum() == pytest.approx(planned, rel=0.12)


def test_customers_and_products_grow_with_the_square_root_of_order_lines() -> None:
    assert Plan(order_lines=15_000_000).products == Plan().products * 10
    assert Plan(order_lines=15_000_000).customers == Plan().customers * 10
    assert Plan(order_lines=75_000).products == Plan().products // 2


def test_record_counts_in_the_truth_are_those_of_the_files(company: Path) -> None:
    counted = {name: data.count(b"\n") - 1 for name, data in contents(company / "inbox").items()}
    told = pl.read_csv(company / "truth" / "files.csv")
    assert dict(told.iter_rows()) == counted


def test_no_part_of_a_file_is_left_beside_the_inbox(company: Path) -> None:
    assert sorted(path.name for path in company.iterdir()) == ["inbox", "reference", "truth"]


def test_check_digits_are_those_of_published_numbers() -> None:
    assert with_check_digit("400638133393") == "4006381333931"
    assert with_check_digit("03600029145") == "036000291452"


def test_fiscal_periods_follow_each_other_without_a_gap(company: Path) -> None:
    periods = pl.read_csv(company / "reference" / "fiscal_calendars.csv", try_parse_dates=True)
    follows = periods["start_date"].shift(-1) == periods["end_date"] + timedelta(days=1)
    assert follows.drop_nulls().all()
    weeks = ((periods["end_date"] - periods["start_date"]).dt.total_days() + 1) / 7
    assert set(weeks) <= {4, 5, 6}


def test_most_returns_name_an_order_line_of_the_same_product_before_them(company: Path) -> None:
    files = sorted((company / "inbox" / "erp_south").glob("order_lines_*.csv"))
    lines = pl.concat(
        [
            pl.read_csv(file, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
            for file in files
        ]
    )
    returns = lines.filter(pl.col("OrderType") == "Return")
    named = returns.filter(pl.col("OriginalSalesId").is_not_null())
    assert 0.7 < named.height / returns.height < 0.95
    sold = lines.select(
        OriginalSalesId="SalesId", OriginalLineNum="LineNum", sold="ItemId", sold_as="OrderType"
    )
    found = named.join(sold, on=["OriginalSalesId", "OriginalLineNum"], how="inner")
    assert found.height > 0.9 * named.height
    same = int((found["sold"] == found["ItemId"]).sum())
    assert same > 0.98 * found.height  # but for planted defects
    assert set(found["sold_as"]) == {"Sales"}
