from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from workspace.config.file_format import Format
from workspace.config.source_file import SourceFile

POSITIONS = {"id": [1, 4], "name": [5, 20]}
DATABASE = {"kind": "database", "url_variable": "ERP_URL", "table": "sales.orders"}
DAILY = "erp/table_{%Y-%m-%d}.parquet"


def source(system: dict[str, Any], own: dict[str, Any], **keys: Any) -> SourceFile:
    extract = {
        "path": "erp/table_*",
        "description": "A table.",
        "key": ["id"],
        "columns": {"id": "text", "name": "text"},
        "format": own,
        **keys,
    }
    return SourceFile.model_validate(
        {
            "system": "erp",
            "description": "A system.",
            "kind": "erp",
            "priority": "1",
            "format": system,
            "extracts": {"table": extract},
        }
    )


@pytest.mark.parametrize(
    ("system", "own", "keys"),
    [
        ({"delimiter": ";"}, {"kind": "json_lines"}, {}),
        ({"kind": "xlsx", "range": "A1:H"}, {"sheet": "Stock"}, {}),
        ({"kind": "fixed_width"}, {"positions": POSITIONS, "encoding": "cp1252"}, {}),
        ({"decimal_mark": ","}, {"kind": "parquet"}, {}),
        ({}, DATABASE, {"path": DAILY}),
        ({}, {**DATABASE, "incremental_by": "id"}, {"path": DAILY, "delivery": "append"}),
    ],
)
def test_an_extract_has_the_keys_of_its_kind_over_those_of_its_system(
    system: dict[str, Any], own: dict[str, Any], keys: dict[str, Any]
) -> None:
    assert source(system, own, **keys).format_of("table").kind == {**system, **own}["kind"]


@pytest.mark.parametrize(
    ("system", "own", "keys", "fault"),
    [
        ({}, {"kind": "parquet", "delimiter": ";"}, {}, "delimiter is no key of kind parquet"),
        ({"kind": "parquet"}, {"encoding": "cp1252"}, {}, "encoding, which is no key of kind p"),
        ({}, {"sheet": "Stock"}, {}, "sheet, which is no key of kind delimited"),
        ({"sheet": "Stock"}, {"kind": "xlsx", "range": "A1:B"}, {}, "of the system's kind delim"),
        ({}, {"kind": "xlsx", "sheet": "Stock"}, {}, "lacks range, which kind xlsx needs"),
        ({}, {"kind": "xlsx", "sheet": "S", "range": "A1"}, {}, "format.range"),
        ({}, {"kind": "fixed_width"}, {}, "lacks positions"),
        ({}, {"kind": "fixed_width", "positions": {"id": [0, 4]}}, {}, "positions.id.0"),
        (
            {},
            {"kind": "fixed_width", "positions": {"id": [1, 4], "name": [4, 2]}},
            {},
            "id and name overlap",
        ),
        (
            {},
            {"kind": "fixed_width", "positions": {"id": [1, 4], "nam": [5, 2]}},
            {},
            "gives no position to name. Did you mean `nam`",
        ),
        ({}, {"kind": "feather"}, {}, "format.kind"),
        ({}, {**DATABASE, "url_variable": "postgresql://a:b@c/d"}, {}, "url_variable"),
        ({}, DATABASE, {}, "needs a path with a day and no wildcard"),
        ({}, DATABASE, {"path": "erp/table_{%Y-%m}.parquet"}, "needs a path with a day"),
        ({}, {**DATABASE, "incremental_by": "id"}, {"path": DAILY}, "is incremental"),
        (
            {},
            {**DATABASE, "incremental_by": "at"},
            {"path": DAILY, "delivery": "append"},
            "does not declare the column at",
        ),
    ],
)
def test_a_key_that_does_not_belong_to_the_kind_is_refused(
    system: dict[str, Any], own: dict[str, Any], keys: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        source(system, own, **keys)
    assert fault in str(caught.value)


def test_nothing_is_said_of_a_kind_that_a_partial_format_inherits() -> None:
    assert Format(sheet="Stock").sheet == "Stock"
