from __future__ import annotations

from pathlib import Path

import pytest

from workspace.drafting.draft import draft
from workspace.folder import open_workspace

ROOT = Path(__file__).parents[2]
ADVENTURE = ROOT.parent / "shared" / "data" / "adventure"


@pytest.mark.skipif(not ADVENTURE.is_dir(), reason="the public extracts are not beside this clone")
def test_drafts_of_real_files_agree_with_the_contracts_that_people_wrote() -> None:
    """What differs are dates and codes of which the contracts need no more than the text."""
    agreed = {"dialects": 0, "keys": 0, "types": 0, "formats": 0}
    counted = dict(agreed)
    for system, read in open_workspace(ROOT / "data" / "adventure").sources.items():
        files = sorted((ADVENTURE / system).glob("*.csv"))
        tables = draft(files, system=system, heard=lambda _: None).tables if files else ()
        for table in tables:
            source, name = read.value, table.dialect.file.stem
            extract, form = source.extracts[name], source.format_of(name)
            written = table.dialect.format_keys()
            dialect = (written["encoding"], written["delimiter"])
            key = (table.key.columns, table.key.latest_by)
            pairs: list[tuple[str, object, object]] = [
                ("dialects", dialect, (form.encoding, form.delimiter)),
                ("keys", key, (extract.key, extract.latest_by)),
            ]
            for found in table.columns:
                said = extract.columns[found.name]
                pairs.append(("types", found.type, said.type))
                if found.type == said.type == "date":
                    pairs.append(("formats", found.format, said.format or form.date_format))
            for kind, ours, theirs in pairs:
                counted[kind] += 1
                agreed[kind] += ours == theirs
    assert counted == {"dialects": 23, "keys": 23, "types": 172, "formats": 18}
    assert agreed["dialects"] == 23
    assert agreed["keys"] >= 22
    assert agreed["types"] >= 150
    assert agreed["formats"] == 18
