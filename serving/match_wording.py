"""Pairs of records and golden ids as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from serving.wording import MINUS, share, shown

Row = Mapping[str, Any]
WIDEST = 34
# What of a record is no value of its own.
TECHNICAL = {"delivered_record", "delivered_with"}


def question_text(row: Row) -> str:
    """Return a pair that is asked: the two records side by side, the evidence, and whose it is."""
    pair = f"{shown(row['record_key_l'])} {shown(row['record_key_r'])}"
    lines = [
        f"{row['object_type']}  {shown(row['record_key_l'])} = {shown(row['record_key_r'])}",
        f"  {_owner(row)}",
        *_side_by_side(row["fields_l"] or {}, row["fields_r"] or {}),
        *evidence_lines(row),
        f"  → tierwise match decide {pair} --link|--never --reason … --by …",
    ]
    return "\n".join(lines)


def _owner(row: Row) -> str:
    """Say since when it is asked, of whom, and until when."""
    if not row["routed_to"]:
        return f"seen since {row['first_seen_date']}, nobody is assigned"
    since = f"asked since {row['opened_date']}"
    deputy = f", deputy {row['deputy']}" if row["deputy"] else ""
    late = ", escalated" if row["is_escalated"] else ""
    due = f", due {row['due_date']}" if row["due_date"] else ""
    return f"{since} ({row['age_days']} days) of {row['routed_to']}{deputy}{due}{late}"


def _side_by_side(left: Row, right: Row) -> list[str]:
    """Return a line for each column that either record has."""
    names = [name for name in (left or right) if name not in TECHNICAL]
    filled = [name for name in names if left.get(name) or right.get(name)]
    width = max((len(name) for name in filled), default=0)
    return [
        f"  {name:<{width}}  {_cut(left.get(name)):<{WIDEST}}  {_cut(right.get(name))}".rstrip()
        for name in filled
    ]


def evidence_lines(row: Row) -> list[str]:
    """Return what speaks for and against a pair being one: each field's level and weight."""
    told = [entry for entry in row["comparison"] or [] if entry["weight"] is not None]
    parts = [
        f"{entry['field']} {entry.get('level') or ''} {signed(entry['weight'])}" for entry in told
    ]
    lines = [f"  weight {weight_text(row)}"]
    if parts:
        lines.append(f"  = {'; '.join(' '.join(part.split()) for part in parts)}")
    if row["contradiction_l"]:
        two = f"{shown(row['contradiction_l'])} and {shown(row['contradiction_r'])}"
        lines.append(f"  not linked, since that would make one of {two}, which are two")
    return lines


def weight_text(row: Row) -> str:
    """Return the weight of a pair with its probability, and what found it."""
    if row["match_weight"] is None:
        return f"none, by {row['basis']}"
    probability = row["match_probability"]
    likely = f", probability {share(probability)}" if probability is not None else ""
    return f"{signed(row['match_weight'])}{likely}, by {row['basis']}"


def signed(weight: float) -> str:
    """Return a weight with its sign."""
    return f"{weight:+.1f}".replace("-", MINUS)


def story_text(told: Row) -> str:
    """Return a golden id or a record: what belongs to it since when, its pairs and its events."""
    if "golden_id" in told:
        lines = [f"{told['object_type']} {told['golden_id']}"]
        lines += [f"  {_span(row)}  {shown(row['record_key'])}" for row in told["records"]]
    else:
        lines = [f"{told['object_type']} record {shown(told['record_key'])}"]
        lines += [f"  {_span(row)}  {row['golden_id']}" for row in told["golden_ids"]]
    return "\n".join([*lines, *_pair_lines(told["pairs"]), *_event_lines(told["events"])])


def _span(row: Row) -> str:
    until = f"until {row['valid_to']}" if row["valid_to"] else ""
    why = f"{row['match_rule']}, {share(row['match_score'])}"
    return f"since {row['valid_from']} {until:<16}  {why:<24}"


def _pair_lines(pairs: Sequence[Row]) -> list[str]:
    lines = ["  pairs"] if pairs else []
    for row in pairs:
        decided = f", entry {row['decided_by']} of the ledger" if row["decided_by"] else ""
        keys = f"{shown(row['record_key_l'])} = {shown(row['record_key_r'])}"
        lines.append(f"    {row['outcome']:<11} {keys}  weight {weight_text(row)}{decided}")
    return lines


def _event_lines(events: Sequence[Row]) -> list[str]:
    lines = ["  events"] if events else []
    for row in events:
        other = f" and {row['other_golden_id']}" if row["other_golden_id"] else ""
        ids = f"{row['golden_id'] or row['namespace']}{other}"
        entry = f", entry {row['ledger_sequence']}" if row["ledger_sequence"] else ""
        undone = ", reversed since" if row["is_reversed"] else ""
        what = f"{row['event_date']}  {row['event_type']} of {ids}"
        lines.append(f"    {what}, by {row['origin']}{entry}{undone}: {shown(row['reason'])}")
    return lines


def _cut(value: object) -> str:
    text = shown(value)
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
