"""A trained model for people: its weights as text, and as a page with bars."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Sequence

from workspace.matching.model_file import MatchModel, TrainedLevel
from workspace.matching.pairs import prior_weight

WIDEST = 20.0  # bits that fill half of the chart

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; color: #1d2433; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; padding-top: .8rem; }
td { padding: 1px .5rem 1px 0; white-space: nowrap; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.bars { width: 50%; }
.bar { display: flex; } .bar span { width: 50%; height: .9rem; display: flex; }
.bar span:first-child { justify-content: flex-end; border-right: 1px solid #8a93a6; }
.for { background: #2f7d5b; } .against { background: #b4533c; } .note { color: #5b6475; }
"""


def weight(level: TrainedLevel) -> float:
    """Return the bits that a level adds to a pair's weight."""
    return math.log2(level.m / level.u)


def weights_text(model: MatchModel) -> str:
    """Return the model as lines: level, chance among matches and others, weight."""
    return "\n".join(_lines(model))


def _lines(model: MatchModel) -> Iterator[str]:
    record = model.training
    yield (
        f"{model.object_type}: trained {record.trained_on} on {record.record_count} records; "
        f"two records at random weigh {prior_weight(model):.1f}"
    )
    for name, levels in model.levels.items():
        yield f"  {name}"
        for level in levels:
            said = f"  ({level.note})" if level.note else ""
            yield (
                f"    {weight(level):+6.1f}  {level.label:<34} "
                f"matches {level.m:8.2%}  others {level.u:9.3%}{said}"
            )
    for note in record.notes:
        yield f"  {note}"


def weights_page(models: Sequence[MatchModel]) -> str:
    """Return a page that needs nothing but itself."""
    body = "".join(_section(model) for model in models)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>Match weights</title><style>{STYLE}</style></head><body>"
        "<h1>Match weights</h1><p>A bar to the right says: one thing. To the left: two. "
        "A weight is log2 of how much more often a level occurs among records of one thing.</p>"
        f"{body}</body></html>\n"
    )


def _section(model: MatchModel) -> str:
    record = model.training
    rows = "".join(
        f"<tr><th colspan=5>{html.escape(name.replace('_', ' '))}</th></tr>"
        + "".join(_row(level) for level in levels)
        for name, levels in model.levels.items()
    )
    notes = "".join(f"<li>{html.escape(note)}</li>" for note in record.notes)
    return (
        f"<h2>{html.escape(model.object_type)}</h2>"
        f"<p>Trained {html.escape(record.trained_on)} on {record.record_count:,} records "
        f"with about {record.match_count:,.0f} pairs of one thing. "
        f"Two records of which nothing is known weigh {prior_weight(model):.1f}.</p>"
        f"<table>{rows}</table><ul class=note>{notes}</ul>"
    )


def _row(level: TrainedLevel) -> str:
    bits = weight(level)
    share = min(abs(bits) / WIDEST, 1) * 100
    bar = f'<i class="{"for" if bits > 0 else "against"}" style="width:{share:.1f}%"></i>'
    left, right = ("", bar) if bits > 0 else (bar, "")
    return (
        f"<tr><td>{html.escape(level.label)}</td>"
        f'<td class="bars"><div class="bar"><span>{left}</span><span>{right}</span></div></td>'
        f"<td class=number>{bits:+.1f}</td><td class=number>{level.m:.2%} of matches</td>"
        f"<td class=number>{level.u:.3%} of others</td></tr>"
    )
