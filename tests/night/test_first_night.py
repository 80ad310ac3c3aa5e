"""A night from delivered files to a release, and what anybody may rely on afterwards."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import duckdb
import pytest

from serving.release_reader import open_release
from tests.night.company import ROOT, copy_company, current, manifest, tierwise
from tests.night.conftest import Night
from workspace.release_builder import MANIFEST, released_tables
from workspace.table_contract import contract, public_tables

QUESTIONS = sorted(file.stem for file in (ROOT / "docs" / "questions").glob("*.sql"))
NAMED = re.compile(r"^tierwise .+$", re.MULTILINE)


def _release(night: Night) -> Path:
    return night.workspace / "releases" / current(night.workspace)


def test_every_public_table_is_in_the_release_with_its_contract(first_night: Night) -> None:
    with duckdb.connect(_release(first_night) / "tierwise.duckdb", read_only=True) as connection:
        for table in public_tables():
            described = connection.execute(
                "select column_name, comment from duckdb_columns() "
                "where table_name = ? order by column_index",
                [table.table],
            ).fetchall()
            assert described == [(c.name, c.description) for c in table.columns], table.name


def test_parquet_and_database_hold_the_same_rows(first_night: Night) -> None:
    folder = _release(first_night)
    with duckdb.connect(folder / "tierwise.duckdb", read_only=True) as connection:
        for table in [*released_tables(), contract(MANIFEST)]:
            # A table that is kept by month is a folder with a file for each.
            files = folder / "tables" / f"{table.table}{'/*' if table.months else ''}.parquet"
            differing = connection.execute(
                f"select count(*) from ((from {table.table} except all from '{files}') "
                f"union all (from '{files}' except all from {table.table}))"
            ).fetchall()
            assert differing == [(0,)], table.name


def test_a_client_of_duckdb_1_0_can_open_the_database(first_night: Night) -> None:
    # The storage version stands after checksum and magic bytes; 64 is that of DuckDB 0.9 to 1.1.
    head = (_release(first_night) / "tierwise.duckdb").read_bytes()[:20]
    assert head[8:12] == b"DUCK"
    assert int.from_bytes(head[12:20], "little") == 64


def test_every_delivered_record_is_accounted_for(first_night: Night) -> None:
    with open_release(_release(first_night)) as reader:
        wrong = reader.rows(
            "select * from raw_extracts where record_count "
            "<> loaded_count + quarantined_count + skipped_count"
        )
        delivered = reader.value("select sum(record_count)::bigint from raw_extracts")
    assert wrong == []
    assert first_night.said.document["loaded"]["records"] == delivered


def test_every_quarantined_record_says_what_and_where(first_night: Night) -> None:
    with open_release(_release(first_night)) as reader:
        rows = reader.rows(
            "select q.*, e.archived_path from quarantine as q "
            "join raw_extracts as e using (system, extract, file_name) "
            "where q.code <> 'ROW_ENCODING' order by file_sha256, record_number"
        )
    assert len(rows) > 20
    for row in rows:
        assert row["remedy"]
        encoding = "cp1252" if row["system"] == "erp_north" else "utf-8"
        stored = (first_night.workspace / row["archived_path"]).read_bytes()
        assert stored[row["byte_offset"] :].startswith(row["raw_text"].encode(encoding))


def test_every_unit_has_one_segment_with_rule_and_inputs(first_night: Night) -> None:
    with open_release(_release(first_night)) as reader:
        units = reader.value("select count(*) from feat_demand_profile")
        counted = reader.rows(
            "select scheme_id, any_value(unit_type) as unit_type, count(*) as units, "
            "count(distinct unit_id) as apart, "
            "count(*) filter (where coalesce(rule_id, rule_hash, inputs) is null) as bare "
            "from segment_explanations group by scheme_id order by scheme_id"
        )
    files = (first_night.workspace / "segmentation").glob("*.yml")
    stated = {file.stem for file in files if file.read_text().startswith("scheme:")}
    assert {row["scheme_id"] for row in counted} == stated
    assert all(row["units"] == row["apart"] and not row["bare"] for row in counted)
    items = [row for row in counted if row["unit_type"] == "product_site"]
    assert {row["units"] for row in items} == {units}


def test_every_rule_hash_is_in_the_registry(first_night: Night) -> None:
    with open_release(_release(first_night)) as reader:
        unknown = reader.rows(
            "select distinct scheme_id, rule_hash from segment_assignment "
            "anti join rule_set_registry using (scheme_id, rule_hash)"
        )
    assert unknown == []


def test_the_release_verifies_until_one_bit_changes(first_night: Night, tmp_path: Path) -> None:
    workspace = tmp_path / "copy"
    shutil.copytree(first_night.workspace, workspace, ignore=shutil.ignore_patterns("build*"))
    assert tierwise("verify", "--workspace", workspace).status == 0
    file = workspace / "releases" / current(workspace) / "tables" / "segment_assignment.parquet"
    file.chmod(0o644)
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(bytes(damaged))
    said = tierwise("verify", "--workspace", workspace, "--json")
    assert (said.status, said.codes) == (6, ["RELEASE_DAMAGED"])


def test_a_second_call_says_that_nothing_is_new(first_night: Night, tmp_path: Path) -> None:
    workspace = copy_company(first_night.workspace, tmp_path / "company")
    before = current(workspace)
    said = tierwise("refresh", "--workspace", workspace, "--json")
    assert said.status == 0
    assert said.document["status"] == "nothing_new"
    assert said.document["release_id"] == before == current(workspace)


def test_a_number_can_be_walked_back_to_delivered_records(first_night: Night) -> None:
    unit = first_night.said.document["example_unit"]
    said = tierwise("trace", unit, "--workspace", first_night.workspace, "--json")
    (found,) = said.document
    assert found["counted_margin_amount"] == found["published_margin_amount"]
    assert found["records"]


def test_a_column_can_be_walked_back_to_delivered_columns(first_night: Night) -> None:
    said = tierwise(
        "trace", "segment_assignment.segment_id", "--workspace", first_night.workspace, "--json"
    )
    ends: set[str] = set()

    def walk(origin: dict[str, object]) -> None:
        upstream = origin["upstream"]
        assert isinstance(upstream, list)
        if origin["end"] == "delivered":
            ends.add(f"{origin['table']}.{origin['column']}")
        for above in upstream:
            walk(above)

    walk(said.document)
    assert "delivered.erp_north__order_lines.NETWR" in ends
    assert "delivered.erp_south__order_lines.OrderDate" in ends


def test_an_explanation_names_rule_inputs_and_what_would_flip_it(first_night: Night) -> None:
    unit = first_night.said.document["example_unit"]
    said = tierwise("explain", unit, "--workspace", first_night.workspace)
    for words in ("because", "inputs", "flips", "rule set", "safety stock", "reorder point"):
        assert words in said.out


def test_the_report_stands_by_itself(first_night: Night) -> None:
    page = (_release(first_night) / "report.html").read_text()
    markup = re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)=.https?:", markup)
    assert first_night.said.document["release_id"] in markup


def test_data_docs_have_a_page_for_each_suite(first_night: Night) -> None:
    folder = _release(first_night) / "checks"
    with open_release(_release(first_night)) as reader:
        suites = reader.query("select table_name from dq_gates where kind = 'suite'")
    assert len(list(folder.glob("*.html"))) == suites.height + 1


def test_all_blocking_gates_passed_and_none_is_missing(first_night: Night) -> None:
    with open_release(_release(first_night)) as reader:
        gates = reader.rows(
            "select kind, count(*) as n, bool_and(is_passed) as ok "
            "from dq_gates group by kind order by kind"
        )
    kinds = ["cross_table", "data_test", "fill", "outlier", "suite", "trust"]
    assert [gate["kind"] for gate in gates] == kinds
    # The generator plants a return of nothing sold, and a channel whose stores are silent. The
    # item in the demo's flyer is not among the few of this company.
    assert [gate["kind"] for gate in gates if not gate["ok"]] == ["cross_table", "data_test"]
    with open_release(_release(first_night)) as reader:
        failed = reader.rows(
            "select table_name, is_blocking from dq_gates where not is_passed order by all"
        )
    assert [(gate["table_name"], gate["is_blocking"]) for gate in failed] == [
        ("facts.fct_order_line", False),
        ("facts.fct_pos_channel", False),
        ("segments.assignment_exceptions", False),
    ]
    assert manifest(first_night.workspace)["identity"]["gates"]["failed"] == len(failed)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_example_question_has_an_answer(first_night: Night, question: str) -> None:
    file = ROOT / "docs" / "questions" / f"{question}.sql"
    said = tierwise("sql", "--file", file, "--workspace", first_night.workspace, "--json")
    assert said.status == 0, said.err
    assert isinstance(said.document, list)


def test_the_commands_of_the_readme_run(first_night: Night, tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = "".join(re.findall(r"```\n(.*?)```", readme, flags=re.DOTALL))
    commands = [shlex.split(line, comments=True)[1:] for line in NAMED.findall(shown)]
    assert {command[0] for command in commands} == {"explain", "trace", "sql", "sandbox"}
    for command in commands:
        if command[0] == "explain":  # the README asks about an item of the larger demo
            command[1] = first_night.said.document["example_unit"]
        if command[0] == "sandbox":  # and tries a scheme that a reader has written
            scheme = first_night.workspace / "segmentation" / "abc_margin.yml"
            command[1:] = [str(scheme), "--page", str(tmp_path / "what_if.html")]
        said = tierwise(*command, "--workspace", first_night.workspace)
        assert said.status == 0, said.err
        assert said.out
