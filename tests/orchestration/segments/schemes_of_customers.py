"""Three schemes of customers: by size, by share of revenue, and the cells of the two."""

from __future__ import annotations

SIZE = """\
scheme: customer_size
title: Customers by revenue
description: Large and small.
owner: sales
unit: customer
first:
  - {rule: idle, segment: idle, when: order_line_count_12m = 0}
method:
  kind: thresholds
  column: revenue_12m_amount
  cuts: {small: 2000, middle: 6000}
  last: large
fallback: small
value: revenue_12m_amount
"""
ABC = """\
scheme: customer_abc
title: Customers by share of revenue
description: ABC.
owner: sales
unit: customer
method: {kind: pareto_share, measure: revenue_12m_amount, cuts: {A: 0.8, B: 0.95, C: 1}}
value: revenue_12m_amount
"""
CELLS = """\
scheme: customer_cell
title: Both
description: Cells.
owner: sales
unit: customer
method: {kind: matrix, rows: customer_abc, columns: customer_size}
value: revenue_12m_amount
"""
