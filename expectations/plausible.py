"""What several suites hold to be plausible of a delivered value, each stated once."""

from __future__ import annotations

from datetime import date

# Systems fill unknown days with 1900-01-01 or 0001-01-01, which cast without complaint.
EARLIEST_DATE = date(1990, 1, 1)

# Staging trims and upper-cases, so only the three letters are demanded.
CURRENCY_PATTERN = r"^\s*[A-Za-z]{3}\s*$"

# What a spreadsheet makes of a long number: 4.00638E+12.
MANGLED_KEY_PATTERN = r"^\d+(?:[.,]\d+)?[Ee]\+\d+$"
