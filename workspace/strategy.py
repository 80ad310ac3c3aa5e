"""What a company has declared of its segmentation: strategy.yml, which is optional, read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from workspace.config.strategy_file import StrategyFile
from workspace.config.strict import load_optional
from workspace.yaml_file import Document

FILE = "strategy.yml"


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """The file, with the places of its values; `files` are all that was read."""

    file: StrategyFile
    document: Document
    files: tuple[Path, ...] = field(default=())


def read_strategy(root: Path) -> Strategy:
    """Read strategy.yml; raises ConfigurationErrors with every fault of the file."""
    file, document = load_optional(StrategyFile, root / FILE)
    files = (document.file,) if file else ()
    return Strategy(file=file or StrategyFile(), document=document, files=files)
