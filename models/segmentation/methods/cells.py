"""The SQL of rules over a partition: units fall into cells, and each cell is judged once.

A cell is the piece of every column in which a unit's values lie, as one whole number or several.
For a cell it is worked out which rule decides and, for each number that a condition reads plainly,
which is the next piece below and above that gives something else, all other pieces held. A unit
then has the nearest of those pieces: by how far its own value is from it, as a share of the
column's largest cut; equal distances go by the order of columns, the lower value first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.segmentation.errors import SchemeError
from models.segmentation.hit_policy import HitPolicy
from models.segmentation.methods.bit_words import CONFLICT, CellWords, Judge, by_piece
from models.segmentation.methods.method import Placement
from models.segmentation.methods.nearest import Flips
from models.segmentation.partition.boxes import boxes
from models.segmentation.partition.diagram import TooCostlyError
from models.segmentation.partition.exact import OPAQUE, Partition, partition
from models.segmentation.partition.predicate import Predicate
from models.segmentation.sql_values import quoted

RULE_CONFLICT = "RULE_CONFLICT"  # fallback code of a unit of which rules are true that may not be
_KEY_LIMIT = 2**62  # what one whole number can tell apart
_CTES = """\
pieced as (  -- in which piece of its column each value lies
    select
        ruled.*{pieces}
    from ruled
),

keyed as (
    select
        pieced.*,
        {keys}
    from pieced
),

cells as (
    select distinct {cell}
    from keyed
    where _rule is null
),

allowed as (  -- the boxes of rules that allow each piece, as bits
    select
        cells.*{allowed}
    from cells
),

fired as (
    select
        allowed.*,
        {fired}
    from allowed
),

numbered as (
    select
        fired.*,
        {number} as _number
    from fired
),

current as (  -- the boxes of the segment that was decided
    select
        numbered.*,
        {current}
    from numbered
),

ruling as (
    select
        current.*,
        {branch} as _branch,
        {contributions} as _contributions
    from current
),

"""


@dataclass(frozen=True, kw_only=True)
class NamedRule:
    """A rule by the name that an assignment shows, and the segment it gives."""

    name: str
    segment_id: str


def place_by_cells(
    conditions: Sequence[Predicate],
    columns: Mapping[str, str],
    rules: Sequence[NamedRule],
    policy: HitPolicy,
) -> Placement:
    """Write the SQL of rules, one for each condition; raises SchemeError for too many boxes."""
    try:
        return _Writer(partition(conditions, columns), rules, policy).placement()
    except TooCostlyError as error:
        raise SchemeError(f"the rules cost too much to run: {error}") from error


class _Writer:
    """Writes the CTEs from `ruled` to `placed`."""

    def __init__(self, partition: Partition, rules: Sequence[NamedRule], policy: HitPolicy) -> None:
        self.partition, self.rules, self.policy = partition, rules, policy
        given = [rule.segment_id for rule in rules]
        self.segments = policy.order or tuple(dict.fromkeys(given))
        found = boxes(partition, policy.ranked(given))
        self.words, self.levels = range(found.words), found.levels
        self.judge = Judge(
            boxes=found,
            decides=policy.decides,
            rule_segments=tuple(given),
            segments=self.segments,
        )
        self.cell_words = CellWords(boxes=found)
        self.fired = [f"_f{word}" for word in self.words]

    def placement(self) -> Placement:
        keys = self._keys()
        ctes = _CTES.format(
            pieces=_columns(f"{self._piece(level)} as _p{level}" for level in self.levels),
            keys=_listed(keys, "_cell"),
            cell=", ".join(
                [*(f"_cell{n}" for n in range(len(keys))), *(f"_p{n}" for n in self.levels)]
            ),
            allowed=_columns(sql for level in self.levels for sql in self._allowed(level)),
            fired=_listed(self.cell_words.of(), "_f"),
            number=self.judge.number(self.fired),
            current=_listed([self._mask(word) for word in self.words], "_s"),
            branch=self._branch(),
            contributions=self._contributions(),
        )
        flips = Flips(self.partition, self.judge, self.cell_words)
        return Placement(
            ctes=ctes + flips.ctes([f"_cell{n}" for n in range(len(keys))]),
            branch="_branch",
            flip=flips.flip,
            contributions="_contributions" if self.policy.is_list else None,
            uncovered=f"case when _number = {CONFLICT} then '{RULE_CONFLICT}' end",
        )

    def _piece(self, level: int) -> str:
        domains = self.partition.domains
        if level < len(domains):
            return domains[level].piece_sql()
        sql = self.partition.opaque[level - len(domains)].sql
        yes, no = OPAQUE.index(True), OPAQUE.index(False)
        return f"case when {sql} then {yes} when not ({sql}) then {no} else 0 end"

    def _keys(self) -> list[str]:
        """The numbers that tell cells apart: pieces in a mixed radix."""
        keys: list[list[str]] = []
        factor = _KEY_LIMIT
        for level in self.levels:
            size = self.partition.diagrams.sizes[level]
            if factor * size > _KEY_LIMIT:
                keys.append([])
                factor = 1
            keys[-1].append(f"cast({factor} as bigint) * _p{level}")
            factor *= size
        return [" + ".join(key) for key in keys] or ["cast(0 as bigint)"]

    def _allowed(self, level: int) -> list[str]:
        sizes = range(self.partition.diagrams.sizes[level])
        numbers = [self.judge.boxes.allowing(level, piece) for piece in sizes]
        return [
            f"cast({by_piece(f'_p{level}', [n[word] for n in numbers])} as bigint) "
            f"as _a{level}_{word}"
            for word in self.words
        ]

    def _mask(self, word: int) -> str:
        branches = " ".join(
            f"when {n} then {self.judge.mask(segment)[word]}"
            for n, segment in enumerate(self.segments, start=1)
        )
        return f"cast(case _number {branches} else 0 end as bigint)"

    def _branch(self) -> str:
        current = [f"_s{word}" for word in self.words]
        rule = self.judge.rule(self.fired, current, [quoted(rule.name) for rule in self.rules])
        return f"case when _number = {CONFLICT} then 'conflict' else {rule} end"

    def _contributions(self) -> str:
        if not self.policy.is_list:
            return "cast(null as string)"
        parts = []
        for number, rule in enumerate(self.rules):
            masks = zip(self.fired, self.judge.boxes.of([number]), strict=True)
            test = " or ".join(f"({word} & {mask}) <> 0" for word, mask in masks)
            text = quoted(f'"{rule.name}":"{rule.segment_id}"')
            parts.append(f"case when {test} then {text} end")
        return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


def _listed(expressions: Sequence[str], prefix: str) -> str:
    return ",\n        ".join(f"{sql} as {prefix}{n}" for n, sql in enumerate(expressions))


def _columns(expressions: Iterable[str]) -> str:
    return "".join(f",\n        {sql}" for sql in expressions)
