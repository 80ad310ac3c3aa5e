from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from workspace.errors import TierwiseError
from workspace.folder import Folder
from workspace.releases import (
    Release,
    canonical,
    current_release,
    digest,
    file_hashes,
    list_releases,
    named_release,
    open_release,
    point_to,
    previous_release,
    publish,
    roll_back,
    verify,
)

JUNE_29, JUNE_30, JULY_1 = date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def home(tmp_path: Path) -> Folder:
    return Folder(root=tmp_path)


def publish_night(
    home: Folder, as_of: date, content: str = "rows", *, before: bool = True
) -> Release:
    """Publish a release of three files whose id is of its date, content and predecessor."""
    previous = previous_release(home, as_of) if before else None
    staged = home.releases / ".staged"
    (staged / "tables").mkdir(parents=True)
    (staged / "tables" / "t.parquet").write_text(content)
    (staged / "tierwise.duckdb").write_text(content * 3)
    (staged / "report.html").write_text(f"<p>{content}</p>")
    identity = {"content": content, "previous": previous.release_id if previous else None}
    manifest = {
        "release_id": f"{as_of}_{digest(identity)[:12]}",
        "as_of_date": as_of.isoformat(),
        "previous_release_id": identity["previous"],
        "identity": identity,
        "files": file_hashes(staged),
        "run": {"dagster_run_id": "run"},
    }
    return publish(home, staged, manifest)


def test_a_published_release_is_whole_current_and_read_only(home: Folder) -> None:
    release = publish_night(home, JUNE_30)
    assert current_release(home) == release
    assert verify(release) == []
    assert release.as_of == JUNE_30
    assert release.database.is_file()
    files = [file for file in release.folder.rglob("*") if file.is_file()]
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o444"}
    assert not (home.releases / ".staged").exists()


def test_publishing_the_same_release_again_changes_nothing(home: Folder) -> None:
    first = publish_night(home, JUNE_30)
    stamps = {file: file.stat().st_mtime_ns for file in first.folder.rglob("*")}
    assert publish_night(home, JUNE_30) == first
    assert {file: file.stat().st_mtime_ns for file in first.folder.rglob("*")} == stamps
    assert list_releases(home) == [first]


def test_nothing_is_current_before_the_first_night(home: Folder) -> None:
    assert current_release(home) is None
    assert list_releases(home) == []
    with pytest.raises(TierwiseError, match="RELEASE_MISSING"):
        named_release(home, None)


def test_a_staged_folder_and_one_without_a_manifest_are_no_releases(home: Folder) -> None:
    release = publish_night(home, JUNE_30)
    (home.releases / "2026-07-01_halfwritten").mkdir()
    (home.releases / ".staged_x").mkdir()
    (home.releases / ".staged_x" / "manifest.json").write_text("{}")
    assert list_releases(home) == [release]


def test_verify_finds_a_flipped_bit_wherever_it_is(home: Folder) -> None:
    release = publish_night(home, JUNE_30)
    for file in sorted(path for path in release.folder.rglob("*") if path.is_file()):
        content = file.read_bytes()
        file.chmod(0o644)
        for position in range(len(content)):
            bit = 1 << position % 8
            file.write_bytes(
                content[:position] + bytes([content[position] ^ bit]) + content[position + 1 :]
            )
            try:
                assert verify(open_release(release.folder)), (file.name, position)
            except TierwiseError as error:
                found = error.code
                assert found == "RELEASE_DAMAGED", (file.name, position)
        file.write_bytes(content)
    assert verify(release) == []


def test_verify_names_files_that_are_missing_added_or_cut(home: Folder) -> None:
    release = publish_night(home, JUNE_30)
    (release.folder / "report.html").unlink()
    (release.folder / "extra.txt").write_text("x")
    (release.folder / "tierwise.duckdb").chmod(0o644)
    (release.folder / "tierwise.duckdb").write_text("")
    assert verify(release) == [
        "report.html is missing",
        "extra.txt is not of this release",
        "tierwise.duckdb has changed",
    ]


def test_verify_finds_a_release_under_a_name_that_is_not_its_own(home: Folder) -> None:
    release = publish_night(home, JUNE_30)
    renamed = release.folder.rename(release.folder.with_name("2026-06-30_0123456789ab"))
    assert verify(open_release(renamed)) == ["manifest.json does not give the release's id"]


