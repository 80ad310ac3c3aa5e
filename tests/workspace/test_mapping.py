from __future__ import annotations

import pytest

from tests.workspace.small_company import DELIVERY, SOURCE, Company, ingested
from workspace.errors import TierwiseError
from workspace.ingest.mapping_lineage import entity_upstream

ERP = "sources/erp.yml"
CUSTOMERS, ORDERS = "erp/customers_1.csv", "erp/orders_1.csv"

# Shipments of order lines, looked up by order and line.
LOOKUP = (
    (
        "mappings:\n",
        "  shipments:\n"
        "    path: erp/shipments_*.csv\n"
        "    description: Shipments.\n"
        "    key: [number]\n"
        "    columns: {number: text, order: text, line: text, shipped: date}\n"
        "mappings:\n",
    ),
    (
        "    extract: orders\n    columns:\n",
        "    extract: orders\n"
        "    lookups: {shipment: {extract: shipments, on: {order: order, line: line}}}\n"
        "    columns:\n      shipped_date: shipment.shipped\n",
    ),
)


def test_an_entity_holds_the_mapped_values_and_where_each_row_came_from(company: Company) -> None:
    with ingested(company.open()) as night:
        assert night.rows(
            """
            select order_id, line_number, transaction_type, net_amount::integer, shipped_date,
                _system, _namespace, _record
            from raw.order_lines order by _record
            """
        ) == [
            ("O1", "1", "sale", 6, None, "erp", "erp", 1),
            ("O1", "2", "sale", 8, None, "erp", "erp", 2),
            ("O2", "1", "sale", 10, None, "erp", "erp", 3),
        ]


def test_text_is_trimmed_and_nothing_is_null(company: Company) -> None:
    with ingested(company.open({CUSTOMERS: "id,name,created\n C1 , Ada ,\nC2,  ,\n"})) as night:
        assert night.rows("select customer_id, customer_name from raw.customers") == [("C1", "Ada")]
        assert ("customers", 2, "ROW_NULL", "customer_name") in night.quarantine()


def test_a_row_whose_lookup_finds_nothing_keeps_its_other_values(company: Company) -> None:
    shipments = "number,order,line,shipped\n1,O1,1,2026-01-08\n2,O1,2,never\n3,O7,1,2026-01-09\n"
    with ingested(
        company.configure(ERP, *LOOKUP).open({"erp/shipments_1.csv": shipments})
    ) as night:
        assert night.rows(
            "select order_id, line_number, shipped_date::text from raw.order_lines order by all"
        ) == [("O1", "1", "2026-01-08"), ("O1", "2", None), ("O2", "1", None)]
        assert night.quarantine() == [("shipments", 2, "ROW_TYPE", "shipped")]


def test_a_required_value_that_a_lookup_does_not_find_is_absent(company: Company) -> None:
    required = company.configure(
        ERP,
        (LOOKUP[0][0], LOOKUP[0][1]),
        ("      order_date: day\n", "      order_date: shipment.shipped\n"),
        (LOOKUP[1][0], LOOKUP[1][1]),
    )
    shipments = "number,order,line,shipped\n1,O1,1,2026-01-08\n"
    with ingested(required.open({"erp/shipments_1.csv": shipments})) as night:
        assert night.quarantine() == [
            ("orders", 2, "ROW_NULL", "order_date"),
            ("orders", 3, "ROW_NULL", "order_date"),
        ]


def test_a_lookup_that_multiplies_rows_is_refused(company: Company) -> None:
    shipments = "number,order,line,shipped\n1,O1,1,2026-01-08\n2,O1,1,2026-01-09\n"
    workspace = company.configure(ERP, *LOOKUP).open({"erp/shipments_1.csv": shipments})
    message = r"LOOKUP_NOT_UNIQUE erp\.orders: 3 records became 4 rows"
    with pytest.raises(TierwiseError, match=message), ingested(workspace):
        pytest.fail("The night went on.")


def test_a_record_that_no_mapping_takes_is_set_aside(company: Company) -> None:
    narrow = company.configure(
        ERP, ("    extract: customers\n", "    extract: customers\n    where: id <> 'C2'\n")
    )
    customers = DELIVERY[CUSTOMERS] + "C3,Cy,\n"
    orders = "order,line,customer,product,day,units\nO1,1,C1,P1,2026-01-05,3\n"
    with ingested(narrow.open({CUSTOMERS: customers, ORDERS: orders})) as night:
        assert night.quarantine() == [("customers", 2, "ROW_UNMAPPED", None)]
        assert night.books("customers") == [("customers_1.csv", 3, 2, 1, 0, "loaded")]


