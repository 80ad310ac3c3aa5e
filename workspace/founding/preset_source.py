"""The source file of a system that a preset knows: every extract with its path, ready to check."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workspace.config.entities import entities
from workspace.config.preset import read_preset


def source_text(system: str, preset: str) -> str:
    """Return a source file that extends a preset and that the check accepts as it is."""
    value = read_preset(preset).value
    return "\n".join(_lines(system, preset, value)) + "\n"


def _lines(system: str, preset: str, value: dict[str, Any]) -> Iterator[str]:
    asked = _asked(value)
    used = {mapping["extract"] for mapping in value["mappings"]} - asked.keys()
    used |= {
        lookup["extract"]
        for mapping in value["mappings"]
        if mapping["extract"] in used
        for lookup in mapping.get("lookups", {}).values()
    }
    yield f"# {value['description']} It extends the preset `{preset}`: say only what differs."
    yield "# Take out an extract that is not delivered; docs/presets.md says what goes with it."
    yield f"system: {system}"
    yield f"extends: {preset}"
    yield "priority: 1                        # whose attributes win in golden records: 1 before 2"
    yield "# How the files are written, where it is not as the preset has it:"
    yield '# format: {encoding: cp1252, delimiter: ";", decimal_mark: ","}'
    yield "extracts:"
    yield "  # Paths lie below inbox/; braces hold the date of a name, such as stock_{%Y%m%d}.csv."
    for name, extract in value["extracts"].items():
        if name in used:
            yield f"  # {extract['description']}"
            yield f"  {name}: {{path: {system}/{name}.csv}}"
    yield "  # Columns that are not delivered are taken out with null, others are declared:"
    yield (
        "  #   columns: {STCEG: null, ZZCHANNEL: text}"
        if preset == "sap_ecc"
        else ("  #   columns: {not_delivered: null, of_our_own: text}")
    )
    yield from _left_out(system, value, used, asked)


def _left_out(
    system: str, value: dict[str, Any], used: set[str], asked: dict[str, tuple[str, list[str]]]
) -> Iterator[str]:
    """Write what is not used yet as comments, with what it would take."""
    for name, (entity, columns) in asked.items():
        said = ", ".join(columns)
        yield f"  # {name} feeds {entity} once you say where {said} comes from, such as:"
        yield f"  # {name}:"
        yield f"  #   path: {system}/{name}.csv"
        yield "  #   columns: {day: date}"
    later = [name for name in value["extracts"] if name not in used and name not in asked]
    if later:
        yield f"  # Kept for later use, where it is delivered: {', '.join(later)}."
    if asked:
        yield "# mappings:"
    for name, (entity, columns) in asked.items():
        yield f"#   - entity: {entity}"
        yield f"#     extract: {name}"
        yield f"#     columns: {{{', '.join(f'{column}: day' for column in columns)}}}"


def _asked(value: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    """Return the extracts that need a word of the company's: entity and columns it must give."""
    found: dict[str, tuple[str, list[str]]] = {}
    for mapping in value["mappings"]:
        entity = entities()[mapping["entity"]]
        required = [name for name, column in entity.columns.items() if column.required]
        absent = [name for name in required if name not in mapping["columns"]]
        if absent:
            found[mapping["extract"]] = (entity.entity, absent)
    return found
