"""What a method is: a way to place the units that no first rule of a scheme has caught."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

STOOD = "_stood"  # column of the segment that a unit had before tonight; null where it had none


@dataclass(frozen=True, kw_only=True)
class Flip:
    """The smallest change of one value that moves a unit, as SQL over `placed`.

    `value` is null where there is none. `segment` is what the unit then turns to, null where
    nothing would cover it.
    """

    column: str
    value: str
    segment: str


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The SQL of a method.

    `ctes` lead from `ruled` (the columns read, `_rule` and `_is_incomplete`) to `placed`, which has
    all of these and what the method adds. The other parts are expressions over `placed`. `segment`
    is null for a unit that nothing covers, and `uncovered` the fallback code of one that has none
    for another reason; `branch` names what decided. `banded` is the segment
    with enter and exit bands, given the segment in `_stood`; without it there are no bands.
    `contributions` is JSON text. `facts` are values to be shown among the inputs, with their types.
    """

    ctes: str
    segment: str = "_segment"
    branch: str = "_segment"
    flip: Flip | None = None
    banded: str | None = None
    contributions: str | None = None
    uncovered: str = "null"
    facts: tuple[tuple[str, str, str], ...] = ()  # name, expression, SQL type


@dataclass(frozen=True, kw_only=True)
class Method(ABC):
    """One kind of method; its subclasses are frozen dataclasses of plain values."""

    @property
    def kind(self) -> str:
        """The name of the method in configuration and in rule ids: pareto_share, thresholds, …."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(self).__name__).lower()

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """The columns that the method reads."""

    @property
    def needs(self) -> tuple[str, ...]:
        """The columns without which it cannot decide: all that it reads, unless it says other."""
        return self.reads

    @property
    @abstractmethod
    def segments(self) -> tuple[str, ...]:
        """The segments it can give, in order; empty where they are those of other schemes."""

    def hashed(self) -> dict[str, object]:
        """All of it that decides, for the hash of a rule set."""
        return asdict(self)

    @abstractmethod
    def place(self, columns: Mapping[str, str], band: Decimal) -> Placement:
        """Write the SQL of the method.

        `columns` map names to SQL types. `band` is the share of a cut by which a value must be
        beyond it before the unit leaves its segment; 0 for none.
        """
