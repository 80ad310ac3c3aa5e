"""From agreement patterns to a trained model: sessions by blocking rule, and what stood in."""

from __future__ import annotations

import numpy as np

from workspace.matching.blocking import Rule, rules_of
from workspace.matching.declaration import Declaration
from workspace.matching.estimation import (
    Fit,
    Floats,
    Patterns,
    by_level,
    fit,
    match_probability,
    posterior,
    without_matches,
)
from workspace.matching.model_file import MatchModel, Session, TrainedLevel, TrainingRecord
from workspace.matching.shape import Comparison

ROUNDS = 3
LEAST_PAIRS = 30  # of a block's pairs, for a session to say anything
ENOUGH_MATCHES = 50  # expected matches after which weaker keys have nothing to teach
ALL_MATCHES = 0.999  # above this share of matches in a block of weak keys, EM found but one class
LEAST_MATCHES = 10  # expected matches by which a comparison is called learned
Values = tuple[Floats, ...]


def learn(
    draft: MatchModel,
    declaration: Declaration,
    patterns: Patterns,
    sample: Patterns,
    exact: tuple[float | None, ...],
    *,
    pair_count: float,
) -> MatchModel:
    """Return the draft with the parameters that explain the patterns.

    `sample` are random pairs, `exact` the share of all pairs on the best level where it is known.
    """
    start = tuple(_supposed(comparison) for comparison in declaration.comparisons)
    random = tuple(by_level(sample, sample.counts, at, len(one)) for at, one in enumerate(start))
    shares = tuple(_shares(counts, best) for counts, best in zip(random, exact, strict=True))
    known = tuple(
        float(counts.sum()) / max(sample.counts.sum(), 1) * pair_count for counts in random
    )
    u = shares
    for _ in range(ROUNDS):
        sessions, expected = _sessions(declaration, patterns, start, u)
        m = tuple((e + s) / (e + s).sum() for e, s in zip(expected, start, strict=True))
        probability = match_probability(patterns, m, u, pair_count)
        weights = patterns.counts * posterior(patterns, dict(enumerate(m)), u, probability)
        u = _among_strangers(shares, m, patterns, weights, known)
    levels, notes = {}, []
    for at, comparison in enumerate(declaration.comparisons):
        levels[comparison.name], said = _levels(comparison, m[at], u[at], expected[at], random[at])
        notes += said
    training = _recorded(draft.training, sample, sessions, notes, probability * pair_count)
    found = {"levels": levels, "match_probability": float(f"{probability:.9g}")}
    return draft.model_copy(update={**found, "training": training})


def _recorded(
    training: TrainingRecord,
    sample: Patterns,
    sessions: list[Session],
    notes: list[str],
    match_count: float,
) -> TrainingRecord:
    """Return the training record with what the sessions have found."""
    return training.model_copy(
        update={
            "sampled_pair_count": int(sample.counts.sum()),
            "match_count": round(match_count, 1),
            "sessions": tuple(sessions),
            "converged": bool(sessions) and all(session.converged for session in sessions),
            "notes": tuple(notes),
        }
    )


def _supposed(comparison: Comparison) -> Floats:
    """Return how many matches at each level are supposed before any is seen, from level 0 up."""
    if comparison.supposed:
        return np.array(comparison.supposed[::-1])
    count = sum(not level.is_null for level in comparison.levels)
    found = np.full(count, 0.2 / max(count - 1, 1))
    found[-1] = 1.8
    return found


def _shares(counts: Floats, exact: float | None) -> Floats:
    """Return the levels' shares among random pairs; a level never seen is half a pair's share."""
    if counts.sum() < 1:  # no two records with a value: agreement is supposed to be rare
        shares = np.full(len(counts), 0.0001)
        shares[0] = 1 - 0.0001 * (len(counts) - 1)
        return shares
    shares = np.maximum(counts, 0.5)
    shares = shares / shares.sum()
    if exact is not None and len(shares) > 1:
        exact = min(max(exact, 1e-12), 1 - 1e-6)  # where all records agree, a level is left
        shares[:-1] *= (1 - exact) / shares[:-1].sum()
        shares[-1] = exact
    return np.asarray(shares, dtype=np.float64)


