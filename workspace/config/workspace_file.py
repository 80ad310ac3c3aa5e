"""workspace.yml: what holds for the whole company."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from models.demand.regularity import AdiDefinition
from workspace.config.field_fill_limit import FieldFill
from workspace.config.intraday_settings import IntradaySettings
from workspace.config.outside_data import PointOfSaleSettings, SignalSettings
from workspace.config.strict import Strict
from workspace.config.value_settings import CustomerValueSettings, HalfLife, MarginSettings


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"`{name}` is no zone of the IANA data base") from error
    return name


TimeZone = Annotated[str, AfterValidator(_known_zone)]
Share = Annotated[float, Field(ge=0, le=1)]


class Gates(Strict):
    """Limits past which a night is held."""

    maximum_quarantine_share: Share = Field(
        0.02, description="Largest share of one delivered extract's records in quarantine."
    )
    maximum_churn_share: Share = Field(
        0.25, description="Largest share of units that change segment in one night and scheme."
    )
    maximum_value_moved_share: Share | None = Field(
        None,
        description="Largest share of value at stake that changes segment in one night and scheme; "
        "none: as of units.",
    )
    maximum_fallback_share: Share = Field(
        0.5,
        description="Largest share of a scheme's units whose segment rests on a substitute, or on "
        "the scheme's fallback for want of an input.",
    )
    field_fill: tuple[FieldFill, ...] = ()


class DemandSeries(StrEnum):
    """Which demand the features describe."""

    CLEANSED = "cleansed"  # baseline: without promotions and one-offs, with what was lost
    RAW = "raw"  # as ordered, less returns


class DemandProfileSettings(Strict):
    """Definitions that the demand features depend on."""

    series: DemandSeries = Field(
        DemandSeries.CLEANSED,
        description="Demand that features describe: the cleansed baseline, or what was ordered.",
    )
    adi_definition: AdiDefinition = Field(
        AdiDefinition.LEADING_ZEROS_TRIMMED,
        description="How the average demand interval is counted.",
    )
    half_life_weeks: HalfLife = Field(
        26, description="Age at which a week counts half in the decayed mean of demand."
    )


class ReleaseSettings(Strict):
    """What a release keeps."""

    duckdb_maximum_rows: int = Field(
        5_000_000, ge=1, description="Larger tables are published as Parquet only."
    )


class WorkspaceFile(Strict):
    """workspace.yml."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Short name of the workspace.")
    title: str = Field(description="Name of the company as people read it.")
    reporting_currency: str = Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")
    time_zone: TimeZone = Field("UTC", description="IANA zone of the company's business days.")
    week_starts_on: int = Field(1, ge=1, le=7, description="ISO weekday, 1 is Monday.")
    business_date: date | Literal["today"] = Field(
        "today", description="Day the night is run for; a fixed day for data of the past."
    )
    schedule: str = Field("0 2 * * *", description="Cron line of the nightly job.")
    minimum_receipts: int = Field(
        3, ge=2, description="Receipts needed before observed lead times replace planned ones."
    )
    demand_profile: DemandProfileSettings = DemandProfileSettings()
    customer_value: CustomerValueSettings = CustomerValueSettings()
    margins: MarginSettings = MarginSettings()
    gates: Gates = Gates()
    signals: SignalSettings = SignalSettings()
    point_of_sale: PointOfSaleSettings = PointOfSaleSettings()
    release: ReleaseSettings = ReleaseSettings()
    intraday: IntradaySettings = IntradaySettings()
