"""The files of segmentation/ that speak of units which are not as usual, held against the rest."""

from __future__ import annotations

from workspace.case_check import check_cases
from workspace.errors import TierwiseError
from workspace.exception_check import check_exceptions
from workspace.fallback_check import check_fallbacks
from workspace.folder import Workspace


def check_edge_cases(workspace: Workspace) -> list[TierwiseError]:
    """Return every fault of fallbacks.yml, exceptions.yml and cases.yml."""
    return [*check_fallbacks(workspace), *check_exceptions(workspace), *check_cases(workspace)]
