"""supply.yml: how supply is judged: dates, ways, risks of countries, and what mends a mismatch."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.supply.actions import ActionName
from models.supply.geography import INDICES, IndexName
from workspace.config.strict import Strict

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Place = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(gt=0)]


class DeliverySettings(Strict):
    """By which date a delivery is judged, and how much it takes to rank a supplier."""

    due_by: Literal["requested", "first_confirmed", "last_confirmed"] = Field(
        "requested",
        description="Date that deliveries are judged by; without it, the requested one is.",
    )
    minimum_due_lines: int = Field(
        10, ge=1, description="Due order lines without which a supplier has no rank."
    )


class Route(Strict):
    """A way that goods take through other countries."""

    origin: Country
    destination: Country
    via: tuple[Country, ...] = Field(min_length=1, description="Countries passed, in order.")


class GeographySettings(Strict):
    """Which countries are one to customs, which make a region, and by which way goods come."""

    customs_territories: dict[Place, tuple[Country, ...]] = Field(
        default_factory=dict, description="Territory: its countries, between which is no border."
    )
    regions: dict[Place, tuple[Place, ...]] = Field(
        default_factory=dict, description="Region: the countries and regions right below it."
    )
    routes: tuple[Route, ...] = ()

    @model_validator(mode="after")
    def _each_has_one_place(self) -> GeographySettings:
        for what, groups in (
            ("customs territory", self.customs_territories),
            ("region", self.regions),
        ):
            members = [member for group in groups.values() for member in group]
            twice = sorted({member for member in members if members.count(member) > 1})
            if twice:
                raise ValueError(f"{', '.join(twice)} is in more than one {what}")
        above = {member: region for region, inside in self.regions.items() for member in inside}
        for start in above:
            place, passed = start, set[str]()
            while place in above and place not in passed:
                passed.add(place)
                place = above[place]
            if place in passed:
                raise ValueError(f"{place} lies in itself")
        return self


class RiskIndex(Strict):
    """One part of the risk of a country: its weight, where it comes from, and its scale."""

    weight: Share = Field(description="Part of the score that it makes.")
    signal: str | None = Field(
        None, description="External signal that gives it; by default the one of its own name."
    )
    best: float = Field(0, description="Value that is no risk.")
    worst: float = Field(1, description="Value that is all the risk there is.")

    @model_validator(mode="after")
    def _has_a_scale(self) -> RiskIndex:
        if self.best == self.worst:
            raise ValueError("best and worst are the same value")
        return self


def _even() -> dict[IndexName, RiskIndex]:
    return {name: RiskIndex(weight=1 / len(INDICES)) for name in INDICES}


class GeoRiskSettings(Strict):
    """What the risk of a country or region is made of."""

    indices: dict[IndexName, RiskIndex] = Field(
        default_factory=_even, description="Its parts; an index that is not named has no weight."
    )
    minimum_lines: int = Field(
        30, ge=2, description="Received order lines from which lead-time risk is measured."
    )

    @model_validator(mode="after")
    def _weights_make_one(self) -> GeoRiskSettings:
        total = sum(index.weight for index in self.indices.values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights add up to {total:g}, not to 1")
        return self


class Effect(Strict):
    """What an action is reckoned to change; what is left out stays as the catalogue has it."""

    lead_time_factor: Factor | None = Field(None, description="Mean lead time after by before.")
    lead_time_sd_factor: Annotated[float, Field(ge=0)] | None = Field(
        None, description="Its deviation after by before."
    )
    minimum_order_factor: Annotated[float, Field(ge=0)] | None = Field(
        None, description="Smallest order after by before."
    )
    holding_factor: Factor | None = Field(None, description="Cost of a unit in stock, so.")
    waiting_factor: Factor | None = Field(None, description="Cost of a unit waited for, so.")
    price_premium_rate: Annotated[float, Field(ge=0)] | None = Field(
        None, description="What a unit costs more, as a share of its cost."
    )
    is_open: bool = Field(True, description="False takes the action out of the catalogue.")


class MismatchSettings(Strict):
    """From when on supply is hard, and what actions are reckoned to change."""

    long_lead_time_days: Factor = Field(42, description="Mean lead time in calendar days.")
    variable_lead_time_ratio: Factor = Field(
        0.4, description="Deviation of the lead time by its mean."
    )
    rigid_order_weeks: Factor = Field(13, description="Weeks that the smallest order lasts.")
    unreliable_otif_rate: Share = Field(
        0.8, description="Deliveries on time and in full below which one source is too few."
    )
    actions: dict[ActionName, Effect] = Field(default_factory=dict)


class SupplyFile(Strict):
    """supply.yml; each part may be left out."""

    delivery: DeliverySettings = DeliverySettings()
    geography: GeographySettings = GeographySettings()
    geo_risk: GeoRiskSettings = GeoRiskSettings()
    mismatch: MismatchSettings = MismatchSettings()
