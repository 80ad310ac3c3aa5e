"""One company's folder: where each thing is kept, and its configuration read once and checked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from workspace.calendars import Calendars, read_calendars
from workspace.config.overlay_file import FOLDER as OVERLAYS
from workspace.config.overlay_file import OverlayFile
from workspace.config.policy_file import PolicyFile
from workspace.config.scheme_file import SchemeFile
from workspace.config.source_file import SourceFile
from workspace.config.strict import Model, load
from workspace.config.workspace_file import WorkspaceFile
from workspace.costing import Costing, read_costing
from workspace.edge_cases import FILES as EDGE_CASES
from workspace.edge_cases import EdgeCases, read_edge_cases
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.hierarchies import Hierarchies, read_hierarchies
from workspace.quality import Quality, read_quality
from workspace.strategy import Strategy, read_strategy
from workspace.supply_settings import SupplySettings, read_supply_settings
from workspace.survivorship import Survivorship, read_survivorship
from workspace.taxonomy import FILE as TAXONOMY
from workspace.taxonomy import Taxonomy, read_taxonomy
from workspace.yaml_file import Document

T = TypeVar("T")

# All of a workspace that people write, and keep in version control; nights make the rest.
CONFIGURATION = (
    *("workspace.yml", "calendars.yml", "supply.yml", "costing.yml", "strategy.yml"),
    *("sources", "segmentation", "policies", "quality", "golden"),
    *("matching.yml", "matching"),
    "reference",
)


@dataclass(frozen=True, kw_only=True)
class Read(Generic[T]):
    """A configuration file as typed values, with the document that knows their places."""

    value: T
    document: Document


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """A run over a range of business dates, whose nights follow each other and not CURRENT.

    `follows` is the release from which a night walks back to the one it continues: the last that
    the run has published. None before there is any release.
    """

    follows: str | None


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Where a workspace keeps things; all that reading a release needs to know of it."""

    root: Path
    backfill: Backfill | None = None

    @property
    def archive(self) -> Path:
        """Every delivered byte, by its hash."""
        return self.root / "archive"

    @property
    def landed(self) -> Path:
        """The typed rows of each delivered file, by its hash; made again where they are deleted."""
        return self.root / "landed"

    @property
    def known_files(self) -> Path:
        """Hashes of delivered files by their status; disposable."""
        return self.root / "known_files.json"

    @property
    def build(self) -> Path:
        """The working database of the night and what belongs to it; disposable."""
        return self.root / "build"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that a night builds; one path, as dbt's parse cache depends on it."""
        return self.build / "tierwise.duckdb"

    @property
    def releases(self) -> Path:
        """Immutable published folders."""
        return self.root / "releases"


@dataclass(frozen=True, kw_only=True)
class Workspace(Folder):
    """The folder of one company and its configuration."""

    inbox: Path
    file: WorkspaceFile
    sources: dict[str, Read[SourceFile]]
    schemes: dict[str, Read[SchemeFile]]
    policies: dict[str, Read[PolicyFile]]
    overlays: dict[str, Read[OverlayFile]]
    calendars: Calendars
    quality: Quality
    hierarchies: Hierarchies
    survivorship: Survivorship
    taxonomy: Taxonomy
    edge_cases: EdgeCases
    supply: SupplySettings
    costing: Costing
    strategy: Strategy

    def root_of(self, source: SourceFile) -> Path:
        """Return the folder below which a system's files are delivered."""
        return self.inbox if source.root == "inbox" else self.root / "reference"

    def business_date(self, today: datetime) -> date:
        """Return the day the night is for; `today` is an aware instant."""
        if isinstance(self.file.business_date, date):
            return self.file.business_date
        return today.astimezone(ZoneInfo(self.file.time_zone)).date()

    @cached_property
    def configuration_files(self) -> tuple[Path, ...]:
        """All files a night's meaning depends on, sorted; delivered ones are not among them."""
        folders = [self.root / name for name in ("sources", "segmentation", OVERLAYS, "policies")]
        listed = (file for folder in folders for file in sorted(folder.glob("*.yml")))
        matching = [self.root / "matching.yml", *sorted((self.root / "matching").glob("*.json"))]
        found = (file for file in matching if file.is_file())
        stated = (self.calendars, self.quality, self.hierarchies, self.survivorship)
        optional = (self.supply, self.costing, self.strategy)
        in_stated = (file for each in (*stated, *optional) for file in each.files)
        return (self.root / "workspace.yml", *found, *listed, *in_stated)