def _among_strangers(
    shares: Values, m: Values, patterns: Patterns, weights: Floats, known: tuple[float, ...]
) -> Values:
    """Return the levels' shares among pairs that are no matches.

    `weights` are the matches expected of each pattern, `known` the pairs with both values.
    """
    return tuple(
        without_matches(
            shares[at],
            one,
            float(by_level(patterns, weights, at, len(one)).sum()) / max(known[at], 1),
        )
        for at, one in enumerate(m)
    )


def _sessions(
    declaration: Declaration, patterns: Patterns, start: Values, u: Values
) -> tuple[list[Session], list[Floats]]:
    """Run a session for each rule that can teach; return them and the expected matches by level.

    Exact numbers teach first, as their blocks hold the fewest strangers; then exact names; blocks
    of weaker keys teach only what those could not, and nothing where no pair is a stranger: then
    all that is compared agrees by sharing the key.
    """
    names = [comparison.name for comparison in declaration.comparisons]
    expected = [np.zeros(len(one)) for one in u]
    sessions = []
    tiers = ((True, True), (True, False), (False, False))
    for is_strong, is_hard in tiers:
        wanted = [
            float(found.sum()) < ENOUGH_MATCHES and (is_strong or not comparison.is_hard)
            for found, comparison in zip(expected, declaration.comparisons, strict=True)
        ]
        added = [np.zeros(len(one)) for one in u]
        for number, rule in enumerate(rules_of(declaration)):
            learned = tuple(name not in rule.says for name in names)
            teaches = any(one and want for one, want in zip(learned, wanted, strict=True))
            inside = patterns.of_rule(number)
            is_turn = (rule.is_strong, rule.is_hard) == (is_strong, is_hard)
            if not is_turn or not teaches or inside.counts.sum() < LEAST_PAIRS:
                continue
            found = fit(inside, start=start, u=u, learned=learned)
            is_one_class = not rule.is_strong and found.match_share > ALL_MATCHES
            sessions.append(_session(rule, inside, found, is_one_class=is_one_class))
            if is_one_class:
                continue
            added = [old + new for old, new in zip(added, found.expected, strict=True)]
        expected = [
            old + new if want else old
            for old, new, want in zip(expected, added, wanted, strict=True)
        ]
    return sessions, expected


def _session(rule: Rule, inside: Patterns, found: Fit, *, is_one_class: bool) -> Session:
    return Session(
        rule=rule.name,
        pair_count=int(inside.counts.sum()),
        match_share=round(found.match_share, 6),
        iterations=found.iterations,
        converged=found.converged,
        note="no strangers among them: taught nothing" if is_one_class else "",
    )


def _levels(
    comparison: Comparison, m: Floats, u: Floats, expected: Floats, random: Floats
) -> tuple[tuple[TrainedLevel, ...], list[str]]:
    """Return the trained levels, best first, and notes on what was never seen.

    A level seen neither among matches nor among random pairs says nothing (m = u), or half of what
    the best level says.
    """
    known = [level for level in comparison.levels if not level.is_null]
    notes = []
    if expected.sum() < LEAST_MATCHES:
        notes.append(f"{comparison.name}: fewer than {LEAST_MATCHES} matches, values supposed")
    levels = []
    for index, level in enumerate(known):
        at = len(known) - 1 - index
        one, other, note = float(m[at]), float(u[at]), ""
        if expected[at] < 0.5 and random[at] < 0.5 and random.sum() >= 1:
            best = float(m[-1] / u[-1])
            one, other = other * (best**0.5 if level.half_of_exact else 1.0), other
            note = "never seen, weighs " + (
                "half of the best" if level.half_of_exact else "nothing"
            )
        levels.append(
            TrainedLevel(
                label=level.label,
                m=float(f"{one:.9g}"),
                u=float(f"{other:.9g}"),
                observed=not note,
                note=note,
            )
        )
    return tuple(levels), notes
