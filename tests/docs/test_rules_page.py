"""The examples of docs/rules.md, run: what units become, and what lint says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from models.segmentation.compile import compile_scheme
from models.segmentation.lint import REFUSED, Code
from models.segmentation.partition.boxes import MAXIMUM_BOXES
from models.segmentation.partition.exact import STEPS
from tests.docs.pages import Row, bare, code_blocks, tables, text
from tests.workspace.small_company import Company
from workspace.config.scheme_file import SchemeFile
from workspace.config.strict import validated
from workspace.rule_lint import lint_scheme
from workspace.schemes import to_scheme
from workspace.table_contract import feature_columns
from workspace.yaml_file import parse_yaml

PAGE = "rules.md"
SCHEMES = ["\n".join(block) for block in code_blocks(PAGE, "yaml")]
TABLE, TREE, CARELESS = SCHEMES
(FAULTS,) = code_blocks(PAGE, "text")


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(root=tmp_path / "company")


def outcomes(first_column: str) -> list[Row]:
    (found,) = [t for t in tables(PAGE) if next(iter(t[0])) == first_column]
    return found


@pytest.mark.parametrize(
    ("definition", "rows"),
    [
        (TABLE, outcomes("margin_12m_amount")),
        (TREE, outcomes("demand_weeks_count")),
    ],
    ids=["table", "tree"],
)
def test_units_become_what_the_page_says(definition: str, rows: list[Row]) -> None:
    scheme = to_scheme(validated(SchemeFile, parse_yaml(definition, Path(PAGE))))
    columns = feature_columns()
    connection = duckdb.connect()
    types = ", ".join(f"{name} {data_type}" for name, data_type in columns.items())
    connection.execute(f"create table units ({types})")
    read = list(scheme.method.reads)
    for number, row in enumerate(rows):
        values: Mapping[str, object] = {name: row[name] or None for name in read}
        connection.execute(
            f"insert into units (product_id, site_id, {', '.join(read)}) values (?, 's', ?, ?)",
            [str(number), *values.values()],
        )
    found = connection.execute(
        "select segment_id, rule_id, flip_column, flip_value, flip_segment_id "
        f"from ({compile_scheme(scheme, 'units', columns)}) order by cast(product_id as integer)"
    ).fetchall()
    for row, (segment, rule, column, value, other) in zip(rows, found, strict=True):
        assert (row["segment_id"], row["rule_id"]) == (segment, rule)
        flip = f"{column} {value:.12f}".rstrip("0").rstrip(".") + f": {other}" if column else ""
        assert row["flip"] == flip


def test_lint_says_what_the_page_says(company: Company) -> None:
    workspace = company.configure("segmentation/careless.yml", text=CARELESS).open()
    found = lint_scheme(workspace, "careless")
    assert [f"{placed.finding.code}  {placed.sentence}" for placed in found] == FAULTS


@pytest.mark.parametrize("definition", [TABLE, TREE], ids=["table", "tree"])
def test_lint_finds_nothing_else_than_gaps_by_null_in_the_examples(
    company: Company, definition: str
) -> None:
    name = definition.split("\n", 1)[0].removeprefix("scheme: ")
    workspace = company.configure(f"segmentation/{name}.yml", text=definition).open()
    codes = {placed.finding.code for placed in lint_scheme(workspace, name)}
    assert codes <= {Code.GAP_NULL}


def test_the_page_names_every_finding_with_what_is_refused() -> None:
    (listed,) = [t for t in tables(PAGE) if "refused" in t[0]]
    assert {bare(row["code"]): bool(row["refused"]) for row in listed} == {
        code.value: code in REFUSED for code in Code
    }


def test_the_page_names_the_limits() -> None:
    assert f"{MAXIMUM_BOXES} boxes" in text(PAGE)
    assert f"{STEPS:,} steps" in text(PAGE)
