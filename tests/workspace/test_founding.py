from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.small_company import DELIVERY
from workspace.config.preset import presets
from workspace.configuration_check import check_workspace
from workspace.errors import TierwiseError
from workspace.folder import open_workspace
from workspace.founding.found import found


def founded(folder: Path, *preset: str, title: str | None = None, name: str | None = None) -> Path:
    """Found a workspace and return its folder."""
    found(folder, name=name, title=title, currency="EUR", time_zone="Europe/Berlin", preset=preset)
    return folder


@pytest.mark.parametrize("preset", [None, *presets()])
def test_the_check_accepts_a_new_workspace_as_it_is(preset: str | None, tmp_path: Path) -> None:
    workspace = open_workspace(founded(tmp_path / "new", *([preset] if preset else [])))
    check_workspace(workspace)
    (source,) = (read.value for read in workspace.sources.values())
    fed = {mapping.extract for mapping in source.mappings}
    joined = {j.extract for m in source.mappings for j in m.lookups.values()}
    assert set(source.extracts) == fed | joined
    assert workspace.inbox.is_dir()


def test_several_systems_may_be_of_presets_under_names_of_their_own(tmp_path: Path) -> None:
    folder = founded(tmp_path / "new", "erp_east=sap_ecc", "erp_west=sap_ecc", "salesforce")
    workspace = open_workspace(folder)
    check_workspace(workspace)
    assert list(workspace.sources) == ["erp_east", "erp_west", "salesforce"]
    assert workspace.sources["erp_east"].value.extracts["KNA1"].path == "erp_east/KNA1.csv"


def test_what_is_given_stands_in_the_file_whatever_its_signs(tmp_path: Path) -> None:
    title = 'Müller & Söhne: "Groß" #1'
    file = open_workspace(founded(tmp_path / "3 - New Co", title=title, name="new_co")).file
    assert (file.name, file.title) == ("new_co", title)
    assert (file.reporting_currency, file.time_zone) == ("EUR", "Europe/Berlin")
    assert open_workspace(founded(tmp_path / "New Co")).file.title == "New Co"


def test_nothing_is_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "company"
    (folder / "sources").mkdir(parents=True)
    with pytest.raises(TierwiseError, match="CONFIG_EXISTS"):
        founded(folder)
    assert [path.name for path in folder.rglob("*")] == ["sources"]
    (tmp_path / "file").write_text(next(iter(DELIVERY.values())))
    with pytest.raises(TierwiseError, match="CONFIG_EXISTS"):
        founded(tmp_path / "file")


@pytest.mark.parametrize(
    ("preset", "code", "words"),
    [
        (("sap_eco",), "CONFIG_REFERENCE", "`sap_ecc`?"),
        (("Erp=sap_ecc",), "CONFIG_VALUE", "say SYSTEM=sap_ecc"),
        (("odoo", "odoo"), "CONFIG_VALUE", "say SYSTEM=odoo"),
    ],
)
def test_a_wrong_preset_leaves_no_folder(
    tmp_path: Path, preset: tuple[str, ...], code: str, words: str
) -> None:
    with pytest.raises(TierwiseError, match=code) as caught:
        founded(tmp_path / "new", *preset)
    assert words in caught.value.cause
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [("name", "New Co"), ("currency", "Euro"), ("time_zone", "Berlin")],
)
def test_a_value_that_the_check_would_refuse_is_refused_first(
    tmp_path: Path, option: str, value: str
) -> None:
    given = {"name": "co", "title": "Co", "currency": "EUR", "time_zone": "UTC", option: value}
    with pytest.raises(TierwiseError, match="CONFIG_VALUE") as caught:
        found(tmp_path / "new", **given, preset=())
    assert caught.value.place == f"--{option.replace('_', '-')}"
    assert not (tmp_path / "new").exists()
