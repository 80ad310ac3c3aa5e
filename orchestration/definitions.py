"""The code location: everything under defs/, loaded as it stands."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load the files of defs/."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
