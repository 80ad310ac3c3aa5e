"""What `stability:` refuses, each with its place in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.stability.step import DEFAULT
from tests.orchestration.segments.steady_nights import company
from tests.workspace.small_company import Company
from workspace.config.stability_settings import StabilitySettings
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors


def refused(root: Path, stability: str) -> str:
    with pytest.raises(ConfigurationErrors) as caught:
        check_workspace(company(root / "company", size=stability))
    return str(caught.value)


def test_without_keys_it_means_the_measured_default() -> None:
    assert StabilitySettings().stability() == DEFAULT


@pytest.mark.parametrize(
    ("stability", "told"),
    [
        ("{band: 1}", "less than 1"),
        ("{confirm: {nights: 3, of: 2}}", "3 of 2 nights cannot be"),
        ("{dwell: 90}", "Did you mean `dwell_days`?"),
        ("{moves: hourly}", "nightly"),
        ("{triggers: [{trigger: t, column: revenue_12m_amount, kind: step}]}", "has size"),
        (
            "{triggers: [{trigger: t, column: revenue_12m_amount, kind: limits, lower: 2}]}",
            "lower and upper",
        ),
        (
            "{triggers: [{trigger: t, column: revenue_12m_amount, kind: change, size: 2}]}",
            "neither limits nor a size",
        ),
        (
            "{triggers: [{trigger: t, column: revenue_12m_amount, kind: limits, lower: 2, "
            "upper: 1}]}",
            "is not below the upper",
        ),
        (
            "{triggers: [{trigger: t, column: revenue_12m_amount, kind: change}, "
            "{trigger: t, column: revenue_12m_amount, kind: change}]}",
            "two triggers have one name",
        ),
        (
            "{triggers: [{trigger: t, column: revenue_12m_amonut, kind: step, size: 0.1}]}",
            "Did you mean `revenue_12m_amount`?",
        ),
        (
            "{triggers: [{trigger: t, column: first_order_date, kind: step, size: 0.1}]}",
            "only a trigger of kind change",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, stability: str, told: str
) -> None:
    said = refused(tmp_path, stability)
    assert told in said
    assert "customer_size.yml:" in said


TABLE = """\
scheme: service
title: Service
description: Service classes.
owner: supply planning
method:
  kind: decision_table
  order: [A, B]
  rules:
    - {rule: large, segment: A, when: margin_12m_amount >= 1000}
    - {rule: small, segment: B, when: margin_12m_amount < 1000}
    - {rule: unknown, segment: B, when: margin_12m_amount is null}
stability: {dwell_days: 30}
"""


def test_a_band_needs_a_method_with_cuts(tmp_path: Path) -> None:
    company = Company(root=tmp_path / "company")
    check_workspace(company.configure("segmentation/service.yml", text=TABLE).open())
    banded = TABLE.replace("{dwell_days: 30}", "{band: 0.1}")
    with pytest.raises(ConfigurationErrors, match=r"service.yml:12:13: .* it has no bands"):
        check_workspace(company.configure("segmentation/service.yml", text=banded).open())