def test_a_mapping_may_take_records_by_what_it_looks_up(company: Company) -> None:
    """O1 line 2 is no sale and has no customer, which is nobody's fault then; O2 is looked up."""
    by_kind = company.configure(
        ERP,
        (
            "mappings:\n",
            "  kinds:\n    path: erp/kinds_*.csv\n    description: Kinds.\n    key: [order, line]\n"
            "    columns: {order: text, line: text, kind: text}\nmappings:\n",
        ),
        (
            "    extract: orders\n",
            "    extract: orders\n    where: head.kind = 'sale'\n"
            "    lookups: {head: {extract: kinds, on: {order: order, line: line}}}\n",
        ),
    )
    orders = DELIVERY[ORDERS].replace("O1,2,C1", "O1,2,") + "O3,1,C9,P1,2026-01-05,3\n"
    kinds = "order,line,kind\nO1,1,sale\nO1,2,sample\nO2,1,sale\nO3,1,sale\n"
    with ingested(by_kind.open({ORDERS: orders, "erp/kinds_1.csv": kinds})) as night:
        assert night.quarantine() == [
            ("orders", 2, "ROW_UNMAPPED", None),
            ("orders", 4, "ROW_ORPHAN", "customer_id"),
        ]
        assert night.rows("select order_id, line_number from raw.order_lines order by all") == [
            ("O1", "1"),
            ("O2", "1"),
        ]
        assert night.books("orders") == [("orders_1.csv", 4, 2, 2, 0, "loaded")]


def test_one_extract_may_feed_several_entities_and_a_record_faulty_in_both_counts_once(
    company: Company,
) -> None:
    twice = company.configure(
        ERP,
        (
            "  - entity: sites\n",
            "  - entity: suppliers\n    extract: customers\n"
            "    columns: {supplier_id: id, supplier_name: name}\n  - entity: sites\n",
        ),
    )
    with ingested(twice.open({CUSTOMERS: DELIVERY[CUSTOMERS] + "C3,,\n"})) as night:
        assert night.rows("select count(*) from raw.suppliers") == [(2,)]
        assert night.quarantine() == [("customers", 3, "ROW_NULL", "customer_name, supplier_name")]
        assert night.books("customers") == [("customers_1.csv", 3, 2, 1, 0, "loaded")]


def test_an_orphan_names_what_it_refers_to(company: Company) -> None:
    orders = DELIVERY[ORDERS] + "O9,1,C9,P1,2026-01-05,3\n"
    with ingested(company.open({ORDERS: orders})) as night:
        assert night.rows("select code, detail from control.quarantine") == [
            ("ROW_ORPHAN", "C9 is not among the customers of erp")
        ]


def test_rows_that_refer_to_a_quarantined_record_are_orphans(company: Company) -> None:
    customers = DELIVERY[CUSTOMERS].replace("2024-01-02", "yesterday")
    with ingested(company.open({CUSTOMERS: customers})) as night:
        assert [row[:3] for row in night.quarantine()] == [
            ("customers", 2, "ROW_TYPE"),
            ("orders", 3, "ROW_ORPHAN"),
        ]


def test_several_records_that_map_to_one_key_are_all_set_aside(company: Company) -> None:
    folded = company.configure(ERP, ("product_id: id", "product_id: upper(id)"))
    products = DELIVERY["erp/products_1.csv"] + "p2,Washer\n"
    with ingested(folded.open({"erp/products_1.csv": products})) as night:
        held = [row for row in night.quarantine() if row[0] == "products"]
        assert held == [
            ("products", 2, "ROW_KEY_DUP", "product_id"),
            ("products", 3, "ROW_KEY_DUP", "product_id"),
        ]


def test_keys_of_two_systems_do_not_meet_unless_one_borrows_the_others_namespace(
    company: Company,
) -> None:
    second = (
        SOURCE[: SOURCE.index("extracts:")].replace("system: erp", "system: crm")
        + """extracts:
  people:
    path: crm/people.csv
    description: People.
    key: [id]
    columns: {id: text, name: text}
mappings:
  - entity: customers
    extract: people
    columns: {customer_id: id, customer_name: name}
"""
    )
    people = {"crm/people.csv": "id,name\nC1,Ada Again\n"}
    with ingested(company.configure("sources/crm.yml", text=second).open(people)) as night:
        assert night.rows("select _namespace, customer_id from raw.customers order by all") == [
            ("crm", "C1"),
            ("erp", "C1"),
            ("erp", "C2"),
        ]
    borrowing = second.replace("extract: people\n", "extract: people\n    namespace: erp\n")
    with ingested(company.configure("sources/crm.yml", text=borrowing).open(people)) as night:
        assert ("people", 1, "ROW_KEY_DUP", "customer_id") in night.quarantine()


def test_each_column_of_an_entity_knows_the_delivered_columns_it_comes_from(
    company: Company,
) -> None:
    upstream = entity_upstream(company.configure(ERP, *LOOKUP).open(), "order_lines")
    assert upstream["net_amount"] == [("delivered.erp__orders", "units")]
    assert upstream["shipped_date"] == [("delivered.erp__shipments", "shipped")]
    assert upstream["currency_code"] == []