def open_workspace(
    root: Path, *, inbox: Path | None = None, backfill: Backfill | None = None
) -> Workspace:
    """Read a workspace's configuration; raises ConfigurationErrors with all faults of all files."""
    root = Path(os.path.relpath(root)) if not root.is_absolute() else root
    faults: list[TierwiseError] = []
    main = _attempt(WorkspaceFile, root / "workspace.yml", faults)
    sources, schemes, policies, overlays = _by_name(root, faults)
    calendars = _read(lambda: read_calendars(root, tuple(sources)), faults)
    quality = _read(lambda: read_quality(root, calendars), faults)
    hierarchies = _read(lambda: read_hierarchies(root), faults)
    survivorship = _read(lambda: read_survivorship(root), faults)
    taxonomy = _read(lambda: read_taxonomy(root), faults)
    edge_cases = _read(lambda: read_edge_cases(root), faults)
    supply = _read(lambda: read_supply_settings(root), faults)
    costing = _read(lambda: read_costing(root), faults)
    strategy = _read(lambda: read_strategy(root), faults)
    if faults or not (main and calendars and quality and hierarchies and survivorship):
        raise ConfigurationErrors(faults)
    if not (taxonomy and edge_cases and supply and costing and strategy):
        raise ConfigurationErrors(faults)
    return Workspace(
        root=root,
        backfill=backfill,
        inbox=inbox or root / "inbox",
        file=main.value,
        sources=sources,
        schemes=schemes,
        policies=policies,
        overlays=overlays,
        calendars=calendars,
        quality=quality,
        hierarchies=hierarchies,
        survivorship=survivorship,
        taxonomy=taxonomy,
        edge_cases=edge_cases,
        supply=supply,
        costing=costing,
        strategy=strategy,
    )


def _by_name(
    root: Path, faults: list[TierwiseError]
) -> tuple[
    dict[str, Read[SourceFile]],
    dict[str, Read[SchemeFile]],
    dict[str, Read[PolicyFile]],
    dict[str, Read[OverlayFile]],
]:
    """Read what there may be several of, each by the name of its file."""
    return (
        _folder(SourceFile, root / "sources", faults, lambda f: f.system),
        _folder(SchemeFile, root / "segmentation", faults, lambda f: f.scheme),
        _folder(PolicyFile, root / "policies", faults, lambda f: f.policy),
        _files(OverlayFile, (root / OVERLAYS).glob("*.yml"), faults, lambda f: f.overlay),
    )


def _read(reading: Callable[[], T], faults: list[TierwiseError]) -> T | None:
    try:
        return reading()
    except ConfigurationErrors as errors:
        faults.extend(errors.errors)
        return None


def _attempt(kind: type[Model], file: Path, faults: list[TierwiseError]) -> Read[Model] | None:
    try:
        value, document = load(kind, file)
    except ConfigurationErrors as errors:
        faults.extend(errors.errors)
        return None
    return Read(value=value, document=document)


def _folder(
    kind: type[Model], folder: Path, faults: list[TierwiseError], name_in: Callable[[Model], str]
) -> dict[str, Read[Model]]:
    """Read every file of a folder, of which there must be one."""
    files = [file for file in folder.glob("*.yml") if file.name not in (TAXONOMY, *EDGE_CASES)]
    if not files:
        cause = "There is no YAML file in the folder."
        faults.append(TierwiseError("CONFIG_MISSING", place=str(folder), cause=cause))
    return _files(kind, files, faults, name_in)


def _files(
    kind: type[Model],
    files: Iterable[Path],
    faults: list[TierwiseError],
    name_in: Callable[[Model], str],
) -> dict[str, Read[Model]]:
    """Read files; the name inside a file must be the file's own."""
    found: dict[str, Read[Model]] = {}
    for file in sorted(files):
        read = _attempt(kind, file, faults)
        if read is None:
            continue
        if name_in(read.value) != file.stem:
            cause = f"The file says `{name_in(read.value)}`, its name says `{file.stem}`."
            faults.append(TierwiseError("CONFIG_REFERENCE", place=str(file), cause=cause))
        found[file.stem] = read
    return found
