"""What a workspace says of the quality of its data: the files below quality/, both optional."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workspace.calendars import Calendars
from workspace.config.outlier_file import OutlierFile
from workspace.config.steward_file import StewardFile
from workspace.config.strict import load
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.stewards import Stewards
from workspace.yaml_file import Document


@dataclass(frozen=True, kw_only=True)
class Quality:
    """The screens for outliers and who answers for data; `files` are all that was read.

    Without quality/stewards.yml nobody answers: `stewards` is None.
    """

    outliers: OutlierFile
    outliers_document: Document
    stewards: Stewards | None
    stewards_document: Document
    files: tuple[Path, ...]


def read_quality(root: Path, calendars: Calendars | None) -> Quality:
    """Read quality/outliers.yml and quality/stewards.yml.

    Calendars know the business units; none when their own file is at fault.

    Raises ConfigurationErrors with every fault of both.
    """
    outliers_source, stewards_source = (
        root / "quality" / f"{name}.yml" for name in ("outliers", "stewards")
    )
    faults: list[TierwiseError] = []
    outliers = OutlierFile()
    outliers_document = Document(file=outliers_source, value={}, places={})
    stewards = None
    stewards_document = Document(file=stewards_source, value={}, places={})
    try:
        if outliers_source.exists():
            outliers, outliers_document = load(OutlierFile, outliers_source)
    except ConfigurationErrors as errors:
        faults += errors.errors
    try:
        if stewards_source.exists():
            file, stewards_document = load(StewardFile, stewards_source)
            stewards = Stewards(file=file, unit_by_system=_units(calendars))
    except ConfigurationErrors as errors:
        faults += errors.errors
    if faults:
        raise ConfigurationErrors(faults)
    return Quality(
        outliers=outliers,
        outliers_document=outliers_document,
        stewards=stewards,
        stewards_document=stewards_document,
        files=tuple(file for file in (outliers_source, stewards_source) if file.exists()),
    )


def _units(calendars: Calendars | None) -> dict[str, str]:
    """Return the business unit of each system."""
    entries = calendars.file.business_units if calendars else ()
    return {system: entry.business_unit for entry in entries for system in entry.systems}
