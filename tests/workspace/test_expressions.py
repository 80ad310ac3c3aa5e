from __future__ import annotations

import duckdb
import pytest

from workspace.errors import TierwiseError
from workspace.ingest.expressions import LENGTH_LIMIT, checked

COLUMNS = {"t": {"NETWR", "MENGE", "Name 1", "day"}, "header": {"NETWR", "WAERS"}}


def check(expression: str) -> str:
    tree = checked(expression, COLUMNS, default="t", place="erp.yml:1:1")
    return str(tree.sql(dialect="duckdb"))


@pytest.mark.parametrize(
    ("expression", "sql"),
    [
        ("NETWR", '"t"."NETWR"'),
        ("netwr", '"t"."NETWR"'),
        ('"Name 1"', '"t"."Name 1"'),
        ("header.WAERS", '"header"."WAERS"'),
        ("NETWR * MENGE", '"t"."NETWR" * "t"."MENGE"'),
        ("header.NETWR + NETWR", '"header"."NETWR" + "t"."NETWR"'),
        ("'MAIN'", "'MAIN'"),
    ],
)
def test_columns_are_qualified_and_quoted(expression: str, sql: str) -> None:
    assert check(expression) == sql


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("case when 'UK' = 'UK' then 'GB' else 'UK' end", "GB"),
        ("coalesce(nullif(trim('  '), ''), 'none')", "none"),
        ("lpad('42', 5, '0')", "00042"),
        ("upper(substr('abcdef', 2, 3)) || lower('X')", "BCDx"),
        ("ltrim('007', '0')", "7"),
        ("rtrim('7..', '.')", "7"),
        ("replace('1-2', '-', '')", "12"),
        ("concat('a', 'b')", "ab"),
        ("length('four')", 4),
        ("abs(-1)", 1),
        ("greatest(1, 3, 2) - least(1, 3, 2)", 2),
        ("2 between 1 and 3 and 'b' in ('a', 'b') and 'abc' like 'a%'", True),
        ("null is null and not false", True),
        ("cast('7' as integer)", 7),
        ("cast('2026-01-31' as date) + 1 = cast('2026-02-01' as date)", True),
        ("split_part('a-b', '-', 2)", "b"),
    ],
)
def test_what_contracts_may_use_can_be_computed(expression: str, value: object) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"select {check(expression)}").fetchall() == [(value,)]


@pytest.mark.parametrize(
    "expression",
    [
        "(select 1)",
        "exists (select 1)",
        "1; drop table raw.customers",
        "1 from delivered.erp__customers",
        "1 union select 2",
        "1 where true",
        "1, 2",
        "*",
        "columns('.*')",
        "read_text('secret')",
        "getvariable('x')",
        "getenv('HOME')",
        "current_setting('threads')",
        "nextval('s')",
        "random()",
        "now()",
        "sum(NETWR)",
        "row_number() over ()",
        "list_transform([1], lambda x: x)",
        "[1, 2]",
        "{'a': 1}",
        "NETWR /* aside */",
        "NETWR -- aside",
        "$1",
        "?",
        "",
        "case when",
        "'open",
        "x'; select 1 --",
        " + ".join(["NETWR"] * 300),
        f"'{'a' * LENGTH_LIMIT}'",
    ],
)
def test_anything_but_one_plain_expression_is_refused(expression: str) -> None:
    with pytest.raises(TierwiseError) as caught:
        check(expression)
    assert (caught.value.code, caught.value.place) == ("CONFIG_EXPRESSION", "erp.yml:1:1")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("NETW", r"`NETW` is no column of t\. Did you mean `NETWR`\?"),
        ("header.MENGE", r"`header\.MENGE` is no column of header\."),
        ("other.NETWR", r"`other\.NETWR` is no column of other\."),
    ],
)
def test_an_unknown_column_is_named_with_the_nearest_one(expression: str, words: str) -> None:
    with pytest.raises(TierwiseError, match=f"CONFIG_UNKNOWN_COLUMN erp.yml:1:1: {words}"):
        check(expression)
