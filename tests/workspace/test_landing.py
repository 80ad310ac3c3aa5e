from __future__ import annotations

import hashlib
from collections import Counter

import pytest

from tests.workspace.small_company import DELIVERY, Company, ingested, opened
from workspace.errors import TierwiseError
from workspace.ingest.landing import land

ERP = "sources/erp.yml"
ORDERS = "erp/orders_1.csv"
HEADER = "order,line,customer,product,day,units\n"
GOOD = "O1,1,C1,P1,2026-01-05,3\n"

# A broken record of the orders, its code, and the columns that are to blame.
BROKEN: list[tuple[str, str, str | None]] = [
    ("O9,1,C1,P1,2026-01-05", "ROW_ARITY", None),
    ("O9,1,C1,P1,2026-01-05,3,4", "ROW_ARITY", None),
    ('O9,1,"C1,P1,2026-01-05,3', "ROW_QUOTE", None),
    ("O9,1,C1,P1\0,2026-01-05,3", "ROW_NUL", None),
    ("Total,,,,,3", "ROW_TOTAL_LINE", None),
    ("O9,1,C1,P1,05.01.2026,3", "ROW_TYPE", "day"),
    ("O9,1,C1,P1,2026-02-30,3", "ROW_TYPE", "day"),
    ('O9,1,C1,P1,2026-01-05,"3,0"', "ROW_TYPE", "units"),
    ("O9,1,C1,P1,05.01.2026,three", "ROW_TYPE", "day, units"),
    ("O9,1,C1,P1,2026-01-05,NaN", "ROW_NONFINITE", "units"),
    ("O9,1,C1,P1,2026-01-05,-Infinity", "ROW_NONFINITE", "units"),
    (",1,C1,P1,2026-01-05,3", "ROW_KEY_NULL", "order"),
    (",,C1,P1,2026-01-05,3", "ROW_KEY_NULL", "line, order"),
    ("O9,1,C1,P1,2026-07-01,3", "ROW_DATE_FUTURE", "order_date"),
    ("O9,1,C1,P1,2026-01-05,", "ROW_NULL", "net_amount, quantity_units"),
    ("O9,1,C1,P1,2026-01-05,-3", "ROW_RANGE", "net_amount, quantity_units"),
    ("O9,1,C1,P1,2026-01-05,123456789012345", "ROW_RANGE", "net_amount, quantity_units"),
    ("O9,1,C7,P1,2026-01-05,3", "ROW_ORPHAN", "customer_id"),
    ("O9,1,C1,P7,2026-01-05,3", "ROW_ORPHAN", "product_id"),
]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_sound_delivery_is_loaded_whole(company: Company) -> None:
    with ingested(company.open()) as night:
        assert night.totals == {"records": 8, "loaded": 8, "quarantined": 0, "skipped": 0}
        assert night.books("orders") == [("orders_1.csv", 3, 3, 0, 0, "loaded")]
        assert night.rows("select * from typed.erp__sites") == [
            ("S1", "Main", sha256(DELIVERY["erp/sites_1.csv"]), 1)
        ]


def test_every_delivered_byte_is_archived_under_its_hash(company: Company) -> None:
    workspace = company.open()
    with ingested(workspace) as night:
        for sha, path, size in night.rows(
            "select file_sha256, archived_path, byte_count from control.raw_extracts"
        ):
            content = (workspace.root / path).read_bytes()
            assert path == f"archive/{sha[:2]}/{sha}"
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (sha, size)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        ("", "FILE_EMPTY", "zero bytes"),
        (HEADER, "FILE_HEADER_ONLY", "No record"),
        (
            HEADER.replace("units", "unit") + GOOD,
            "FILE_SCHEMA_DRIFT",
            "units. Did you mean `unit`?",
        ),
        (HEADER.replace(",", ";") + GOOD, "FILE_DIALECT", "another delimiter?"),
        (GOOD, "FILE_HEADER", "names none of the declared columns"),
        (HEADER.replace("line", "order") + GOOD, "FILE_HEADER", "repeated"),
        (HEADER + GOOD + "O1,2,C1", "FILE_TRUNCATED", "Record 2, the last, is incomplete"),
        (HEADER.encode("utf-16-le") + b"\0", "FILE_ENCODING", "NUL bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_place_and_stays_in_the_books(
    company: Company, content: str | bytes, code: str, words: str
) -> None:
    workspace = company.open({ORDERS: content})
    with opened(workspace) as connection:
        with pytest.raises(TierwiseError, match=code) as caught:
            land(connection, workspace, workspace.sources["erp"].value, "orders")
        assert caught.value.place == "erp.orders (orders_1.csv)"
        assert words in caught.value.cause
        assert caught.value.remedy
        assert connection.execute(
            "select file_name, status, code from control.deliveries"
        ).fetchall() == [("orders_1.csv", "refused", code)]
    delivered = content if isinstance(content, bytes) else content.encode()
    sha = hashlib.sha256(delivered).hexdigest()
    assert (workspace.archive / sha[:2] / sha).read_bytes() == delivered


