"""Overlays: what their files may say, and which systems a night keeps apart."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.workspace.small_company import BUSINESS_DATE, SCHEME, SOURCE, Company, ingested
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.folder import open_workspace
from workspace.ingest.keeping_apart import has_rows_apart, keep_apart
from workspace.overlays import kept_apart, land_kept_apart

OVERLAY = """\
overlay: carver
title: Carver Ltd
description: Bought.
owner: sales
namespace: carver
"""


def company(folder: Path, overlay: str = OVERLAY) -> Company:
    source = SOURCE.replace("system: erp", "system: carver").replace("path: erp/", "path: carver/")
    return (
        Company(root=folder)
        .configure("sources/carver.yml", text=source)
        .configure("segmentation/overlays/carver.yml", text=overlay)
    )


FILES = {
    "carver/customers_1.csv": "id,name,created\nC1,Ada,2024-01-01\n",
    "carver/sites_1.csv": "id,name\nS1,Main\n",
    "carver/products_1.csv": "id,name\nP1,Bolt\n",
    "carver/orders_1.csv": "order,line,customer,product,day,units\nO1,1,C1,P1,2026-01-05,3\n",
}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (("namespace: carver", "namespace: carvr"), "CONFIG_REFERENCE"),
        (("overlay: carver", "overlay: carvers"), "CONFIG_REFERENCE"),
        (("owner: sales\n", "owner: sales\nstarter: {abc: A}\n"), "CONFIG_REFERENCE"),
        (("owner: sales\n", "owner: sales\nstarter: {xyz: Q}\n"), "CONFIG_REFERENCE"),
        (("owner: sales\n", "owner: sales\nstarters: {xyz: X}\n"), "CONFIG_UNKNOWN_KEY"),
    ],
)
def test_what_an_overlay_names_must_be_there(
    tmp_path: Path, changes: tuple[str, str], code: str
) -> None:
    found = company(tmp_path, OVERLAY.replace(*changes)).configure(
        "segmentation/xyz.yml", text=SCHEME.replace("title: XYZ", "title: XYZ\nunit: customer")
    )
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(found.open())
    assert code in {error.code for error in caught.value.errors}


def test_an_overlay_is_configuration_that_a_night_hangs_on(tmp_path: Path) -> None:
    workspace = company(tmp_path).open()
    file = tmp_path / "segmentation" / "overlays" / "carver.yml"
    assert file in workspace.configuration_files
    file.unlink()
    assert open_workspace(tmp_path).overlays == {}


@pytest.mark.parametrize(
    ("approved", "effective", "is_apart"),
    [
        (None, BUSINESS_DATE, True),
        (False, BUSINESS_DATE, True),
        (True, BUSINESS_DATE, False),
        (True, BUSINESS_DATE + timedelta(days=1), True),
    ],
)
def test_a_firm_is_apart_until_its_acquisition_is_approved_and_in_effect(
    tmp_path: Path, *, approved: bool | None, effective: date, is_apart: bool
) -> None:
    workspace = company(tmp_path).open(FILES)
    with ingested(workspace) as night:
        if approved is not None:
            night.connection.execute(
                "insert into control.entity_declarations by name select 1 as ledger_seq, "
                "'acquire' as declaration, 'carver' as namespace, '[]' as record_keys, "
                "'[]' as other_record_keys, $day as effective_date, $approved as is_approved, "
                "'Bought.' as reason, 'Ada' as decided_by, now()::timestamp as decided_at",
                {"day": effective, "approved": approved},
            )
        land_kept_apart(night.connection, workspace.overlays)
        assert kept_apart(night.connection) == (["carver"] if is_apart else [])
        keep_apart(night.connection)
        for entity in ("customers", "products", "order_lines"):
            systems = night.rows(f"select distinct _system from raw.{entity} order by all")
            assert systems == ([("erp",)] if is_apart else [("carver",), ("erp",)])
            assert has_rows_apart(night.connection, entity) == is_apart
        books = (
            "select record_count, loaded_count from control.raw_extracts where system = 'carver'"
        )
        assert set(night.rows(books)) == {(1, 1)}
