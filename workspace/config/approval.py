"""`approval:` of rules: who has approved them as they stand in the file."""

from __future__ import annotations

from datetime import date

from workspace.config.strict import Strict


class Approval(Strict):
    """Who has approved the scheme as it stands in the file."""

    by: str
    day: date
