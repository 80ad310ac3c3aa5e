"""The same decision table in zen-engine (GoRules), where it is installed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any


class Zen:
    """A table in zen-engine, hit policy first."""

    def __init__(self, decision: Any) -> None:
        """Hold the decision."""
        self.decision = decision

    def segment(self, values: Mapping[str, float]) -> str | None:
        """Return what it says of one unit, None where no rule is true."""
        found: str | None = self.decision.evaluate(values)["result"].get("segment")
        return found


def zen_table(
    rules: Mapping[str, tuple[str, Mapping[str, str]]], columns: Sequence[str]
) -> Zen | None:
    """Return the table of rules (name: segment and cells by column), None without zen-engine."""
    try:
        zen: Any = import_module("zen")
    except ImportError:
        return None
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in columns],
        "outputs": [{"id": "segment", "name": "segment", "field": "segment"}],
        "rules": [
            {"_id": name, **dict.fromkeys(columns, ""), **cells, "segment": json.dumps(segment)}
            for name, (segment, cells) in rules.items()
        ],
    }
    place = {"x": 0, "y": 0}
    kinds = {"in": "inputNode", "table": "decisionTableNode", "out": "outputNode"}
    nodes: list[dict[str, Any]] = [
        {"id": name, "name": name, "type": kind, "position": place} for name, kind in kinds.items()
    ]
    nodes[1]["content"] = content
    edges = [
        {"id": f"{one}-{other}", "sourceId": one, "targetId": other, "type": "edge"}
        for one, other in (("in", "table"), ("table", "out"))
    ]
    graph = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    return Zen(zen.ZenEngine().create_decision(json.dumps(graph)))