def test_a_missing_file_is_refused_with_the_pattern_it_should_match(company: Company) -> None:
    workspace = company.open({ORDERS: None})
    with opened(workspace) as connection, pytest.raises(TierwiseError) as caught:
        land(connection, workspace, workspace.sources["erp"].value, "orders")
    assert (caught.value.code, caught.value.place) == ("FILE_MISSING", "erp.orders")
    assert "erp/orders_*.csv" in caught.value.cause


def test_a_missing_optional_file_has_a_line_in_the_books(company: Company) -> None:
    optional = company.configure(ERP, ("delivery: append", "delivery: append\n    required: false"))
    with ingested(optional.open({ORDERS: None})) as night:
        assert night.rows(
            "select file_name, file_sha256, byte_count, record_count, status, code "
            "from control.raw_extracts where extract = 'orders'"
        ) == [("", None, None, 0, "missing", "FILE_MISSING")]
        assert night.rows("select count(*) from raw.order_lines") == [(0,)]


def test_a_file_may_be_empty_of_records_where_the_contract_says_so(company: Company) -> None:
    lenient = company.configure(
        ERP, ("delivery: append", "delivery: append\n    may_be_empty: true")
    )
    with ingested(lenient.open({ORDERS: HEADER})) as night:
        assert night.books("orders") == [("orders_1.csv", 0, 0, 0, 0, "loaded")]


def test_columns_are_read_by_name_in_any_order_and_extra_ones_left_out(company: Company) -> None:
    text = "units,remark,day,product,customer,line,order\n3,hello,2026-01-05,P1,C1,1,O1\n"
    with ingested(company.open({ORDERS: text})) as night:
        assert night.rows("select order_id, quantity_units::integer from raw.order_lines") == [
            ("O1", 3)
        ]
        assert night.rows("select detail from control.deliveries where extract = 'orders'") == [
            ("Columns the contract does not name: remark.",)
        ]
        assert night.rows("select code from control.raw_extracts where extract = 'orders'") == [
            (None,)
        ]


def test_each_broken_record_is_set_aside_and_its_neighbours_are_loaded(company: Company) -> None:
    numbered = [
        (line.replace("O9", f"B{n}"), code, column) for n, (line, code, column) in enumerate(BROKEN)
    ]
    sound = [f"O{n},1,C1,P1,2026-01-05,3" for n in range(len(BROKEN) + 1)]
    lines = [sound[0]]
    for (line, _, _), neighbour in zip(numbered, sound[1:], strict=True):
        lines += [line, neighbour]
    text = HEADER + "".join(f"{line}\n" for line in lines)
    with ingested(company.open({ORDERS: text})) as night:
        found = night.rows(
            """
            select raw_text, code, column_name, byte_offset, file_sha256
            from control.quarantine order by record_number
            """
        )
        assert found == [
            (line, code, column, text.index(f"\n{line}\n") + 1, sha256(text))
            for line, code, column in numbered
        ]
        empty = "select 1 from control.quarantine where '' in (detail, remedy)"
        assert night.rows(empty) == []
        counts = (len(lines), len(sound), len(BROKEN), 0)
        assert night.books("orders") == [("orders_1.csv", *counts, "loaded")]
        loaded = night.rows("select order_id from raw.order_lines")
        assert sorted(loaded) == sorted((line.split(",")[0],) for line in sound)


