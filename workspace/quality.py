"""What a workspace says of the quality of its data: the files below quality/, all optional."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workspace.calendars import Calendars
from workspace.config.metric_file import MetricFile
from workspace.config.outlier_file import OutlierFile
from workspace.config.steward_file import StewardFile
from workspace.config.strict import Model, load_optional
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.stewards import Stewards
from workspace.yaml_file import Document

OUTLIERS, METRICS, STEWARDS = "outliers", "metrics", "stewards"


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Screens for outliers, trust of metrics, and who answers for data; `files` are all read.

    Without quality/stewards.yml nobody answers: `stewards` is None.
    """

    outliers: OutlierFile
    outliers_document: Document
    metrics: MetricFile
    metrics_document: Document
    stewards: Stewards | None
    stewards_document: Document
    files: tuple[Path, ...]


def read_quality(root: Path, calendars: Calendars | None) -> Quality:
    """Read quality/outliers.yml, quality/metrics.yml and quality/stewards.yml.

    Calendars know the business units; none when their own file is at fault.

    Raises ConfigurationErrors with every fault of all three.
    """
    sources = {name: root / "quality" / f"{name}.yml" for name in (OUTLIERS, METRICS, STEWARDS)}
    faults: list[TierwiseError] = []

    def attempt(kind: type[Model], name: str) -> tuple[Model | None, Document]:
        try:
            return load_optional(kind, sources[name])
        except ConfigurationErrors as errors:
            faults.extend(errors.errors)
            return None, Document(file=sources[name], value={}, places={})

    outliers, outliers_document = attempt(OutlierFile, OUTLIERS)
    metrics, metrics_document = attempt(MetricFile, METRICS)
    stewards, stewards_document = attempt(StewardFile, STEWARDS)
    if faults:
        raise ConfigurationErrors(faults)
    return Quality(
        outliers=outliers or OutlierFile(),
        outliers_document=outliers_document,
        metrics=metrics or MetricFile(),
        metrics_document=metrics_document,
        stewards=Stewards(file=stewards, unit_by_system=_units(calendars)) if stewards else None,
        stewards_document=stewards_document,
        files=tuple(file for file in sources.values() if file.exists()),
    )


def _units(calendars: Calendars | None) -> dict[str, str]:
    """Return the business unit of each system."""
    entries = calendars.file.business_units if calendars else ()
    return {system: entry.business_unit for entry in entries for system in entry.systems}
