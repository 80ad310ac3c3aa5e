"""Two subsidiaries with an ERP of their own, and a vocabulary over the codes of both."""

from __future__ import annotations

from pathlib import Path

from tests.workspace.small_company import Company

SOURCE = """\
system: {system}
description: A subsidiary with an ERP of its own.
kind: erp
priority: {priority}
extracts:
  customers:
    path: {system}/customers_*.csv
    description: Customers.
    key: [id]
    columns: {{id: text, name: text, sales: text}}
  classes:
    path: {system}/classes_*.csv
    description: Classes.
    key: [view, id]
    columns: {{view: text, id: text, class: text}}
mappings:
  - entity: customers
    extract: customers
    columns: {{customer_id: id, customer_name: name, customer_group: sales}}
  - entity: customer_hierarchy
    extract: classes
    columns: {{view_name: view, node_id: id, customer_id: id, segment_code: class}}
"""
VOCABULARY = """\
version: 2026.1
segments:
  TRADE: {title: Trade, definition: Builds in., owner: sales}
  RETAIL: {title: Retail, definition: Sells on., owner: sales, valid_from: 2020-01-01}
  PUBLIC: {title: Public, definition: Buys by law., owner: sales}
crosswalks:
  - function: sales
    system: north
    element: customers.customer_group
    codes:
      - {code: Builder, segment: TRADE}
      - {code: Shop, segment: TRADE, valid_to: 2026-01-01}
      - {code: Shop, segment: RETAIL, valid_from: 2026-01-01}
      - {code: Town, segment: PUBLIC}
  - function: sales
    system: south
    element: customers.customer_group
    codes:
      - {code: 1, segment: TRADE}
      - {code: 2, segment: RETAIL}
      - {code: 3, segment: PUBLIC}
  - function: logistics
    system: north
    element: customer_hierarchy.segment_code
    view: logistics
    codes: [{code: S, segment: TRADE}, {code: D, segment: RETAIL}, {code: O, segment: PUBLIC}]
"""


def company(folder: Path, vocabulary: str = VOCABULARY) -> Company:
    found = Company(root=folder).configure("segmentation/taxonomy.yml", text=vocabulary)
    for priority, system in enumerate(("north", "south"), start=2):
        text = SOURCE.format(system=system, priority=priority)
        found = found.configure(f"sources/{system}.yml", text=text)
    return found
