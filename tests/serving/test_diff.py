from __future__ import annotations

import json
import shutil
from dataclasses import asdict

import duckdb
import pytest

from serving.diff import Difference, diff
from serving.release_reader import ReleaseReader, open_release
from serving.table_difference import TableDifference
from tests.serving.conftest import Releases

KEYS = {
    "golden_product": ("product_id",),
    "policy_service_target": ("segment_id",),
    "segment_assignment": ("scheme_id", "unit_id"),
}


@pytest.fixture(scope="module")
def edited(releases: Releases, tmp_path_factory: pytest.TempPathFactory) -> Difference:
    """Return the difference that a handful of edits make."""
    folder = shutil.copytree(releases.second, tmp_path_factory.mktemp("edited") / "release")
    with duckdb.connect(folder / "tierwise.duckdb") as connection:
        connection.execute("""
            update golden_product set product_name = 'Renamed' where product_id = 'P-000001';
            delete from golden_product where product_id = 'P-000002';
            alter table policy_service_target add column note varchar;
            delete from quarantine where code = 'ROW_RANGE';
            drop table hier_product;
            delete from segment_assignment
            where scheme_id = 'xyz' and product_id = (select min(product_id) from fct_stock);
        """)
    with open_release(releases.second) as before, open_release(folder) as after:
        return diff(before, after, keys=KEYS)


def table(difference: Difference, name: str) -> TableDifference:
    (found,) = [each for each in difference.tables if each.table == name]
    return found


def test_a_release_is_the_same_as_itself(reader: ReleaseReader) -> None:
    difference = diff(reader, reader)
    assert difference.is_same
    assert not difference.schemes
    assert "Every table is the same." in difference.text()


def test_moves_are_the_set_difference_of_the_two_assignments(
    first_reader: ReleaseReader, reader: ReleaseReader
) -> None:
    key = "select scheme_id, unit_id, segment_id from segment_assignment"
    before, after = set(first_reader.query(key).rows()), set(reader.query(key).rows())
    moves = {
        (move.scheme_id, move.unit_id, move.to_segment_id)
        for scheme in diff(first_reader, reader, keys=KEYS).schemes
        for move in scheme.moves
    }
    assert moves == after - before


def test_pairs_of_segments_add_up_to_the_moves(
    first_reader: ReleaseReader, reader: ReleaseReader
) -> None:
    for scheme in diff(first_reader, reader, keys=KEYS).schemes:
        assert sum(count for count, _ in scheme.pairs.values()) == len(scheme.moves)


def test_items_that_are_gone_are_not_called_moved(edited: Difference) -> None:
    (scheme,) = edited.schemes
    assert scheme.moved_count == 0
    assert scheme.removed_count == len(scheme.moves) > 0


def test_rows_are_compared_by_key_and_column(edited: Difference) -> None:
    found = table(edited, "golden_product")
    assert (found.added_count, found.removed_count, found.changed_count) == (0, 1, 1)
    assert found.changed_columns == {"product_name": 1}


def test_a_table_without_a_known_key_is_compared_row_by_row(edited: Difference) -> None:
    found = table(edited, "quarantine")
    assert (found.added_count, found.removed_count, found.changed_count) == (0, 3, 0)


def test_a_new_column_is_a_difference(edited: Difference) -> None:
    found = table(edited, "policy_service_target")
    assert found.added_columns == ("note",)
    assert not found.is_same
    assert found.changed_count == 0


def test_a_table_that_one_release_lacks_counts_as_removed(edited: Difference) -> None:
    found = table(edited, "hier_product")
    assert found.after_count is None
    assert found.removed_count == found.before_count == 190


def test_a_difference_reads_as_text_and_as_a_document(edited: Difference) -> None:
    assert "product_name 1" in edited.text()
    assert json.loads(json.dumps(asdict(edited), default=str))["tables"]
