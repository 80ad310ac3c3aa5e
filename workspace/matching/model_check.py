"""Whether matching.yml and the trained models of a workspace can be used."""

from __future__ import annotations

from pathlib import Path

from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.matching.model_file import MatchModel, model_path, read_model
from workspace.matching.objects import OBJECTS
from workspace.matching.settings import load_match_settings


def check_matching(root: Path) -> list[TierwiseError]:
    """Return what is wrong with the settings and the models of a workspace."""
    faults: list[TierwiseError] = []
    try:
        load_match_settings(root)
    except ConfigurationErrors as errors:
        faults += errors.errors
    for name in OBJECTS:
        try:
            usable_model(root, name)
        except TierwiseError as error:
            faults.append(error)
    return faults


def usable_model(root: Path, object_type: str) -> MatchModel | None:
    """Return the trained model of an object; None where there is none.

    Raises MATCH_MODEL for a file that is no model, or one of other fields.
    """
    model = read_model(root, object_type)
    if model is not None and model.declaration != OBJECTS[object_type].digest:
        place = str(model_path(root, object_type))
        cause = "The model was trained for other fields than are compared now."
        raise TierwiseError("MATCH_MODEL", place=place, cause=cause)
    return model
