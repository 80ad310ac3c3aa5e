from __future__ import annotations

from pathlib import Path

import pytest

from workspace.errors import TierwiseError
from workspace.yaml_file import DEPTH_LIMIT, SIZE_LIMIT_BYTES, Document, read_yaml


def read(folder: Path, text: str) -> Document:
    file = folder / "file.yml"
    file.write_text(text, encoding="utf-8")
    return read_yaml(file)


def refusal(folder: Path, text: str) -> TierwiseError:
    with pytest.raises(TierwiseError) as caught:
        read(folder, text)
    return caught.value


@pytest.mark.parametrize(
    "word", ["NO", "yes", "1.10", "012", "12:30", "2025-01-01", "1e3", "0x1F", "true", ".nan"]
)
def test_every_scalar_stays_text(tmp_path: Path, word: str) -> None:
    assert read(tmp_path, f"key: {word}").value == {"key": word}


@pytest.mark.parametrize("word", ["", "~", "null"])
def test_a_plain_word_for_nothing_is_null(tmp_path: Path, word: str) -> None:
    assert read(tmp_path, f"key: {word}\nother: 1").value == {"key": None, "other": "1"}


@pytest.mark.parametrize("word", ["''", '""', "'null'", '"~"'])
def test_a_quoted_word_for_nothing_stays_text(tmp_path: Path, word: str) -> None:
    assert read(tmp_path, f"key: {word}").value == {"key": word.strip("'\"")}


def test_every_key_and_item_knows_its_line_and_column(tmp_path: Path) -> None:
    document = read(tmp_path, "first: 1\nlist:\n  - a\n  - {inner: b}\n")
    assert document.value == {"first": "1", "list": ["a", {"inner": "b"}]}
    assert document.places == {
        (): (1, 1),
        ("first",): (1, 1),
        ("list",): (2, 1),
        ("list", 0): (3, 5),
        ("list", 1): (4, 5),
        ("list", 1, "inner"): (4, 6),
    }


def test_an_unknown_path_has_the_place_of_its_nearest_parent(tmp_path: Path) -> None:
    document = read(tmp_path, "outer:\n  inner: 1\n")
    assert document.place(("outer", "inner", "deeper")) == f"{document.file}:2:3"
    assert document.place(("absent",)) == f"{document.file}:1:1"


@pytest.mark.parametrize(
    ("text", "code", "position"),
    [
        ("key: 1\nkey: 2\n", "CONFIG_DUPLICATE_KEY", "2:1"),
        ("outer:\n  key: 1\n  'key': 2\n", "CONFIG_DUPLICATE_KEY", "3:3"),
        ("key: &anchor 1\n", "CONFIG_FORBIDDEN", "1:6"),
        ("key: *alias\n", "CONFIG_FORBIDDEN", "1:6"),
        ("key: !!python/object:os.system x\n", "CONFIG_FORBIDDEN", "1:6"),
        ("key: !!str 1\n", "CONFIG_FORBIDDEN", "1:6"),
        ("a: 1\nb: [1, 2\n", "CONFIG_SYNTAX", "3:1"),
        ("key: 'open\n", "CONFIG_SYNTAX", "2:1"),
        ("? [a, b]\n: 1\n", "CONFIG_SYNTAX", "1:3"),
        ("a: 1\n---\nb: 2\n", "CONFIG_SYNTAX", "2:1"),
    ],
)
def test_what_is_not_strict_is_refused_at_its_place(
    tmp_path: Path, text: str, code: str, position: str
) -> None:
    error = refusal(tmp_path, text)
    assert (error.code, error.place) == (code, f"{tmp_path / 'file.yml'}:{position}")


def test_a_file_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_bytes(b"key: \xff\n")
    with pytest.raises(TierwiseError, match="CONFIG_SYNTAX"):
        read_yaml(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TierwiseError, match=r"CONFIG_MISSING .*absent\.yml"):
        read_yaml(tmp_path / "absent.yml")


@pytest.mark.parametrize("opening", ["[", "{a: "])
def test_deep_nesting_is_refused_before_it_is_built(tmp_path: Path, opening: str) -> None:
    assert refusal(tmp_path, opening * 5_000).code == "CONFIG_LIMIT"
    assert read(tmp_path, "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT).value is not None


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    assert refusal(tmp_path, "a" * (SIZE_LIMIT_BYTES + 1)).code == "CONFIG_LIMIT"


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    error = refusal(tmp_path, bomb)
    assert (error.code, error.place) == ("CONFIG_FORBIDDEN", f"{tmp_path / 'file.yml'}:1:4")
