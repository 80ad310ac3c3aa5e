"""The catalogue of errors: each code has one exit status, one remedy, and is raised with a place.

Those of a delivered file are in `workspace.file_codes`, those of a request to the API in
`workspace.request_codes`, those of rules that lint refuses in `workspace.lint_codes`. Row codes,
which never stop a night, are in `workspace.row_codes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from workspace.file_codes import FILE_CODES
from workspace.lint_codes import LINT_CODES
from workspace.request_codes import REQUEST_CODES


class Exit(IntEnum):
    """Exit statuses of the command line."""

    DONE = 0
    FAILED = 1
    CONFIGURATION = 2
    HELD = 3
    INPUT = 4
    BUSY = 5
    INTEGRITY = 6


@dataclass(frozen=True, kw_only=True)
class Code:
    """One entry of the catalogue: what the process returns, and what the reader should do."""

    exit: Exit
    remedy: str


CATALOGUE: dict[str, Code] = {
    "CONFIG_SYNTAX": Code(exit=Exit.CONFIGURATION, remedy="Correct the YAML at the place named."),
    "CONFIG_LIMIT": Code(
        exit=Exit.CONFIGURATION, remedy="Split the file: 1 MB and 20 levels are the limits."
    ),
    "CONFIG_FORBIDDEN": Code(
        exit=Exit.CONFIGURATION, remedy="Write the value out: anchors, aliases, tags are refused."
    ),
    "CONFIG_DUPLICATE_KEY": Code(exit=Exit.CONFIGURATION, remedy="Keep one of the two keys."),
    "CONFIG_UNKNOWN_KEY": Code(
        exit=Exit.CONFIGURATION, remedy="Remove the key or correct its spelling."
    ),
    "CONFIG_VALUE": Code(exit=Exit.CONFIGURATION, remedy="Give a value of the kind named."),
    "CONFIG_ENVIRONMENT": Code(
        exit=Exit.CONFIGURATION, remedy="Set the environment variable where the night runs."
    ),
    "CONFIG_EXISTS": Code(
        exit=Exit.CONFIGURATION, remedy="Name a folder that is new or empty, or a new file."
    ),
    "CONFIG_MISSING": Code(exit=Exit.CONFIGURATION, remedy="Create the file or correct the path."),
    "CONFIG_UNKNOWN_COLUMN": Code(
        exit=Exit.CONFIGURATION,
        remedy="Name a column that the extract declares, or declare it under its columns.",
    ),
    "CONFIG_EXPRESSION": Code(
        exit=Exit.CONFIGURATION,
        remedy="Use only columns, literals, operators and the functions in docs/contracts.md.",
    ),
    "CONFIG_REFERENCE": Code(exit=Exit.CONFIGURATION, remedy="Name something that exists."),
    "CONFIG_STEWARD": Code(
        exit=Exit.CONFIGURATION, remedy="Name a steward, or a deputy, who is there on that day."
    ),
    "CONFIG_OWNER": Code(
        exit=Exit.CONFIGURATION,
        remedy="Name one owner; let one assignment end on the day on which the next begins.",
    ),
    "CONFIG_CONCEPT": Code(
        exit=Exit.CONFIGURATION,
        remedy="Write one formula for the concept, or give the other a name of its own.",
    ),
    "CONFIG_CALENDAR_GAP": Code(
        exit=Exit.CONFIGURATION,
        remedy="Let each period start on the day after the one before it ends.",
    ),
    "CONFIG_CALENDAR_OVERLAP": Code(
        exit=Exit.CONFIGURATION,
        remedy="Let each period start on the day after the one before it ends.",
    ),
    "MATCH_MODEL": Code(
        exit=Exit.CONFIGURATION, remedy="Train the model again: `tierwise match train`."
    ),
    "MATCH_RECORD_KEY": Code(
        exit=Exit.INTEGRITY, remedy="Give each record of the staging table a record_key of its own."
    ),
    "MATCH_UNTRAINED": Code(
        exit=Exit.FAILED,
        remedy="Keep the model there was, or none: exact identifiers go on linking records.",
    ),
    "RULE_SYNTAX": Code(exit=Exit.CONFIGURATION, remedy="Write one SQL condition."),
    "RULE_UNSAFE": Code(
        exit=Exit.CONFIGURATION,
        remedy="Use only feature columns, literals, comparisons, arithmetic, and, or, not.",
    ),
    "RULE_TYPE": Code(exit=Exit.CONFIGURATION, remedy="Compare values of one kind."),
    "RULE_LOCKED_COLUMN": Code(
        exit=Exit.CONFIGURATION, remedy="Read what the base reads, or let the base read it, too."
    ),
    "PLAN_UNSIGNED": Code(
        exit=Exit.CONFIGURATION,
        remedy="Have three functions sign this plan under `sign_offs`, or leave `is_active` out.",
    ),
    "DECISION_CLASS": Code(
        exit=Exit.CONFIGURATION,
        remedy="Read a tactical scheme, or have the owner name it as a reader under `decision`.",
    ),
    "DECISION_HORIZON": Code(
        exit=Exit.CONFIGURATION,
        remedy="Let units move no more often than the decision is meant for: `stability.moves`.",
    ),
    "OVERLAY_LOCKED": Code(
        exit=Exit.CONFIGURATION, remedy="Leave it as it is, or have the scheme's owner open it."
    ),
    "OVERLAY_OVERLAP": Code(
        exit=Exit.CONFIGURATION, remedy="Let each unit be of one overlay: part their `where`."
    ),
    **{code: Code(exit=Exit.CONFIGURATION, remedy=remedy) for code, remedy in LINT_CODES.items()},
    **{code: Code(exit=Exit.INPUT, remedy=remedy) for code, remedy in FILE_CODES.items()},
    "LOOKUP_NOT_UNIQUE": Code(
        exit=Exit.INPUT, remedy="Look up by columns that name one record of the other extract."
    ),
    "RATE_MISSING": Code(
        exit=Exit.HELD, remedy="Deliver the rate, or correct the currency: none is taken as 1."
    ),
    "COST_POOL": Code(
        exit=Exit.HELD,
        remedy="Deliver the pool's month with its capacity and unit, or correct costing.yml.",
    ),
    "COST_EQUATION": Code(
        exit=Exit.HELD,
        remedy="Correct the time equation in costing.yml: no work takes less than none.",
    ),
    "GATE_VOLUME": Code(
        exit=Exit.HELD,
        remedy="Ask the source whether the file is whole; else widen `volume` in the contract.",
    ),
    "GATE_FRESHNESS": Code(
        exit=Exit.HELD,
        remedy="Ask the source why nothing changes; else raise `unchanged_days` in the contract.",
    ),
    "GATE_RECON": Code(
        exit=Exit.HELD,
        remedy="Compare the extract with its totals at the source; look into quarantine first.",
    ),
    "GATE_FAILED": Code(
        exit=Exit.HELD,
        remedy="See control.gate_findings in the build; correct the data, or the limit.",
    ),
    "NIGHT_FAILED": Code(
        exit=Exit.FAILED, remedy="Read the step's log in Dagster's UI; the build is kept."
    ),
    "NIGHT_BUSY": Code(exit=Exit.BUSY, remedy="Wait for the running night to end."),
    "RELEASE_MISSING": Code(
        exit=Exit.CONFIGURATION, remedy="Run `tierwise refresh` first, or name a listed release."
    ),
    "RELEASE_DAMAGED": Code(
        exit=Exit.INTEGRITY, remedy="Roll back to a release that `tierwise verify` accepts."
    ),
    "POINTER_DAMAGED": Code(
        exit=Exit.INTEGRITY, remedy="Run `tierwise rollback` to a release that verifies."
    ),
    "LEDGER_DAMAGED": Code(
        exit=Exit.INTEGRITY,
        remedy="Restore the ledger folder from a backup that `tierwise ledger verify` accepts.",
    ),
    "LEDGER_UNWRITABLE": Code(
        exit=Exit.FAILED, remedy="Make the ledger folder writable, then decide again."
    ),
    "SYS_DISK_FULL": Code(exit=Exit.FAILED, remedy="Free some space on the disk, then try again."),
    "SYS_DATABASE": Code(
        exit=Exit.FAILED, remedy="See that the database answers and permits it, then run again."
    ),
    "DECISION_REFUSED": Code(
        exit=Exit.CONFIGURATION,
        remedy="See docs/quarantine.md for records, docs/golden_records.md for golden ids.",
    ),
    "TABLE_CONTRACT": Code(
        exit=Exit.FAILED, remedy="Make the table agree with its contract in dbt_project/models."
    ),
    "QUERY_REFUSED": Code(exit=Exit.CONFIGURATION, remedy="Correct the query; one statement only."),
    "TAXONOMY_UNMAPPED": Code(
        exit=Exit.HELD,
        remedy="Say in segmentation/taxonomy.yml what the code stands for, or correct the source.",
    ),
    "TAXONOMY_AMBIGUOUS": Code(
        exit=Exit.CONFIGURATION,
        remedy="Let one meaning of the code end on the day on which the next begins.",
    ),
    "UNIT_UNKNOWN": Code(exit=Exit.CONFIGURATION, remedy="Use one of the names suggested."),
    **{
        code: Code(exit=Exit(status), remedy=remedy)
        for code, (status, remedy) in REQUEST_CODES.items()
    },
}


class TierwiseError(Exception):
    """An error with a stable code, the place, the cause and the remedy.

    `place` is a file, optionally with line and column, a table, or an extract.
    """

    def __init__(self, code: str, *, place: str, cause: str) -> None:
        """Look the remedy and the exit status up in the catalogue."""
        self.code = code
        self.place = place
        self.cause = cause
        self.remedy = CATALOGUE[code].remedy
        self.exit = CATALOGUE[code].exit
        super().__init__(f"{code} {place}: {cause} {self.remedy}")

    def as_json(self) -> dict[str, str | int]:
        """Return the error as one JSON-ready document."""
        return {
            "code": self.code,
            "place": self.place,
            "cause": self.cause,
            "remedy": self.remedy,
            "exit": int(self.exit),
        }


class ConfigurationErrors(Exception):  # noqa: N818 - it holds several errors
    """All that is wrong with a workspace's files, found in one pass."""

    def __init__(self, errors: list[TierwiseError]) -> None:
        """Keep the errors in the order in which the files were read."""
        self.errors = errors
        super().__init__("\n".join(str(error) for error in errors))
