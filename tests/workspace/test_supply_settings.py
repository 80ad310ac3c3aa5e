"""supply.yml: what it says when it is absent, and what it may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.supply.actions import CATALOGUE
from models.supply.geography import INDICES
from orchestration.mismatch import catalogue
from orchestration.supply import geography
from workspace.config.supply_file import SupplyFile
from workspace.errors import ConfigurationErrors
from workspace.supply_settings import check_supply_settings, read_supply_settings


def faults(tmp_path: Path, text: str) -> str:
    (tmp_path / "supply.yml").write_text(text, encoding="utf-8")
    try:
        found = check_supply_settings(read_supply_settings(tmp_path))
    except ConfigurationErrors as errors:
        return "\n".join(map(str, errors.errors))
    return "\n".join(map(str, found))


def test_without_the_file_every_index_weighs_the_same_and_the_catalogue_stands(
    tmp_path: Path,
) -> None:
    read = read_supply_settings(tmp_path)
    assert (read.files, check_supply_settings(read)) == ((), [])
    assert {index.weight for index in read.file.geo_risk.indices.values()} == {1 / len(INDICES)}
    assert catalogue(read.file.mismatch) == CATALOGUE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("geo_risk: {indices: {duty: {weight: 0.5}}}", "the weights add up to 0.5, not to 1"),
        ("geo_risk: {indices: {tax: {weight: 1}}}", "tax"),
        ("geo_risk: {indices: {duty: {weight: 1, worst: 0}}}", "best and worst are the same"),
        ("geography: {customs_territories: {EU: [DE], X: [DE]}}", "DE is in more than one customs"),
        ("geography: {customs_territories: {EU: [DE, ZZ]}}", "`ZZ` is neither a country"),
        ("geography: {regions: {A: [B], B: [A]}}", "lies in itself"),
        ("geography: {regions: {SE: [NO]}}", "`SE` is a country"),
        ("geography: {regions: {A: [Atlantis]}}", "`Atlantis` is neither a country"),
        ("delivery: {due_by: whenever}", "due_by"),
        ("mismatch: {actions: {pray: {}}}", "pray"),
        ("mismatch: {long_lead_time_days: 0}", "long_lead_time_days"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    found = faults(tmp_path, text + "\n")
    assert said in found
    assert "supply.yml:1" in found


def test_a_company_may_put_its_own_figures_in_place_of_the_catalogues() -> None:
    stated = {"postpone": {"is_open": False}, "second_source": {"price_premium_rate": 0.07}}
    found = catalogue(SupplyFile.model_validate({"mismatch": {"actions": stated}}).mismatch)
    assert set(CATALOGUE) - set(found) == {"postpone"}
    assert found["second_source"].price_premium_rate == 0.07
    assert found["second_source"].words == CATALOGUE["second_source"].words


def test_countries_are_looked_up_by_the_regions_and_territories_that_name_them() -> None:
    stated = {
        "customs_territories": {"EU": ["DE", "SE"]},
        "regions": {"North": ["SE"], "Europe": ["DE", "North"]},
        "routes": [{"origin": "CN", "destination": "SE", "via": ["GB", "NO"]}],
    }
    found = geography(SupplyFile.model_validate({"geography": stated}).geography)
    assert found.above("SE") == ["North", "Europe", "world"]
    assert found.import_steps("CN", "SE") == 3
    assert found.import_steps("DE", "SE") == 0
