from __future__ import annotations

import re
from pathlib import Path

import pytest

from serving.release_reader import ReleaseReader

FOLDER = Path(__file__).parents[2] / "docs" / "questions"
QUESTIONS = sorted(FOLDER.glob("*.sql"))


def question(file: Path) -> str:
    found = re.match(r"-- Question: (.+\?)\n-- Shows: \S", file.read_text(encoding="utf-8"))
    assert found, f"{file.name} does not begin with a question and what its answer shows"
    return found[1]


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_every_question_has_an_answer(reader: ReleaseReader, file: Path) -> None:
    assert reader.query(file.read_text(encoding="utf-8")).height > 0


@pytest.mark.parametrize("file", QUESTIONS, ids=lambda file: file.stem)
def test_an_answer_comes_in_the_same_order_each_time(reader: ReleaseReader, file: Path) -> None:
    sql = file.read_text(encoding="utf-8")
    assert reader.query(sql).equals(reader.query(sql))


def test_the_index_lists_every_question_in_order() -> None:
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    lines = [line for line in index.splitlines() if line.endswith(".sql) |")]
    assert lines == [f"| {question(file)} | [{file.name}]({file.name}) |" for file in QUESTIONS]


def test_there_are_ten_questions_or_more() -> None:
    assert len(QUESTIONS) >= 10
