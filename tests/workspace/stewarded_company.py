"""A small company with stewards for its data and a screen for outliers, and what is wrong in it."""

from __future__ import annotations

from tests.workspace.small_company import Company
from workspace.configuration_check import check_workspace
from workspace.errors import ConfigurationErrors

STEWARDS = """\
escalation: head
roles:
  head: {title: Head of data}
  desk: {title: Order desk}
  items: {title: Item data}
assignments:
  - {elements: ["*"], steward: head}
  - {elements: [order_lines.*], steward: desk, deputy: head}
"""
OUTLIERS = """\
metrics:
  quantity:
    title: Quantity
    table: fct_order_line
    values: {quantity_units: quantity_units}
    where: not is_cancelled
    within: [product_id]
    method: median_deviation
    decision: hold
"""


def stewarded(company: Company) -> Company:
    """Return the company with stewards and a screen, all of it sound."""
    return company.configure("quality/stewards.yml", text=STEWARDS).configure(
        "quality/outliers.yml", text=OUTLIERS
    )


def faults_of(company: Company) -> list[tuple[str, str, str]]:
    """Return code, place below the company's folder and cause of each fault."""
    try:
        check_workspace(company.open())
    except ConfigurationErrors as errors:
        return [(e.code, e.place.removeprefix(f"{company.root}/"), e.cause) for e in errors.errors]
    return []
