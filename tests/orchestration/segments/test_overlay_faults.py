"""What an overlay may not change is refused at its place, before any night."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.orchestration.segments.overlaid_nights import IBERIA, NORDICS, company
from tests.orchestration.segments.schemes_of_customers import SIZE
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors
from workspace.rule_lint import lint_schemes

CUT = "method.cuts.middle: 3000"
WHERE = "customer_country_code in ('ES', 'PT')"
REFUSED = {
    "a parameter that is not open": (CUT, "value: margin_12m_amount", "OVERLAY_LOCKED"),
    "another measure": (CUT, "method.column: margin_12m_amount", "OVERLAY_LOCKED"),
    "one more segment": (CUT, "method.cuts: {small: 1, middle: 2, big: 3}", "OVERLAY_LOCKED"),
    "a feature that the base does not read": (
        CUT, "first.idle.when: margin_12m_amount < 0", "RULE_LOCKED_COLUMN",
    ),
    "a rule that is not there": (CUT, "first.new.when: order_line_count_12m = 0", "OVERLAY_LOCKED"),
    "a part of a number": (CUT, "method.cuts.middle.low: 3", "CONFIG_REFERENCE"),
    "cuts that fall": (CUT, "method.cuts.middle: 100", "CONFIG_VALUE"),
    "no number": ("3000", "many", "CONFIG_VALUE"),
    "no scheme": ("customer_size", "customer_siz", "CONFIG_REFERENCE"),
    "a matrix": (f"customer_size: {{{CUT}}}", "customer_cell: {method.rows: x}", "OVERLAY_LOCKED"),
    "no organisation field": (WHERE, "revenue_12m_amount = 1", "CONFIG_UNKNOWN_COLUMN"),
    "no condition": (WHERE, "drop table x", "RULE_UNSAFE"),
    "no unit": ("{customer:", "{customers:", "CONFIG_REFERENCE"),
    "no days": ("where:", "since: 2026-01-02\nuntil: 2026-01-02\nwhere:", "CONFIG_VALUE"),
    "nothing": (f"change:\n  customer_size: {{{CUT}}}\n", "", "CONFIG_VALUE"),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_what_an_overlay_may_not_change_is_refused_at_its_place(tmp_path: Path, fault: str) -> None:
    old, new, code = REFUSED[fault]
    assert old in IBERIA
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(company(tmp_path, iberia=IBERIA.replace(old, new)))
    assert code in {error.code for error in caught.value.errors}
    assert all("overlays/iberia.yml:" in error.place for error in caught.value.errors)


def test_two_overlays_for_one_unit_are_refused_unless_their_days_are_apart(tmp_path: Path) -> None:
    other = NORDICS.replace("'SE'", "'ES'")
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(company(tmp_path / "a", iberia=IBERIA, nordics=other))
    (error,) = caught.value.errors
    assert error.code == "OVERLAY_OVERLAP"
    assert "customer_country_code = ES" in error.cause
    ended, begun = (
        text.replace("where:", f"{said}: 2026-01-02\nwhere:")
        for text, said in ((IBERIA, "until"), (other, "since"))
    )
    check_workspace(company(tmp_path / "b", iberia=ended, nordics=begun))


def test_lint_tells_at_the_overlay_what_only_the_overlay_makes_wrong(tmp_path: Path) -> None:
    table = """\
method:
  kind: decision_table
  hit: first
  rules:
    - {rule: large, segment: large, when: revenue_12m_amount > 6000}
    - {rule: small, segment: small, when: revenue_12m_amount <= 6000}
open: [method.rules.large.when]
"""
    size = SIZE[: SIZE.index("method:")] + table + "fallback: small\nvalue: revenue_12m_amount\n"
    gap = IBERIA.replace(CUT, "method.rules.large.when: revenue_12m_amount > 9000")
    workspace = company(tmp_path, size, iberia=gap)
    base = lint_schemes(company(tmp_path / "base", size))
    assert "RULE_GAP" not in {placed.finding.code for placed in base}
    (placed,) = (p for p in lint_schemes(workspace) if p.finding.code == "RULE_GAP")
    assert "overlays/iberia.yml:" in placed.place
    assert "revenue_12m_amount" in placed.finding.witness
