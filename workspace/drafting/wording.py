"""The text of a drafted contract: YAML to be read, with what was found beside each line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workspace.config.preset import read_preset
from workspace.drafting.candidates import Candidate
from workspace.drafting.tables import Table
from workspace.drafting.values import OPEN, Found

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./*-]*( [A-Za-z0-9_./*-]+)*")
WORDS_OF_YAML = {"null", "true", "false", "yes", "no", "on", "off", "~"}
DEFAULTS: dict[str, Any] = {
    "encoding": "utf-8", "delimiter": ",", "quote": '"', "decimal_mark": ".",
    "thousands_mark": None, "date_format": "%Y-%m-%d", "timestamp_format": "%Y-%m-%d %H:%M:%S",
    "has_header": True, "preamble_lines": 0, "true_words": ["1", "true"],
    "false_words": ["0", "false"],
}  # fmt: skip
WHERE = {"preamble_lines", "sheet", "range"}


def scalar(value: Any) -> str:
    """Write one value so that YAML reads it back as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(scalar(item) for item in value) + "]"
    text = str(value)
    is_plain = PLAIN.fullmatch(text) and text.lower() not in WORDS_OF_YAML
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def flow(values: Mapping[str, Any]) -> str:
    """Write a mapping on one line."""
    return "{" + ", ".join(f"{scalar(key)}: {scalar(value)}" for key, value in values.items()) + "}"


def contract(system: str, tables: Sequence[Table]) -> str:
    """Return the contract of a system's tables, to be reviewed."""
    preset = _preset(tables)
    base = {**DEFAULTS, **(read_preset(preset).value.get("format", {}) if preset else {})}
    common = _common_format(tables, base)
    lines = [
        "# A draft, made from delivered files by `tierwise contract draft`. Each line is a guess",
        f"# until somebody has read it; what cannot be told says {OPEN}. Then remove `reviewed`.",
        f"system: {system}",
        "reviewed: false",
    ]
    if preset:
        lines.append(f"extends: {preset}")
    else:
        lines += [f"description: {OPEN}", "kind: erp                  # erp, crm, wms or reference"]
    lines.append("priority: 1                # whose attributes win in golden records: 1 before 2")
    if common:
        lines.append(f"format: {flow(common)}")
    lines.append("extracts:")
    for table in tables:
        lines += _extract(table, preset, common, base)
    mapped = [table for table in tables if table.entity and not _is_known(table, preset)]
    if mapped:
        lines.append("mappings:")
    for table in mapped:
        lines += _mapping(table, table.entity) if table.entity else []
    return "\n".join(lines) + "\n"


def _preset(tables: Sequence[Table]) -> str | None:
    """Return the preset that most tables are of, if most are of one."""
    named = [table.preset.preset for table in tables if table.preset]
    best = max(named, key=named.count, default=None)
    return best if best and named.count(best) * 2 >= len(tables) else None


def _is_known(table: Table, preset: str | None) -> bool:
    return table.preset is not None and table.preset.preset == preset


def format_of(table: Table, base: Mapping[str, Any] = DEFAULTS) -> dict[str, Any]:
    """Return the keys of a table's format that are not those of a base."""
    found = table.dialect.format_keys()
    marks = [column.marks for column in table.columns if column.marks]
    if marks:
        found["decimal_mark"], found["thousands_mark"] = max(marks, key=marks.count)
    for kind in ("date", "timestamp"):
        formats = [c.format for c in table.columns if c.type == kind and not c.choices and c.format]
        if formats:
            found[f"{kind}_format"] = max(formats, key=formats.count)
    words = [column.yes_no for column in table.columns if column.yes_no]
    if words:
        yes, no = max(words, key=words.count)
        found |= {"true_words": [yes], "false_words": [no]}
    if words and all(yes in base["true_words"] and no in base["false_words"] for yes, no in words):
        found |= {"true_words": base["true_words"], "false_words": base["false_words"]}
    return {key: value for key, value in found.items() if value != base.get(key)}


