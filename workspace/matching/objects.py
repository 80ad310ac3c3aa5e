"""The four objects of tierwise: what of a customer, product, site and supplier is compared."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from workspace.ingest.check_digits import with_gtins
from workspace.matching.declaration import Declaration, Field
from workspace.matching.name_kinds import company_name
from workspace.matching.number_kinds import identifier, part_number
from workspace.matching.place_kinds import code, postal_code, town_of_country
from workspace.matching.shape import Shape
from workspace.matching.text_kinds import description
from workspace.matching.vat_numbers import has_no_false_check_digit

_RECORD = {"delivered": "_file || ':' || cast(_record as varchar)"}
# A tax number begins with its country, but for national ones that are digits only.
_TAX = (
    "case when regexp_matches(tax_number, '^[0-9]') "
    "then coalesce(country_code, '') || tax_number else tax_number end"
)


def _has_check_digit(column: str) -> str:
    """Return the condition that a GS1 number checks out; it is the same for GTIN and GLN."""
    tree = sqlglot.parse_one(f"is_gtin({column})", read="duckdb")
    assert isinstance(tree, exp.Expression)
    return with_gtins(tree, column).sql(dialect="duckdb")


def _tax_number() -> Field:
    shape: Shape = identifier(
        "tax_number",
        _TAX,
        scope=f"left({_TAX}, 2)",
        is_valid=has_no_false_check_digit("tax_number_value"),
    )
    return Field(name="tax_number", columns=("tax_number", "country_code"), shape=shape)


def _duns_number() -> Field:
    shape = identifier("duns_number", "duns_number")
    return Field(name="duns_number", columns=("duns_number",), shape=shape)


def _gln() -> Field:
    shape = identifier("gln", "gln", is_valid=_has_check_digit("gln"))
    return Field(name="gln", columns=("gln",), shape=shape)


def _country() -> Field:
    return Field(name="country", columns=("country_code",), shape=code("country", "country_code"))


def _cross_reference(column: str) -> Field:
    """A number that two systems share; a system that has none of it says nothing."""
    return Field(name=column, columns=(column,), shape=identifier(column, column))


CUSTOMER = Declaration(
    object_type="customer",
    delivered_columns=("_file", "_record"),
    **_RECORD,
    fields=(
        _tax_number(),
        _duns_number(),
        _gln(),
        _cross_reference("global_customer_id"),
        Field(
            name="customer_name",
            columns=("customer_name",),
            shape=company_name("customer_name", "customer_name"),
        ),
        Field(
            name="postal_code",
            columns=("postal_code",),
            shape=postal_code("postal_code", "postal_code"),
        ),
        Field(
            name="city",
            columns=("city", "country_code"),
            shape=town_of_country("city", "city", "country_code"),
        ),
    ),
)

PRODUCT = Declaration(
    object_type="product",
    delivered_columns=("_file", "_record"),
    **_RECORD,
    fields=(
        Field(
            name="gtin",
            columns=("gtin",),
            shape=identifier("gtin", "gtin", is_valid=_has_check_digit("gtin")),
        ),
        _cross_reference("global_product_id"),
        Field(
            name="part_number",
            columns=("manufacturer_part_number", "manufacturer_name"),
            shape=part_number("part_number", "manufacturer_part_number", scope="manufacturer_name"),
        ),
        Field(
            name="manufacturer",
            columns=("manufacturer_name",),
            shape=code("manufacturer", "manufacturer_name"),
        ),
        Field(
            name="product_name",
            columns=("product_name",),
            shape=description("product_name", "product_name"),
        ),
        Field(
            name="base_unit",
            columns=("base_unit_code",),
            shape=code("base_unit", "base_unit_code"),
        ),
    ),
)

SITE = Declaration(
    object_type="site",
    delivered_columns=("_file", "_record"),
    **_RECORD,
    fields=(
        _gln(),
        Field(
            name="site_name", columns=("site_name",), shape=company_name("site_name", "site_name")
        ),
        _country(),
    ),
)

SUPPLIER = Declaration(
    object_type="supplier",
    delivered_columns=("_file", "_record"),
    **_RECORD,
    fields=(
        _tax_number(),
        _duns_number(),
        Field(
            name="supplier_name",
            columns=("supplier_name",),
            shape=company_name("supplier_name", "supplier_name"),
        ),
        _country(),
    ),
)

OBJECTS = {found.object_type: found for found in (CUSTOMER, PRODUCT, SITE, SUPPLIER)}
