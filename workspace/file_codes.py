"""Codes of delivered files that cannot be taken as they are, and what to do. All exit as input."""

from __future__ import annotations

FILE_CODES: dict[str, str] = {
    "FILE_MISSING": "Deliver the file, or mark the extract `required: false`.",
    "FILE_EMPTY": "Deliver the file again: it has no bytes.",
    "FILE_HEADER": "Deliver the file with its header line, each name once.",
    "FILE_HEADER_ONLY": "Deliver the rows, or mark the extract `may_be_empty: true`.",
    "FILE_SCHEMA_DRIFT": "Ask the source for the declared columns, or change the contract.",
    "FILE_DIALECT": "Correct delimiter, quote or encoding in the contract's format.",
    "FILE_ENCODING": "Declare the encoding the file really has, or deliver it again.",
    "FILE_TRUNCATED": "Deliver the file again: it breaks off before its end.",
    "FILE_TYPE": "Deliver a file of the declared kind, or correct `kind` in the contract's format.",
    "FILE_CORRUPT": "Deliver the file again: its bytes were damaged on the way.",
    "FILE_ARCHIVE": "Pack one plain file, unencrypted, and deliver it again.",
    "FILE_BOMB": "Deliver the file unpacked, or raise `maximum_bytes` in the contract's format.",
    "FILE_CONSERVATION": (
        "Correct the dialect: records counted and records parsed are not the same."
    ),
    "FILE_DUPLICATE": "Nothing: these bytes have been read under another name.",
    "FILE_OUT_OF_ORDER": (
        "Remove the file, or name its hash under `accepted` in the contract's delivery."
    ),
    "FILE_CONFLICT": (
        "Remove the file, or name its hash under `accepted` in the contract's delivery."
    ),
    "FILE_PATH": "Deliver a plain file that the night may read, in its place.",
    "FILE_DATE": "Deliver the file under a name that the contract's path describes.",
    "FILE_MANIFEST_MISMATCH": "Deliver the file again, with the manifest or trailer of its own.",
    "FILE_COMPANY": "Deliver the records of each company in a file of its own.",
    "FILE_UNSTABLE": "Run again once the transfer has finished.",
}
