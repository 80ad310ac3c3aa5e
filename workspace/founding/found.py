"""Writing a new workspace: configuration with comments, from templates and presets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

from pydantic import ValidationError

from workspace.config.preset import presets
from workspace.config.strict import suggestion
from workspace.config.workspace_file import WorkspaceFile
from workspace.drafting.wording import scalar
from workspace.errors import TierwiseError
from workspace.founding.preset_source import source_text

FILES = Path(__file__).parent / "files"
ALWAYS = (
    "workspace.yml",
    "segmentation/abc_margin.yml",
    "segmentation/xyz.yml",
    "segmentation/abc_xyz.yml",
    "policies/stock.yml",
)
# Everything a night makes: kept in the workspace, not in its history.
IGNORED = """\
inbox/
archive/
ledger/
build/
build.before/
dagster/
releases/
CURRENT
*.json
*.jsonl
"""


def found(
    folder: Path,
    *,
    name: str | None,
    title: str | None,
    currency: str,
    time_zone: str,
    preset: Sequence[str],
) -> list[Path]:
    """Write a workspace that `tierwise check` accepts; return its files.

    `preset` names presets, as `sap_ecc` or `erp=sap_ecc`. Raises TierwiseError: CONFIG_EXISTS when
    the folder holds anything, CONFIG_REFERENCE for an unknown preset, CONFIG_VALUE for a value that
    workspace.yml would not accept.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TierwiseError("CONFIG_EXISTS", place=str(folder), cause="The folder is not empty.")
    called = name or re.sub(r"\W+", "_", folder.resolve().name.lower()).strip("_")
    values = {
        "name": called,
        "title": title or called.replace("_", " ").title(),
        "currency": currency,
        "time_zone": time_zone,
    }
    _refuse_values(values)
    texts = {file: _filled(file, values) for file in ALWAYS}
    for system, known in _systems(preset).items():
        texts[f"sources/{system}.yml"] = source_text(system, known)
    if not preset:
        texts["sources/erp.yml"] = _filled("sources/erp.yml", values)
    texts[".gitignore"] = IGNORED
    written = [write_new(folder / file, text) for file, text in texts.items()]
    (folder / "inbox").mkdir()
    return written


def write_new(file: Path, text: str) -> Path:
    """Write a file that is not there yet; raises TierwiseError with CONFIG_EXISTS."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError as error:
        cause = "The file is there already, and is left as it is."
        raise TierwiseError("CONFIG_EXISTS", place=str(file), cause=cause) from error
    return file


def _filled(file: str, values: Mapping[str, str]) -> str:
    text = (FILES / file).read_text(encoding="utf-8")
    return Template(text).substitute({key: scalar(value) for key, value in values.items()})


def _refuse_values(values: Mapping[str, str]) -> None:
    given = {**values, "reporting_currency": values["currency"]}
    try:
        WorkspaceFile.model_validate({k: v for k, v in given.items() if k != "currency"})
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).removeprefix("reporting_").replace("_", "-")
        raise TierwiseError(
            "CONFIG_VALUE", place=f"--{option}", cause=f"{first['msg']}."
        ) from error


def _systems(preset: Sequence[str]) -> dict[str, str]:
    """Return the preset of each system, in the order given."""
    found: dict[str, str] = {}
    for said in preset:
        system, _, known = said.rpartition("=")
        system = system or known
        if known not in presets():
            cause = f"`{known}` is no preset.{suggestion(known, presets())}"
            raise TierwiseError("CONFIG_REFERENCE", place="--preset", cause=cause)
        if system in found or not re.fullmatch(r"[a-z][a-z0-9_]*", system):
            cause = f"`{system}` is no name of one system: say SYSTEM={known}."
            raise TierwiseError("CONFIG_VALUE", place="--preset", cause=cause)
        found[system] = known
    return found
