"""Row codes: why one record is in quarantine, and what would release it. None stops a night."""

from __future__ import annotations

ROW_CODES: dict[str, str] = {
    "ROW_ARITY": "Correct the number of fields at the source and deliver again.",
    "ROW_ENCODING": "Deliver the row in the declared encoding.",
    "ROW_JSON": "Deliver one JSON object a line, each key once.",
    "ROW_NUL": "Remove the NUL byte at the source and deliver again.",
    "ROW_QUOTE": "Close or double the quote at the source and deliver again.",
    "ROW_TOO_LONG": "Shorten the record: 1 MB is the limit.",
    "ROW_TOTAL_LINE": "Declare the line under `skip`, or stop the source from sending it.",
    "ROW_TYPE": "Correct the value, or the column's type or format in the contract.",
    "ROW_NONFINITE": "Correct the value: NaN and infinity are not quantities.",
    "ROW_NULL": "Deliver the value, or map it from another column.",
    "ROW_RANGE": "Correct the value, or map it into the allowed range.",
    "ROW_DATE_FUTURE": "Correct the date: it lies after the business date.",
    "ROW_KEY_NULL": "Deliver the key.",
    "ROW_ID_MANGLED": "Deliver the id as text, whole and with its zeros, as its system writes it.",
    "ROW_CYCLE": "Correct one of the rows: each leads to the next, and the last to the first.",
    "ROW_TWO_PARENTS": "Deliver one parent for the node, or the day on which it changes.",
    "ROW_DEPTH": "Correct the parents, or raise `maximum_depth` in golden/hierarchies.yml.",
    "ROW_KEY_DUP": "Deliver one row for the key, or name `latest_by` in the contract.",
    "ROW_CHECK": "Correct the row, or the check in the contract.",
    "ROW_ORPHAN": "Deliver the record that the row refers to.",
    "ROW_UNMAPPED": "Widen a mapping's `where`, or declare the row under `skip`.",
    "ROW_UOM": "Deliver the factor, correct one that contradicts, or list the code's meaning.",
    "ROW_RATE": "Deliver the rate that held on the day of the amount.",
}
