from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.small_company import Company, ingested
from workspace.errors import ConfigurationErrors

PLAIN = "columns: {id: text, name: text, created: date}"
OPTIONAL = (
    "columns: {id: text, name: text, created: date, seen: {type: date, optional: true},"
    " size: {type: decimal, optional: true}, note: {type: text, optional: true},"
    " is_big: {type: boolean, optional: true}}"
)
WITH = "id,name,created,note,size\nC1,Ada,2024-01-01,here,2.5\nC2,Bob,2024-01-02,,\n"


def test_a_column_that_a_file_lacks_is_null_and_one_that_it_has_is_read(tmp_path: Path) -> None:
    company = Company(root=tmp_path).configure("sources/erp.yml", (PLAIN, OPTIONAL))
    query = 'select id, note, size, seen, is_big from typed."erp__customers" order by id'
    with ingested(company.open()) as night:
        assert night.rows(query) == [(key, None, None, None, None) for key in ("C1", "C2")]
        ((detail,),) = night.rows(
            "select detail from control.raw_extracts where extract = 'customers'"
        )
        assert detail == "Optional columns the file lacks: seen, size, note, is_big."
    with ingested(company.open({"erp/customers_1.csv": WITH})) as night:
        found = [(key, note, size and float(size)) for key, note, size, _, _ in night.rows(query)]
        assert found == [("C1", "here", 2.5), ("C2", None, None)]


@pytest.mark.parametrize("needed", ["key: [id]", "key: [name]\n    latest_by: id"])
def test_what_the_contract_needs_cannot_be_optional(needed: str, tmp_path: Path) -> None:
    company = Company(root=tmp_path).configure(
        "sources/erp.yml",
        ("key: [id]", needed),
        (PLAIN, "columns: {id: {type: text, optional: true}, name: text, created: date}"),
    )
    with pytest.raises(ConfigurationErrors, match="id is needed, and cannot be optional"):
        company.open()