def _common_format(tables: Sequence[Table], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the formats of all tables share; where a table begins is each file's."""
    formats = [format_of(table, base) for table in tables]
    shared = formats[0].items()
    return {
        key: value
        for key, value in shared
        if key not in WHERE and all(form.get(key) == value for form in formats)
    }


def _extract(
    table: Table, preset: str | None, common: Mapping[str, Any], base: Mapping[str, Any]
) -> Iterator[str]:
    own = {key: value for key, value in format_of(table, base).items() if key not in common}
    known = _is_known(table, preset)
    name = table.preset.extract if known and table.preset else table.name
    yield f"  {scalar(name)}:"
    yield f"    path: {scalar(table.path)}"
    yield f"    # {table.dialect.said}"
    if table.odd:
        yield f"    # {table.odd:,} records have another number of fields: ROW_ARITY on the night."
    if own:
        yield f"    format: {flow(own)}"
    if known and table.preset:
        yield from _differences(table)
        return
    yield f"    description: {OPEN}"
    yield _noted(f"    delivery: {table.delivery}", [table.delivery_note])
    yield _noted(f"    key: {scalar(table.key.columns)}", [table.key.note])
    if table.key.latest_by:
        yield f"    latest_by: {scalar(table.key.latest_by)}"
    if not table.dialect.has_header:
        yield "    # The first line is a record: name the columns, in the order of the file."
    yield "    columns:"
    for column in table.columns:
        yield _column(column, {**base, **common, **own})


def _differences(table: Table) -> Iterator[str]:
    """Say what a table has that its preset has not, and the other way about."""
    assert table.preset is not None
    known = read_preset(table.preset.preset).value["extracts"][table.preset.extract]["columns"]
    delivered = {column.name: column for column in table.columns}
    match = table.preset
    yield f"    # {match.found} of the preset's {match.known} columns are delivered."
    extra = [column for name, column in delivered.items() if name not in known]
    gone = [name for name in known if name not in delivered]
    if gone:
        yield f"    columns:{'' if extra else ' ' + flow(dict.fromkeys(gone))}"
    elif extra:
        yield "    # More is delivered. Declare what you need:"
        yield f"    # columns: {flow({column.name: column.type for column in extra})}"
    if gone and extra:
        yield from (f"      {scalar(name)}: null" for name in gone)
        yield f"      # More is delivered: {', '.join(column.name for column in extra)}"


def _column(column: Found, form: Mapping[str, Any]) -> str:
    """Write a column: its type alone, or with what differs from the format, and the notes."""
    own: dict[str, Any] = {"type": column.type}
    if column.choices:
        own["format"] = OPEN
    elif column.is_date and column.format != form[f"{column.type}_format"]:
        own["format"] = column.format
    if column.null_words:
        own["null_words"] = list(column.null_words)
    if column.yes_no:
        yes, no = column.yes_no
        if yes not in form["true_words"] or no not in form["false_words"]:
            own |= {"true_words": [yes], "false_words": [no]}
    said = scalar(column.type) if len(own) == 1 else flow(own)
    notes = [*column.notes, *([f"one of {', '.join(column.choices)}"] if column.choices else [])]
    return _noted(f"      {scalar(column.name)}: {said}", notes)


def _noted(line: str, notes: Sequence[str]) -> str:
    return f"{line.ljust(40)} # {'; '.join(notes)}" if notes else line


def _mapping(table: Table, candidate: Candidate) -> Iterator[str]:
    yield f"  # {candidate.score:.0%} by the names of the columns, each with its own score below."
    yield f"  - entity: {candidate.entity}"
    yield f"    extract: {scalar(table.name)}"
    yield "    columns:"
    for wanted, (name, score) in candidate.columns.items():
        expression = name if re.fullmatch(r"[A-Za-z_]\w*", name) else f'"{name}"'
        yield _noted(f"      {wanted}: {scalar(expression)}", [f"{score:.0%}"])
    for wanted in candidate.absent:
        yield _noted(f"      {wanted}: {OPEN}", ["required; no column suggests itself"])
