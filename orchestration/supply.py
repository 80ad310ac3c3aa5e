"""Supply as a night measures it: profile of items, record of suppliers, risk of countries."""

from __future__ import annotations

from datetime import date

import duckdb
import polars as pl

from models.supply.geography import WORLD, Geography, Index, geo_risk
from models.supply.lead_time_risk import INDEX as LEAD_TIME_RISK
from models.supply.lead_time_risk import lead_time_risk
from models.supply.profile import Supply, supply_profile
from models.supply.scorecard import supplier_scorecard
from models.supply.sources import SOURCE, Purchased
from models.supply.vintages import vintages
from workspace.config.supply_file import GeographySettings, SupplyFile
from workspace.warehouse import one_row

RISK = "features.feat_geo_risk"
SCORECARD = "features.supplier_scorecard"
PROFILE = "features.feat_supply_profile"
SIGNALS = """
    select subject_key as place, signal_name, cast(signal_value as double) as value, value_date,
        signal_stale
    from facts.fct_external_signal
    where is_in_force and subject_type in ('country', 'region')
"""
PLACES = """
    select country_code from golden.golden_supplier where country_code is not null
    union
    select country_code from golden.golden_location where country_code is not null
"""


def profile_supply(connection: duckdb.DuckDBPyConnection, settings: SupplyFile) -> str:
    """Profile the supply of every product at a site; return the query of feat_supply_profile."""
    (minimum,) = one_row(connection, "select minimum_receipts from night.parameters")
    (bills,) = one_row(connection, "select count(*) from staging.stg_bill_of_materials")
    components = connection.sql("select * from features.int_components").pl() if bills else None
    supply = Supply(
        items=connection.sql("select * from features.int_item_sources").pl(),
        purchased=_purchased(connection),
        suppliers=_suppliers(connection),
        components=components,
        risks=connection.sql(
            f"select geography_key as place, score_ratio, score_grade from {RISK} "
            "where valid_to is null"
        ).pl(),
        geography=geography(settings.geography),
    )
    connection.register("supply_profile", supply_profile(supply, minimum_receipts=minimum))
    return "select * from supply_profile"


def score_suppliers(connection: duckdb.DuckDBPyConnection, settings: SupplyFile) -> str:
    """Return the query of supplier_scorecard."""
    bought = _purchased(connection)
    least = settings.delivery.minimum_due_lines
    scored = supplier_scorecard(bought.portions, bought.lines, minimum_due_lines=least)
    connection.register("scored_suppliers", scored)
    return "select * from scored_suppliers"


def score_geography(connection: duckdb.DuckDBPyConnection, settings: SupplyFile) -> str:
    """Return the query of feat_geo_risk: what was known each night, with tonight laid over it."""
    (business_date,) = one_row(connection, "select business_date from night.parameters")
    signals = connection.sql(SIGNALS).pl()
    regions = geography(settings.geography)
    known = _known(connection, settings, signals, regions, business_date)
    indices = {
        name: Index(weight=index.weight, best=index.best, worst=index.worst)
        for name, index in settings.geo_risk.indices.items()
    }
    used = [index.signal or name for name, index in settings.geo_risk.indices.items()]
    places = {row[0] for row in connection.sql(PLACES).fetchall()}
    places |= {above for place in places for above in regions.above(place)} | {WORLD}
    scored = geo_risk(known, sorted(places), regions, indices).rename(
        {"place": "geography_key", "parent_place": "parent_key"}
    )
    dated = _vintage_dates(signals.filter(pl.col("signal_name").is_in(used)), places, regions)
    tonight = scored.join(dated, on="geography_key", how="left").with_columns(
        pl.col("is_stale").fill_null(False),
        geography_kind=pl.when(pl.col("geography_key") == WORLD)
        .then(pl.lit("world"))
        .when(pl.col("geography_key").is_in(list(settings.geography.regions)))
        .then(pl.lit("region"))
        .otherwise(pl.lit("country")),
    )
    before = connection.sql("select * from prior.feat_geo_risk").pl()
    kept = vintages(before, tonight, keys=["geography_key"], business_date=business_date)
    connection.register("geo_risks", kept)
    return "select * from geo_risks"


def geography(settings: GeographySettings) -> Geography:
    """Return the geography that supply.yml states, looked up by member; tops lie in the world."""
    return Geography(
        territory_of=_by_member(settings.customs_territories),
        region_of=_by_member(settings.regions),
        routes={(way.origin, way.destination): way.via for way in settings.routes},
    )


def _by_member(groups: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {member: name for name, members in groups.items() for member in members}


def _known(
    connection: duckdb.DuckDBPyConnection,
    settings: SupplyFile,
    signals: pl.DataFrame,
    regions: Geography,
    business_date: date,
) -> pl.DataFrame:
    """Return place, index and value: what is measured, else what signals say."""
    wanted = [(index.signal or name, name) for name, index in settings.geo_risk.indices.items()]
    named = pl.DataFrame(wanted, schema=["signal_name", "index"], orient="row")
    told = signals.join(named, on="signal_name").select("place", "index", "value")
    countries = _suppliers(connection).select(
        pl.col("supplier_id").alias(SOURCE), country="country_code"
    )
    measured = lead_time_risk(
        _purchased(connection).portions.join(countries, on=SOURCE, how="left"),
        regions,
        business_date=business_date,
        minimum_lines=settings.geo_risk.minimum_lines,
    )
    if LEAD_TIME_RISK not in settings.geo_risk.indices:
        measured = measured.clear()
    rest = told.join(measured, on=["place", "index"], how="anti")
    return pl.concat([measured, rest], how="vertical_relaxed").sort("place", "index")


def _vintage_dates(signals: pl.DataFrame, places: set[str], regions: Geography) -> pl.DataFrame:
    """Return by place the newest day that a signal it may go by speaks for, and if one is stale."""
    ways = [(p, way) for p in sorted(places) for way in (p, *regions.above(p))]
    schema = {"geography_key": pl.String, "place": pl.String}
    return (
        pl.DataFrame(ways, schema=schema, orient="row")
        .join(signals, on="place")
        .group_by("geography_key")
        .agg(vintage_date=pl.col("value_date").max(), is_stale=pl.col("signal_stale").any())
    )


def _suppliers(connection: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return connection.sql("select supplier_id, country_code from golden.golden_supplier").pl()


def _purchased(connection: duckdb.DuckDBPyConnection) -> Purchased:
    portions = connection.sql("select * from features.int_supply_portions").pl()
    return Purchased(
        listings=connection.sql(
            "select product_id, supplier_id, is_in_force, planned_lead_time_days "
            "from features.int_supplier_products_resolved"
        ).pl(),
        portions=portions.rename({"purchase_order_line_id": "order_line_id"}),
        lines=connection.sql("select * from features.int_delivery_lines").pl(),
        purchases=connection.sql("select * from features.int_source_purchases").pl(),
    )
