"""Findings of lint that refuse a scheme, each with its remedy; docs/rules.md has all findings."""

from __future__ import annotations

LINT_CODES: dict[str, str] = {
    "RULE_OVERLAP": "Let the conditions exclude each other, or choose another hit policy.",
    "RULE_UNREACHABLE": "Remove the rule, correct its condition, or ask it earlier.",
    "RULE_BARRED_COLUMN": "Read another feature, or name the field under `organisation`.",
    "CASE_FAILED": "Correct the rules, or what the case expects in segmentation/cases.yml.",
    "RULE_TOO_COSTLY": "Split the table into schemes, or let its conditions be simpler.",
}
