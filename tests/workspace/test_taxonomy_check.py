from __future__ import annotations

from pathlib import Path

import pytest

from tests.workspace.subsidiaries import VOCABULARY, company
from workspace.errors import ConfigurationErrors
from workspace.taxonomy_check import check_taxonomy


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("valid_to: 2026-01-01}", "valid_to: 2026-02-01}", "TAXONOMY_AMBIGUOUS",
         "TRADE and RETAIL"),
        ("{code: Town, segment: PUBLIC}", "{code: Town, segment: PUBLIK}", "CONFIG_REFERENCE",
         "Did you mean `PUBLIC`"),
        ("{code: 2, segment: RETAIL}", "{code: 2, segment: RETAIL, valid_from: 2019-01-01}",
         "CONFIG_REFERENCE", "there is none"),
        ("    system: south\n", "    system: north\n", "TAXONOMY_AMBIGUOUS", "already"),
        ("    system: south\n", "    system: sooth\n", "CONFIG_REFERENCE", "`sooth` is no system"),
        ("customers.customer_group", "customers.custmer_group", "CONFIG_REFERENCE", "no text"),
        ("    view: logistics\n", "", "CONFIG_VALUE", "view"),
        ("{code: 3, segment: PUBLIC}", "{code: 3, segment: PUBLIC, valid_from: 2026-01-02, "
         "valid_to: 2026-01-01}", "CONFIG_VALUE", "ends before it begins"),
    ],
)  # fmt: skip
def test_a_vocabulary_that_does_not_hold_is_refused_before_the_night(
    old: str, new: str, code: str, said: str, tmp_path: Path
) -> None:
    assert old in VOCABULARY
    written = company(tmp_path, VOCABULARY.replace(old, new, 1))
    try:
        found = check_taxonomy(written.open())
    except ConfigurationErrors as errors:
        found = errors.errors
    assert [error.code for error in found] == [code]
    assert said in str(found[0])
