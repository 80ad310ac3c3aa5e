from __future__ import annotations

import pytest

from workspace.errors import TierwiseError
from workspace.table_contract import contract, contracts, feature_columns, public_tables


def test_a_contract_gives_schema_key_and_columns_in_order() -> None:
    quarantine = contract("control.quarantine")
    assert (quarantine.schema, quarantine.table) == ("control", "quarantine")
    assert quarantine.is_python
    assert set(quarantine.key) <= {column.name for column in quarantine.columns}
    assert quarantine.columns[0].is_required


def test_every_public_table_has_a_key_among_its_columns_and_describes_all_of_them() -> None:
    assert public_tables()
    for table in public_tables():
        names = [column.name for column in table.columns]
        assert table.key, table.name
        assert set(table.key) <= set(names), table.name
        assert len(set(names)) == len(names), table.name
        assert table.description, table.name
        assert [c.name for c in table.columns if not (c.data_type and c.description)] == []


def test_names_of_public_tables_are_unique_as_a_release_has_one_schema() -> None:
    names = [table.table for table in public_tables()]
    assert len(set(names)) == len(names)


def test_staging_tables_are_not_public() -> None:
    staging = [table for table in contracts().values() if table.schema == "staging"]
    assert staging
    assert [table.name for table in staging if table.is_public] == []


def test_a_scheme_reads_the_columns_of_feature_tables_with_their_types() -> None:
    assert feature_columns()["weekly_cv_ratio"] == "double"
    assert "release_id" not in feature_columns()


def test_a_table_that_nothing_declares_is_refused() -> None:
    with pytest.raises(TierwiseError, match=r"TABLE_CONTRACT features\.feat_nothing"):
        contract("features.feat_nothing")
