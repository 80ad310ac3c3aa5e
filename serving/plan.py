"""The corporate plan of a release: its aims, what segments bring, and who has signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serving.release_reader import ReleaseReader
from serving.wording import amount

AIMS = "from plan_aim order by aim"
PARTS = "from plan_contribution order by aim, target_amount desc nulls last, segment_id"
COUNTED = "late_lines"  # a number, not an amount


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The aims, and the parts of each by segment."""

    release_id: str
    currency: str
    aims: tuple[Mapping[str, Any], ...]
    parts: tuple[Mapping[str, Any], ...]

    def text(self) -> str:
        """Return the plan for people."""
        if not self.aims:
            return f"Release {self.release_id}\n\nstrategy.yml states no aim."
        first = self.aims[0]
        signed = first["signed_by"] or "nobody"
        head = f"Plan {first['plan_sha256'][:12]}, signed by {signed}"
        blocks = ["\n".join(self._lines(aim)) for aim in self.aims]
        return "\n\n".join([f"Release {self.release_id}\n{head}", *blocks])

    def _lines(self, aim: Mapping[str, Any]) -> list[str]:
        def shown(value: Any) -> str:
            said = amount(value)
            return said if aim["metric"] == COUNTED else f"{said} {self.currency}"

        lines = [
            f"{aim['title']} ({aim['metric'].replace('_', ' ')}, {aim['owner']})",
            f"    baseline  {shown(aim['baseline_amount'])}",
            f"    today     {shown(aim['actual_amount'])}, at the pace of the last quarter "
            f"{shown(aim['projected_amount'])}",
            f"    target    {shown(aim['target_amount'])}",
        ]
        if not aim["segment_count"]:
            return [*lines, "    No segment is to bring a part of it."]
        if not aim["is_reconciled"]:
            lines.append(f"    gap       {shown(aim['gap_amount'])} that no segment is asked for")
        for part in self.parts:
            if part["aim"] == aim["aim"]:
                asked = "no part" if part["target_amount"] is None else shown(part["target_amount"])
                lines.append(f"    {part['segment_id']}: {shown(part['actual_amount'])} of {asked}")
        return lines


def plan(reader: ReleaseReader) -> Plan:
    """Return the plan of a release; without aims where strategy.yml states none."""
    return Plan(
        release_id=reader.manifest.release_id,
        currency=reader.manifest.currency,
        aims=tuple(reader.rows(AIMS)),
        parts=tuple(reader.rows(PARTS)),
    )
