"""The data sets with true identities, and what the fields of each are: nothing else about them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from workspace.matching.declaration import Declaration, Field
from workspace.matching.name_kinds import company_name, person_name
from workspace.matching.number_kinds import amount, date, identifier, phone
from workspace.matching.place_kinds import city, code, postal_code, street
from workspace.matching.shape import Shape
from workspace.matching.text_kinds import description, word_set

SHARED = Path(__file__).parents[2] / "shared" / "data" / "matching"


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Records with their true entity: `query` yields record_key, entity and the columns compared.

    `plain` names its settings for plain Splink.

    With `is_link` each of the two sources (column `source`) holds an entity once.
    """

    name: str
    plain: str
    query: str
    declaration: Declaration
    is_link: bool = False


def _field(name: str, shape: Shape, *columns: str) -> Field:
    return Field(name=name, columns=columns or (name,), shape=shape)


def _csv(name: str) -> str:
    return f"read_csv('{SHARED / name}', all_varchar = true, header = true)"


CHILD_CARE = DataSet(
    name="companies: child care sites of Chicago",
    plain="child_care",
    query=f"""
        select "Id" as record_key, "True Id" as entity, "Site name" as site_name,
            "Address" as address, "Zip" as zip, "Phone" as phone
        from {_csv("companies/csv_example_input_with_true_ids.csv")}
    """,
    declaration=Declaration(
        object_type="child_care",
        fields=(
            _field("site_name", company_name("site_name", "site_name")),
            _field("address", street("address", "address")),
            _field("zip", postal_code("zip", "zip")),
            _field("phone", phone("phone", "phone")),
        ),
    ),
)

APPLICANTS = DataSet(
    name="companies: patent applicants",
    plain="applicant",
    query=f"""
        select i.person_id as record_key, r.leuven_id as entity, i."Name" as name,
            i."Coauthor" as coauthor, i."Class" as class,
            nullif(i."Lat" || ' ' || i."Lng", '0.0 0.0') as place
        from {_csv("companies/patstat_input.csv")} as i
        inner join {_csv("companies/patstat_reference.csv")} as r using (person_id)
    """,
    declaration=Declaration(
        object_type="applicant",
        fields=(
            _field("name", company_name("name", "name")),
            _field("coauthor", word_set("coauthor", "coauthor", "**")),
            _field("class", word_set("class", "class", "**")),
            _field("place", code("place", "place")),
        ),
    ),
)

PRODUCTS = DataSet(
    name="products: Abt and Buy",
    plain="product_offer",
    query=f"""
        select 'abt:' || row_number() over () as record_key, unique_id as entity, 'abt' as source,
            title, description, price from {_csv("products/AbtBuy_Abt.csv")}
        union all
        select 'buy:' || row_number() over (), unique_id, 'buy', title, description, price
        from {_csv("products/AbtBuy_Buy.csv")}
    """,
    declaration=Declaration(
        object_type="product_offer",
        apart_by="source",
        fields=(
            _field("title", description("title", "title", "description"), "title", "description"),
            _field("price", amount("price", "price")),
        ),
    ),
    is_link=True,
)

FEBRL = DataSet(
    name="people: febrl data set 3",
    plain="febrl",
    query=f"""
        select trim(columns(*)) from (
            select rec_id as record_key, split_part(rec_id, '-', 2) as entity, * exclude (rec_id)
            from read_csv('{SHARED / "febrl/dataset3.csv"}', all_varchar = true, header = true,
                normalize_names = true)
        )
    """,
    declaration=Declaration(
        object_type="person",
        fields=(
            _field("name", person_name("name", "given_name", "surname"), "given_name", "surname"),
            _field(
                "address",
                street("address", "address_1", "street_number"),
                "address_1",
                "street_number",
            ),
            _field("suburb", city("suburb", "suburb")),
            _field("postcode", postal_code("postcode", "postcode")),
            _field("state", code("state", "state")),
            _field("birth", date("birth", "date_of_birth"), "date_of_birth"),
            _field("number", identifier("number", "soc_sec_id"), "soc_sec_id"),
        ),
    ),
)

HISTORICAL = DataSet(
    name="people: historical figures",
    plain="historical",
    query=f"""
        select unique_id as record_key, cluster as entity, * exclude (unique_id, cluster)
        from '{SHARED / "people/historical_figures_with_errors_50k.parquet"}'
    """,
    declaration=Declaration(
        object_type="person",
        fields=(
            _field("name", person_name("name", "first_name", "surname"), "first_name", "surname"),
            _field("dob", date("dob", "dob")),
            _field("birth_place", city("birth_place", "birth_place")),
            _field("postcode", postal_code("postcode", "postcode_fake"), "postcode_fake"),
            _field("gender", code("gender", "gender")),
            _field("occupation", code("occupation", "occupation")),
        ),
    ),
)

DATA_SETS = (CHILD_CARE, APPLICANTS, PRODUCTS, FEBRL, HISTORICAL)
