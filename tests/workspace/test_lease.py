from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workspace.errors import TierwiseError
from workspace.lease import holder, lease


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "lease.json"


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                             capture_output=True, check=True, text=True)  # fmt: skip
    return int(process.stdout)


def test_the_lease_is_held_while_the_body_runs_and_free_after_it(file: Path) -> None:
    with lease(file):
        assert holder(file) == os.getpid()
    assert holder(file) is None
    with lease(file):
        assert holder(file) == os.getpid()


def test_the_lease_is_free_after_a_body_that_failed(file: Path) -> None:
    with pytest.raises(ZeroDivisionError), lease(file):
        raise ZeroDivisionError
    assert holder(file) is None


def test_a_second_night_is_refused_and_does_not_take_the_first_ones_lease(file: Path) -> None:
    with lease(file):
        busy = f"NIGHT_BUSY .*Process {os.getpid()} "
        with pytest.raises(TierwiseError, match=busy), lease(file):
            pytest.fail("Two nights ran at once.")
        assert holder(file) == os.getpid()


def test_a_lease_of_a_dead_process_is_broken(file: Path, dead_pid: int) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"pid": dead_pid, "started": "1", "boot": "x"}))
    assert holder(file) is None
    with lease(file):
        assert holder(file) == os.getpid()


@pytest.mark.parametrize("changed", ["started", "boot"])
def test_a_process_that_has_the_number_of_the_dead_one_does_not_hold_its_lease(
    file: Path, changed: str
) -> None:
    with lease(file):
        written = json.loads(file.read_text())
    file.write_text(json.dumps({**written, changed: "another"}))
    assert holder(file) is None


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "7", '{"pid": "many"}', '{"pid": null}'])
def test_a_lease_that_cannot_be_read_is_nobodys(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    assert holder(file) is None
    with lease(file):
        assert holder(file) == os.getpid()


CONTENDER = """
import sys
from pathlib import Path
from workspace.errors import TierwiseError
from workspace.lease import lease
print("ready", flush=True)
sys.stdin.readline()
try:
    with lease(Path(sys.argv[1])):
        print("running", flush=True)
        sys.stdin.readline()
except TierwiseError as error:
    print(error.code, flush=True)
"""


def test_of_nights_started_together_one_runs(file: Path, root: Path) -> None:
    file.parent.mkdir()
    file.write_text(json.dumps({"pid": 1, "started": "stale", "boot": "stale"}))
    nights = [
        subprocess.Popen([sys.executable, "-c", CONTENDER, str(file)], cwd=root, text=True,
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]  # fmt: skip
    for night in nights:
        assert night.stdout is not None
        assert night.stdout.readline() == "ready\n"
    for night in nights:
        assert night.stdin is not None
        night.stdin.write("go\n")
        night.stdin.flush()
    said = [night.stdout.readline().strip() for night in nights if night.stdout]
    for night in nights:
        night.communicate("end\n")
    assert sorted(said) == ["NIGHT_BUSY", "NIGHT_BUSY", "NIGHT_BUSY", "running"]