def test_a_byte_that_is_not_of_the_encoding_costs_one_record(company: Company) -> None:
    customers = (
        b"id,name,created\nC1,Ada,2024-01-01\nC2,\xff,2024-01-02\nC3,\xc3\x89va,2024-01-03\n"
    )
    with ingested(company.open({"erp/customers_1.csv": customers})) as night:
        assert ("customers", 2, "ROW_ENCODING", None) in night.quarantine()
        assert night.rows("select customer_name from raw.customers order by all") == [
            ("Ada",),
            ("Éva",),
        ]


def test_windows_text_is_decoded_and_its_offsets_are_those_of_the_delivered_file(
    company: Company,
) -> None:
    declared = company.configure(ERP, ("kind: erp\n", "kind: erp\nformat: {encoding: cp1252}\n"))
    customers = "id,name,created\nC1,Ärger & Öl,2024-01-01\nC2,Böb,gestern\n".encode("cp1252")
    with ingested(declared.open({"erp/customers_1.csv": customers})) as night:
        assert night.rows("select customer_name from raw.customers") == [("Ärger & Öl",)]
        assert night.rows(
            "select byte_offset, raw_text from control.quarantine where extract = 'customers'"
        ) == [(customers.index(b"C2"), "C2,Böb,gestern")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_within_values_are_kept_as_delivered(
    company: Company, line_end: str, mark: str
) -> None:
    lines = ["id,name", '"P1","Bolt, ""M8"""', 'P2,"two\r\nlines"', 'P3,"a\nb"', ""]
    with ingested(company.open({"erp/products_1.csv": mark + line_end.join(lines)})) as night:
        assert night.rows("select id, name from typed.erp__products order by _record") == [
            ("P1", 'Bolt, "M8"'),
            ("P2", "two\r\nlines"),
            ("P3", "a\nb"),
        ]


def test_declared_skips_are_counted_and_not_faults(company: Company) -> None:
    skipping = company.configure(
        ERP,
        (
            "key: [order, line]",
            "key: [order, line]\n    skip:\n"
            "      - {when: units = 0, reason: nothing ordered}\n"
            "      - {when: customer is null, reason: internal}",
        ),
    )
    text = HEADER + GOOD + "O2,1,,P1,2026-01-05,0\nO3,1,,P1,never,3\nO4,1,C1,P1,never,0\n"
    with ingested(skipping.open({ORDERS: text})) as night:
        assert night.books("orders") == [("orders_1.csv", 4, 1, 0, 3, "loaded")]
        reasons = night.rows("select record_number, reason from control.row_skips order by all")
        assert reasons == [(2, "nothing ordered"), (3, "internal"), (4, "nothing ordered")]


def test_a_record_that_fails_a_check_is_set_aside_and_an_unknown_result_is_not(
    company: Company,
) -> None:
    checking = company.configure(
        ERP,
        (
            "key: [id]",
            "key: [id]\n    checks: [{name: dated_this_century, expect: created >= '2000-01-01'}]",
        ),
    )
    customers = DELIVERY["erp/customers_1.csv"] + "C3,Old,1999-12-31\nC4,Undated,\n"
    with ingested(checking.open({"erp/customers_1.csv": customers})) as night:
        assert night.quarantine() == [("customers", 3, "ROW_CHECK", None)]
        assert night.rows("select detail from control.quarantine") == [
            ("dated_this_century: created >= '2000-01-01'",)
        ]


def test_a_record_with_several_faults_counts_once(company: Company) -> None:
    text = HEADER + GOOD + "O9,1,C1,P1,never,NaN\n"
    with ingested(company.open({ORDERS: text})) as night:
        assert night.books("orders") == [("orders_1.csv", 2, 1, 1, 0, "loaded")]
        assert Counter(row[2] for row in night.quarantine()) == {"ROW_TYPE": 1, "ROW_NONFINITE": 1}
