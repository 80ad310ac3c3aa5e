"""What can be done where demand and supply do not fit: the catalogue of actions.

Each says what it is reckoned to change; a company may put its own figures in place of these. They
are assumptions of the same kind as a service target, and what a simulation is asked about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ActionName = Literal[
    "shorten_lead_time",
    "second_source",
    "lower_minimum_order",
    "local_source",
    "make_or_buy_to_order",
    "postpone",
]
Trait = Literal["long", "variable", "rigid", "dependent"]
TRAITS: tuple[Trait, ...] = get_args(Trait)


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action: in words, what of supply it answers, and what it changes.

    Factors are after by before: of the lead time's mean and deviation, of the smallest order, of
    the cost of holding a unit, and of the cost of a unit that is waited for. `price_premium_rate`
    is what a unit costs more. `keeps_stock` is false where nothing is kept ahead of demand.
    """

    words: str
    answers: frozenset[Trait]
    lead_time_factor: float = 1.0
    lead_time_sd_factor: float = 1.0
    minimum_order_factor: float = 1.0
    holding_factor: float = 1.0
    waiting_factor: float = 1.0
    price_premium_rate: float = 0.0
    keeps_stock: bool = True


CATALOGUE: dict[ActionName, Action] = {
    "shorten_lead_time": Action(
        words="Agree a shorter lead time with the supplier",
        answers=frozenset({"long"}),
        lead_time_factor=0.5,
        lead_time_sd_factor=0.5,
        price_premium_rate=0.01,
    ),
    "second_source": Action(
        words="Qualify a second source, and order from whichever can deliver",
        answers=frozenset({"variable", "dependent"}),
        lead_time_factor=0.8,
        lead_time_sd_factor=0.4,
        price_premium_rate=0.01,
    ),
    "lower_minimum_order": Action(
        words="Negotiate a smaller minimum order",
        answers=frozenset({"rigid"}),
        minimum_order_factor=0.2,
        price_premium_rate=0.01,
    ),
    "local_source": Action(
        words="Move to a source nearby",
        answers=frozenset({"long", "variable"}),
        lead_time_factor=0.3,
        lead_time_sd_factor=0.3,
        price_premium_rate=0.05,
    ),
    "make_or_buy_to_order": Action(
        words="Make or buy to order, with a promised date, instead of stocking",
        answers=frozenset({"long", "variable", "rigid"}),
        waiting_factor=0.3,
        keeps_stock=False,
    ),
    "postpone": Action(
        words="Hold the stock upstream, and finish it when it is asked for",
        answers=frozenset({"long", "variable"}),
        lead_time_factor=0.5,
        lead_time_sd_factor=0.5,
        holding_factor=0.8,
        price_premium_rate=0.02,
    ),
}
