"""`stability:` of a scheme: what keeps its units where they are, and what lets them move."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.stability.replay import Review
from models.stability.step import DEFAULT, Stability
from models.stability.triggers import Kind, Trigger
from workspace.config.strict import Strict

Days = Annotated[int, Field(ge=0, le=3660)]
TriggerId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Confirmation(Strict):
    """How often the rules must say a move before it is one: on so many of the last nights."""

    nights: int = Field(DEFAULT.confirm, ge=1, le=60)
    of: int = Field(DEFAULT.among, ge=1, le=60)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.nights > self.of:
            raise ValueError(f"{self.nights} of {self.of} nights cannot be")
        return self


class NoticeDays(Strict):
    """Days from the confirmation of a move to its effect, by direction on the ladder."""

    down: Days = 0
    up: Days = 0


class TriggerSettings(Strict):
    """What must happen to a feature of a unit before it may move between two reviews."""

    trigger: TriggerId = Field(description="Name of the trigger, published with what it fires for.")
    column: str = Field(description="Feature that is watched.")
    kind: Literal["limits", "step", "shift", "change"]
    lower: Decimal | None = Field(None, description="Of `limits`: at or below it, it fires down.")
    upper: Decimal | None = Field(None, description="Of `limits`: at or above it, it fires up.")
    size: Decimal | None = Field(
        None, gt=0, description="Of `step`: share of the reference; of `shift`: difference from it."
    )
    nights: int = Field(1, ge=1, le=366, description="Nights in a row that it must hold.")
    cooldown_days: Days = Field(0, description="Days in which it does not fire again.")

    @model_validator(mode="after")
    def _has_its_keys(self) -> Self:
        of_kind = {"limits": {"lower", "upper"}, "step": {"size"}, "shift": {"size"}}
        wanted = of_kind.get(self.kind, set())
        given = {key for key in ("lower", "upper", "size") if getattr(self, key) is not None}
        if given != wanted:
            told = " and ".join(sorted(wanted)) or "neither limits nor a size"
            raise ValueError(f"a trigger of kind {self.kind} has {told}")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise ValueError(f"the lower limit {self.lower} is not below the upper {self.upper}")
        return self

    def trigger_of(self) -> Trigger:
        """Return the trigger that the mathematics knows."""
        return Trigger(
            kind=Kind(self.kind),
            lower=float(self.lower) if self.lower is not None else -float("inf"),
            upper=float(self.upper) if self.upper is not None else float("inf"),
            size=float(self.size or 0),
            persistence=self.nights,
            cooldown_days=self.cooldown_days,
        )


class ChangeCosts(Strict):
    """What classes that do not fit, and moves, cost: by these the frontier is drawn."""

    misfit_rate: Decimal = Field(
        Decimal("0.02"),
        ge=0,
        description="Share of its value at stake that a unit costs in a year for each step of the "
        "ladder between its segment and the one that fits.",
    )
    move_amount: Decimal = Field(
        Decimal(20), ge=0, description="Cost of a move, in reporting currency."
    )
    move_hours: Decimal = Field(
        Decimal("0.25"), ge=0, description="Working hours that a move takes people."
    )
    capacity_hours: Decimal | None = Field(
        None, ge=0, description="Working hours that there are for moves in a month; none: no limit."
    )


class StabilitySettings(Strict):
    """What keeps the units of a scheme where they are."""

    band: Decimal = Field(
        Decimal(str(DEFAULT.band)),
        ge=0,
        lt=1,
        description="Share of a cut by which a value must pass it.",
    )
    confirm: Confirmation = Confirmation()
    dwell_days: Days = Field(DEFAULT.dwell_days, description="Days between two moves of a unit.")
    cooldown_days: Days = Field(0, description="Days before a unit comes back to a segment.")
    notice_days: NoticeDays = NoticeDays()
    moves: Review = Field(Review.NIGHTLY, description="Nights on which units may move.")
    moves_between: int = Field(
        0, ge=0, description="Units that may move between two such nights when a trigger fires."
    )
    triggers: tuple[TriggerSettings, ...] = ()
    costs: ChangeCosts = ChangeCosts()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [trigger.trigger for trigger in self.triggers]
        if len(names) != len(set(names)):
            raise ValueError("two triggers have one name")
        return self

    def stability(self) -> Stability:
        """Return the settings that the mathematics knows."""
        return Stability(
            band=float(self.band),
            confirm=self.confirm.nights,
            among=self.confirm.of,
            dwell_days=self.dwell_days,
            cooldown_days=self.cooldown_days,
            notice_down_days=self.notice_days.down,
            notice_up_days=self.notice_days.up,
        )
