"""Stating a value of a golden record at the terminal, and taking it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.asked_company import Asked, asked

SAID = ("--reason", "By letter.", "--by", "Ada")


@pytest.fixture(scope="module")
def steward(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    folder: Path = tmp_path_factory.mktemp("values")
    return asked(folder / "company")


def test_a_value_is_stated_listed_and_taken_back(steward: Asked) -> None:
    told = steward.told("entity", "set", "c-1", "city", "Ulm", "--until", "2027-01-01", *SAID)
    assert (told["attribute"], told["value"], told["valid_to"]) == ("city", "Ulm", "2027-01-01")
    listed = steward("entity", "values").stdout
    assert "c-1 city = Ulm until 2027-01-01, by Ada: By letter." in listed
    assert steward.told("entity", "unset", str(told["entry"]), *SAID)["revokes"] == told["entry"]
    assert steward("entity", "values").stdout == "Nobody has stated a value.\n"
    assert steward.refused("entity", "unset", str(told["entry"]), *SAID) == "DECISION_REFUSED"


def test_what_nobody_has_is_refused(steward: Asked) -> None:
    assert steward.refused("entity", "set", "c-404", "city", "Ulm", *SAID) == "UNIT_UNKNOWN"
    assert steward.refused("entity", "set", "c-1", "cty", "Ulm", *SAID) == "DECISION_REFUSED"
