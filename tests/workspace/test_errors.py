from __future__ import annotations

from pathlib import Path

import pytest

from workspace.errors import CATALOGUE, ConfigurationErrors, Exit, TierwiseError
from workspace.row_codes import ROW_CODES

PACKAGES = ("cli", "orchestration", "serving", "workspace", "models", "expectations")


@pytest.fixture(scope="module")
def code(root: Path) -> str:
    """Return all code of the product but the catalogue itself."""
    files = [file for package in PACKAGES for file in (root / package).rglob("*.py")]
    catalogue = {"errors.py", "file_codes.py", "lint_codes.py", "request_codes.py", "row_codes.py"}
    return "\n".join(file.read_text("utf-8") for file in files if file.name not in catalogue)


def test_every_code_of_the_catalogue_is_given_somewhere(code: str) -> None:
    assert [name for name in {**CATALOGUE, **ROW_CODES} if name not in code] == []


def test_every_code_has_an_exit_status_and_a_remedy() -> None:
    assert {entry.exit for entry in CATALOGUE.values()} == set(Exit) - {Exit.DONE}
    for remedy in [*(entry.remedy for entry in CATALOGUE.values()), *ROW_CODES.values()]:
        assert remedy.endswith(".")
        assert remedy[0].isupper()


def test_row_codes_are_apart_from_those_that_end_a_command() -> None:
    assert not set(CATALOGUE) & set(ROW_CODES)
    assert all(name.startswith("ROW_") for name in ROW_CODES)


@pytest.mark.parametrize(
    ("prefix", "exits"),
    [
        ("CONFIG_", {Exit.CONFIGURATION}),
        ("RULE_", {Exit.CONFIGURATION}),
        ("FILE_", {Exit.INPUT}),
        ("GATE_", {Exit.HELD}),
    ],
)
def test_the_first_word_of_a_code_tells_the_exit_status(prefix: str, exits: set[Exit]) -> None:
    assert {entry.exit for name, entry in CATALOGUE.items() if name.startswith(prefix)} == exits


def test_an_error_says_code_place_cause_and_remedy() -> None:
    error = TierwiseError("FILE_EMPTY", place="erp.orders", cause="The file has zero bytes.")
    remedy = CATALOGUE["FILE_EMPTY"].remedy
    assert str(error) == f"FILE_EMPTY erp.orders: The file has zero bytes. {remedy}"
    assert error.as_json() == {
        "code": "FILE_EMPTY",
        "place": "erp.orders",
        "cause": "The file has zero bytes.",
        "remedy": remedy,
        "exit": 4,
    }


def test_an_error_without_an_entry_cannot_be_raised() -> None:
    with pytest.raises(KeyError, match="FILE_LOST"):
        TierwiseError("FILE_LOST", place="here", cause="It is gone.")


def test_errors_of_the_configuration_are_told_one_a_line() -> None:
    error = TierwiseError("CONFIG_VALUE", place="a.yml:1:1", cause="`a` is no number.")
    assert str(ConfigurationErrors([error, error])).splitlines() == [str(error)] * 2
