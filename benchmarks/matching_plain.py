"""Plain Splink on the same records: its comparisons and rules as its documentation sets them up.

For febrl and the historical figures these are the settings of Splink's own worked examples; for
companies and products, of which it has none, the ready-made comparison of each kind of column and
a blocking rule on each column.
"""

from __future__ import annotations

import logging
from typing import Any

import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

RANDOM_PAIRS = 1e6  # Splink's default


def plain_settings(name: str) -> dict[str, Any]:
    """Return settings, deterministic rules, their recall, and the EM blocks of a data set."""
    return {
        "child_care": {
            "comparisons": [
                cl.NameComparison("site_name"),
                cl.JaroWinklerAtThresholds("address"),
                cl.ExactMatch("zip").configure(term_frequency_adjustments=True),
                cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
            ],
            "rules": [block_on("site_name"), block_on("address"), block_on("phone")],
            "sure": ["l.site_name = r.site_name and l.phone = r.phone"],
            "em": [block_on("site_name"), block_on("phone")],
        },
        "applicant": {
            "comparisons": [
                cl.NameComparison("name"),
                cl.JaroWinklerAtThresholds("coauthor"),
                cl.JaroWinklerAtThresholds("class"),
                cl.ExactMatch("place").configure(term_frequency_adjustments=True),
            ],
            "rules": [block_on("name"), block_on("coauthor"), block_on("class"), block_on("place")],
            "sure": ["l.name = r.name and l.place = r.place"],
            "em": [block_on("name"), block_on("place")],
        },
        "product_offer": {
            "comparisons": [
                cl.JaroWinklerAtThresholds("title"),
                cl.JaroWinklerAtThresholds("description"),
                cl.ExactMatch("price").configure(term_frequency_adjustments=True),
            ],
            "rules": [
                block_on("title"),
                block_on("description"),
                block_on("price"),
                block_on("substr(title, 1, 5)"),
            ],
            "sure": ["l.title = r.title"],
            "em": [block_on("substr(title, 1, 5)"), block_on("price")],
        },
        "febrl": {
            "comparisons": [
                cl.NameComparison("given_name"),
                cl.NameComparison("surname"),
                cl.DateOfBirthComparison(
                    "date_of_birth", input_is_string=True, datetime_format="%Y%m%d"
                ),
                cl.DamerauLevenshteinAtThresholds("soc_sec_id", [2]),
                cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
                cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            ],
            "rules": [
                block_on("soc_sec_id"),
                block_on("given_name"),
                block_on("surname"),
                block_on("date_of_birth"),
                block_on("postcode"),
            ],
            "sure": [
                "l.soc_sec_id = r.soc_sec_id",
                "l.given_name = r.given_name and l.surname = r.surname "
                "and l.date_of_birth = r.date_of_birth",
            ],
            "em": [block_on("date_of_birth"), block_on("postcode")],
        },
        "historical": {
            "comparisons": [
                cl.ForenameSurnameComparison(
                    "first_name",
                    "surname",
                    forename_surname_concat_col_name="first_and_surname",
                ),
                cl.DateOfBirthComparison("dob", input_is_string=True),
                cl.PostcodeComparison("postcode_fake"),
                cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
                cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
            ],
            "rules": [
                block_on("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
                block_on("surname", "dob"),
                block_on("first_name", "dob"),
                block_on("postcode_fake", "first_name"),
                block_on("postcode_fake", "surname"),
                block_on("dob", "birth_place"),
                block_on("substr(postcode_fake, 1, 3)", "dob"),
                block_on("substr(postcode_fake, 1, 3)", "first_name"),
                block_on("substr(postcode_fake, 1, 3)", "surname"),
                block_on("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
            ],
            "sure": [
                "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
                "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
                "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
            ],
            "em": [block_on("first_name", "surname"), block_on("dob")],
        },
    }[name]


def plain_pairs(
    connection: duckdb.DuckDBPyConnection, name: str, *, is_link: bool, link_weight: float
) -> None:
    """Score the table `records` by plain Splink into the table `plain_pairs`, links only."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    wanted = plain_settings(name)
    settings = SettingsCreator(
        link_type="link_only" if is_link else "dedupe_only",
        unique_id_column_name="record_key",
        comparisons=wanted["comparisons"],
        blocking_rules_to_generate_predictions=wanted["rules"],
    )
    api = DuckDBAPI(connection)
    if is_link:
        sources = [
            row[0]
            for row in connection.execute(
                "select distinct source from records order by source"
            ).fetchall()
        ]
        for source in sources:
            connection.execute(
                f"create or replace table {source} as "
                f"select * exclude (source) from records where source = '{source}'"
            )
        inputs: Any = [api.register(source, dataset_display_name=source) for source in sources]
    else:
        inputs = api.register("records")
    linker = Linker(inputs, settings, log_level=logging.ERROR)
    training = linker.training
    training.estimate_probability_two_random_records_match(wanted["sure"], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=1)
    for rule in wanted["em"]:
        training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict(threshold_match_weight=link_weight, warning_mode="never")
    connection.execute(f"""
        create or replace table plain_pairs as
        select record_key_l, record_key_r, match_weight, 'link' as outcome
        from {found.physical_name}
    """)
