"""matching/<object>.json: the trained parameters of an object, with the record of their training.

The file is written by `tierwise match train` and committed with the workspace: with it the score
of a pair hangs on its two records alone.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from workspace.errors import TierwiseError

FOLDER = "matching"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class TrainedLevel(_Frozen):
    """What training found of one level: m among matches, u among all others."""

    label: str
    m: float
    u: float
    observed: bool
    note: str = ""


class Frequencies(_Frozen):
    """Share of records by value, for the frequent ones; `other` for every value not listed."""

    other: float
    values: dict[str, float]


class WordWeights(_Frozen):
    """Weight of words (eighths of a bit), for the frequent ones; `other` for the rest."""

    other: int
    values: dict[str, int]


class Session(_Frozen):
    """One run of expectation maximisation over the pairs of one blocking rule."""

    rule: str
    pair_count: int
    match_share: float
    iterations: int
    converged: bool
    note: str = ""


class TrainingRecord(_Frozen):
    """When, on what and how the parameters were estimated."""

    trained_on: str
    record_count: int
    snapshot_sha256: str
    sampled_pair_count: int
    match_count: float
    splink_version: str
    duckdb_version: str
    sessions: tuple[Session, ...]
    converged: bool
    notes: tuple[str, ...]


class MatchModel(_Frozen):
    """The parameters of one object's model."""

    object_type: str
    declaration: str
    match_probability: float
    levels: dict[str, tuple[TrainedLevel, ...]]
    frequencies: dict[str, Frequencies]
    words: dict[str, WordWeights]
    training: TrainingRecord

    @property
    def digest(self) -> str:
        """A hash of the parameters."""
        return hashlib.sha256(_text(self).encode()).hexdigest()[:16]


def model_path(root: Path, object_type: str) -> Path:
    """Return where the model of an object is kept."""
    return root / FOLDER / f"{object_type}.json"


def read_model(root: Path, object_type: str) -> MatchModel | None:
    """Return the trained model of an object; None where there is none.

    Raises MATCH_MODEL for a file that is not one.
    """
    file = model_path(root, object_type)
    if not file.is_file():
        return None
    try:
        return MatchModel.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        cause = f"{str(error).splitlines()[0]}."
        raise TierwiseError("MATCH_MODEL", place=str(file), cause=cause) from error


def write_model(root: Path, model: MatchModel) -> Path:
    """Write the model of an object: keys in order, so that a change shows in a diff."""
    file = model_path(root, model.object_type)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_text(model), encoding="utf-8")
    return file


def _text(model: MatchModel) -> str:
    return json.dumps(model.model_dump(), indent=1, ensure_ascii=False) + "\n"
