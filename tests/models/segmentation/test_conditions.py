"""Conditions of rules: what is written for what is read, and what is refused."""

from __future__ import annotations

import pytest

from models.segmentation.conditions import MAX_LENGTH, RuleError, check_condition

COLUMNS = {
    "units": "bigint",
    "margin_amount": "decimal(18,4)",
    "cv_ratio": "double",
    "product_line": "string",
    "launch_date": "date",
    "is_active": "boolean",
}

UNSAFE = [
    "units > 1; drop table items",
    "units > 1;",
    "units > 1 -- and is_active",
    "units > 1 /* and is_active */",
    "/* first */ units > 1",
    "units in (select 1)",
    "units = (select max(units) from items)",
    "units in (1, (select 2))",
    "exists (select 1)",
    "not exists (from items)",
    "units > all (select 1)",
    "units = any ([1, 2])",
    "units in (from read_csv('/etc/passwd'))",
    "read_csv('/etc/passwd') is null",
    "read_text('/etc/passwd') = 'x'",
    "getvariable('secret') = 'x'",
    "getenv('HOME') = 'x'",
    "current_setting('threads') = '1'",
    "current_user = 'x'",
    "current_date > launch_date",
    "now() > launch_date",
    "random() > 0.5",
    "nextval('s') > 1",
    "count(*) > 1",
    "sum(units) over () > 1",
    "* = 1",
    "columns(*) > 1",
    "#1 > 2",
    "items.units > 1",
    "main.items.units > 1",
    "units > ?",
    "units > $1",
    "units > :limit",
    "cast(units as text) = '1'",
    "units::text = '1'",
    "try_cast(product_line as bigint) = 1",
    "case when is_active then true else false end",
    "if(is_active, true, false)",
    "product_line like 'a%'",
    "product_line ilike 'a%'",
    "product_line similar to '(a+)+'",
    "product_line ~ '(a+)+$'",
    "regexp_matches(product_line, '(a+)+$')",
    "product_line glob '*'",
    "product_line || 'x' = 'y'",
    "product_line collate nocase = 'x'",
    "product_line[1] = 'a'",
    "{'a': units} is null",
    "[units] is null",
    "(units, units) = (1, 2)",
    "row(units) is null",
    "units between symmetric 1 and 2",
    "units in unnest([1])",
    "units is distinct from 1",
    "units is true",
    "units = null",
    "units ** 2 > 4",
    "units % 2 = 0",
    "units // 2 = 1",
    "~units = 1",
    "units & 1 = 1",
    "product_line = E'\\n'",
    "product_line = $$x$$",
    "product_line = 'a' 'b'",
    "product_line = 'back\\slash'",
    "product_line = 'tab\there'",
    "units > 1e400",
    "launch_date > date '2024-01-01' + interval 1 day",
    "units as other",
    "units > 0x1f",
    "units > 1 union select 1",
    "select 1",
    "from items",
    "drop table items",
    "attach 'other.duckdb'",
    "copy items to 'x.csv'",
    "pragma database_list",
    "set threads = 1",
    "install httpfs",
    "not " * 900 + "is_active",
    "(" * 900 + "is_active" + ")" * 900,
    " or ".join(["units = 1"] * 200),
    "units in (" + ", ".join(map(str, range(2000))) + ")",
    "units > 1" + " " * MAX_LENGTH,
]


@pytest.mark.parametrize("text", UNSAFE)
def test_what_is_not_on_the_allow_list_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_condition(text, columns=COLUMNS)
    assert caught.value.code in {"RULE_UNSAFE", "RULE_SYNTAX"}
    assert 0 <= caught.value.position <= len(text)


@pytest.mark.parametrize(
    "text", ["", "   ", "units >", "units > > 1", "(units > 1", "'open", "units 1"]
)
def test_what_does_not_parse_is_refused(text: str) -> None:
    with pytest.raises(RuleError):
        check_condition(text, columns=COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "units",
        "units + 1",
        "product_line > 1",
        "units = 'one'",
        "is_active > 1",
        "launch_date > 20240101",
        "launch_date > 'yesterday'",
        "launch_date > '2024-02-30'",
        "launch_date > coalesce('2024-01-01', 'x')",
        "abs(product_line) = 1",
        "coalesce(units, 'none') = 1",
        "units in (1, 'two')",
        "units and is_active",
        "not units",
        "-product_line = 'x'",
    ],
)
def test_kinds_that_do_not_go_together_are_refused(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_condition(text, columns=COLUMNS)
    assert caught.value.code == "RULE_TYPE"


def test_an_unknown_column_is_placed_and_a_near_name_offered() -> None:
    with pytest.raises(RuleError, match="Did you mean 'cv_ratio'") as caught:
        check_condition("units > 1\n  and cv_ration < 2", columns=COLUMNS)
    assert caught.value.code == "RULE_UNKNOWN_COLUMN"
    assert caught.value.position == len("units > 1\n  and ")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("units > 1 and random() > 0.5", "random"),
        ("units > 1; drop table x", ";"),
        ("is_active and product_line ~ 'x'", "product_line"),
        ("units > 1 and and is_active", "and is_active"),
    ],
)
def test_a_refusal_points_at_the_part(text: str, part: str) -> None:
    with pytest.raises(RuleError) as caught:
        check_condition(text, columns=COLUMNS)
    assert caught.value.position == text.index(part)


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("UNITS > 1", None),
        ("units>1 AND NOT is_active", "units > 1 and not (is_active)"),
        ("units != 1", "units <> 1"),
        ("margin_amount is not null", "not (margin_amount is null)"),
        ("product_line not in ('a', 'it''s')", "not (product_line in ('a', 'it''s'))"),
        ("- -units < 0", "-(-(units)) < 0"),
        ("cv_ratio / units > .5", "cast(cv_ratio as double) / nullif(units, 0) > 0.5"),
        ("launch_date >= '2024-01-31'", "launch_date >= date '2024-01-31'"),
        ("units between 1 and 2 or (is_active)", "units between 1 and 2 or (is_active)"),
        ("(units > 1) = is_active", "(units > 1) = is_active"),
        ("units > 1 = is_active", "(units > 1) = is_active"),
        ("greatest(abs(units), 1) <= 2", "greatest(abs(units), 1) <= 2"),
        ("ifnull(units, 0) = 0", "coalesce(units, 0) = 0"),
        ("true", "true"),
    ],
)
def test_a_condition_is_written_again_in_one_form(text: str, sql: str | None) -> None:
    if sql is None:
        with pytest.raises(RuleError, match="RULE_UNKNOWN_COLUMN"):
            check_condition(text, columns=COLUMNS)
    else:
        assert check_condition(text, columns=COLUMNS).sql == sql


def test_columns_are_named_in_the_order_of_first_use() -> None:
    condition = check_condition("units > 1 and cv_ratio > units", columns=COLUMNS)
    assert condition.columns == ("units", "cv_ratio")