@pytest.mark.parametrize(
    "pointer", [b"", b"\0\0\0", b"\xff\xfe", b"2026-06-30_000000000000", b"..", b"../releases"]
)
def test_a_damaged_pointer_is_named_and_a_rollback_mends_it(home: Folder, pointer: bytes) -> None:
    release = publish_night(home, JUNE_30)
    (home.root / "CURRENT").write_bytes(pointer)
    with pytest.raises(TierwiseError, match="POINTER_DAMAGED"):
        current_release(home)
    roll_back(home, named_release(home, release.release_id), reason="the pointer was damaged")
    assert current_release(home) == release


def test_a_pointer_that_is_gone_does_not_begin_history_anew(home: Folder) -> None:
    publish_night(home, JUNE_29)
    (home.root / "CURRENT").unlink()
    assert current_release(home) is None  # the first night may have ended before it pointed
    publish_night(home, JUNE_29)
    publish_night(home, JUNE_30)
    (home.root / "CURRENT").unlink()
    with pytest.raises(TierwiseError, match="POINTER_DAMAGED"):
        previous_release(home, JULY_1)


def test_a_release_is_named_by_the_start_of_its_id(home: Folder) -> None:
    june = publish_night(home, JUNE_30)
    july = publish_night(home, JULY_1)
    assert named_release(home, "2026-06") == june
    assert named_release(home, july.release_id) == july
    assert named_release(home, None) == july
    for name in ("2026-0", "2027"):
        with pytest.raises(TierwiseError, match="RELEASE_MISSING"):
            named_release(home, name)


def test_a_damaged_manifest_does_not_stand_in_the_way_of_another_release(home: Folder) -> None:
    june, july = publish_night(home, JUNE_30), publish_night(home, JULY_1)
    (july.folder / "manifest.json").chmod(0o644)
    (july.folder / "manifest.json").write_text("{")
    with pytest.raises(TierwiseError, match="RELEASE_DAMAGED"):
        current_release(home)
    roll_back(home, named_release(home, june.release_id), reason="the newer one is damaged")
    assert current_release(home) == june


def test_a_night_follows_the_newest_release_of_a_day_before(home: Folder) -> None:
    assert previous_release(home, JUNE_30) is None
    first = publish_night(home, JUNE_29)
    assert previous_release(home, JUNE_29) is None
    assert previous_release(home, JUNE_30) == first
    second = publish_night(home, JUNE_30)
    assert second.manifest["previous_release_id"] == first.release_id
    assert previous_release(home, JULY_1) == second


def test_a_night_run_again_for_its_own_date_follows_the_same_release(home: Folder) -> None:
    first = publish_night(home, JUNE_29)
    publish_night(home, JUNE_30, "with a mistake")
    assert previous_release(home, JUNE_30) == first
    corrected = publish_night(home, JUNE_30, "corrected")
    assert corrected.manifest["previous_release_id"] == first.release_id
    assert previous_release(home, JULY_1) == corrected


def test_a_night_of_the_past_follows_what_was_in_force_before_it(home: Folder) -> None:
    first = publish_night(home, JUNE_29)
    publish_night(home, JULY_1)
    assert previous_release(home, JUNE_30) == first


def test_a_release_that_was_rolled_back_is_not_followed(home: Folder) -> None:
    first = publish_night(home, JUNE_29)
    second = publish_night(home, JUNE_30)
    event = roll_back(home, first, reason="wrong prices")
    assert (event["from"], event["to"]) == (second.release_id, first.release_id)
    assert previous_release(home, JULY_1) == first
    log = (home.root / "publications.jsonl").read_text().splitlines()
    assert [json.loads(line)["reason"] for line in log] == ["wrong prices"]
    assert list_releases(home) == [first, second]


def test_a_damaged_release_is_not_rolled_back_to(home: Folder) -> None:
    first, second = publish_night(home, JUNE_29), publish_night(home, JUNE_30)
    (first.folder / "report.html").unlink()
    with pytest.raises(TierwiseError, match=r"RELEASE_DAMAGED .*report\.html is missing"):
        roll_back(home, first, reason="try")
    assert current_release(home) == second
    assert not (home.root / "publications.jsonl").exists()


def test_the_pointer_is_swapped_and_leaves_nothing_behind(home: Folder) -> None:
    release = publish_night(home, JUNE_30)
    point_to(home, release.release_id)
    assert sorted(path.name for path in home.root.iterdir()) == ["CURRENT", "releases"]


def test_a_digest_depends_on_content_and_not_on_order() -> None:
    assert canonical({"b": [1, "é"], "a": None}) == '{"a":null,"b":[1,"é"]}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1}) != digest({"a": 2, "b": 1})
