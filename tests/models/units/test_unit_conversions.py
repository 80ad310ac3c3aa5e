from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from models.units.constants import constant_edges
from models.units.conversions import EVER, Conversions, conversions
from models.units.graph import Edge, resolve

FACTORS: dict[str, pl.DataType] = {
    "namespace": pl.String(),
    "source_key": pl.String(),
    "unit_code": pl.String(),
    "to_unit_code": pl.String(),
    "numerator": pl.Decimal(18, 8),
    "denominator": pl.Decimal(18, 8),
    "valid_from": pl.Date(),
}
Factor = tuple[str, str | None, str | int, str | int, date | None]


def converted(
    *factors: Factor,
    base: str | None = "EA",
    used: tuple[str, ...] = (),
    known: tuple[str, ...] = (),
) -> Conversions:
    """Resolve one item, P of erp."""
    rows = [("erp", "P", u, v, Decimal(n), Decimal(d), day) for u, v, n, d, day in factors]
    return conversions(
        pl.DataFrame(
            {"namespace": ["erp"], "source_key": ["P"], "base_unit_code": [base]},
            schema_overrides={"base_unit_code": pl.String},
        ),
        pl.DataFrame(rows, schema=FACTORS, orient="row"),
        pl.DataFrame(
            [("erp", "P", unit) for unit in used],
            schema={name: FACTORS[name] for name in ("namespace", "source_key", "unit_code")},
            orient="row",
        ),
        known=known,
    )


def worth(found: Conversions) -> dict[str, tuple[int | None, int | None, str]]:
    """Return numerator, denominator and status by unit of an item without dates."""
    columns = found.rows.select("unit_code", "numerator", "denominator", "status")
    assert columns["unit_code"].is_unique().all()
    return {unit: (n, d, status) for unit, n, d, status in columns.iter_rows()}


def detail(found: Conversions, unit: str) -> str:
    return found.rows.filter(pl.col("unit_code") == unit)["detail"][0]


def test_a_chain_of_packages_ends_in_the_base_unit() -> None:
    found = converted(
        ("CS", None, 12, 1, None), ("PAL", "CS", 40, 1, None), ("IN", "CS", 1, 3, None)
    )
    assert worth(found) == {
        "EA": (1, 1, "base"),
        "CS": (12, 1, "converted"),
        "PAL": (480, 1, "converted"),
        "IN": (4, 1, "converted"),
    }


def test_factors_are_exact_decimals_in_lowest_terms() -> None:
    found = converted(
        ("KGM", None, "2.20000000", "1.10000000", None), ("LTR", None, "0.7", 3, None)
    )
    assert worth(found)["KGM"] == (2, 1, "converted")
    assert worth(found)["LTR"] == (7, 30, "converted")


def test_physical_units_need_no_factor_of_the_item() -> None:
    found = converted(base="KGM", used=("GRM", "TNE", "LBR"))
    assert worth(found) == {
        "KGM": (1, 1, "base"),
        "GRM": (1, 1_000, "converted"),
        "TNE": (1_000, 1, "converted"),
        "LBR": (45_359_237, 100_000_000, "converted"),
    }


def test_a_weight_joins_pieces_to_every_unit_of_mass() -> None:
    found = converted(("EA", "GRM", 250, 1, None), used=("KGM",))
    assert worth(found)["KGM"] == (4, 1, "converted")


def test_a_missing_weight_is_named() -> None:
    found = converted(used=("KGM",))
    assert worth(found)["KGM"] == (None, None, "missing")
    assert detail(found, "KGM") == "No factor leads from KGM to EA: deliver the weight of one."


def test_a_missing_link_names_what_is_known() -> None:
    found = converted(("PAL", "CS", 40, 1, None), used=("PAL",))
    assert worth(found)["PAL"] == (None, None, "missing")
    assert detail(found, "PAL") == "No factor leads from PAL to EA (known: PAL in CS)."


def test_a_code_that_nothing_knows_is_unknown_and_one_that_is_listed_is_missing() -> None:
    assert worth(converted(used=("FASS",)))["FASS"] == (None, None, "unknown")
    assert worth(converted(used=("FASS",), known=("FASS",)))["FASS"] == (None, None, "missing")
    assert worth(converted(used=("CS",)))["CS"] == (None, None, "missing")


def test_a_contradiction_takes_every_unit_but_the_base_and_names_cycle_and_records() -> None:
    found = converted(
        ("CS", None, 12, 1, None),
        ("PAL", "CS", 40, 1, None),
        ("PAL", None, 500, 1, None),
        ("BX", None, 3, 1, None),
    )
    assert worth(found) == {
        "EA": (1, 1, "base"),
        "CS": (None, None, "contradiction"),
        "PAL": (None, None, "contradiction"),
        "BX": (None, None, "contradiction"),
    }
    cycle = "1 PAL = 40 CS, 1 CS = 12 EA, 500 EA = 1 PAL: round the cycle 1 PAL becomes 24/25 PAL."
    assert detail(found, "CS") == cycle
    assert found.contradicting.rows() == [(0, cycle), (1, cycle), (2, cycle)]


def test_a_factor_against_physics_is_a_contradiction() -> None:
    found = converted(("KGM", None, 4, 1, None), ("GRM", None, 1, 100, None))
    assert worth(found)["KGM"] == (None, None, "contradiction")
    assert found.contradicting["record"].to_list() == [0, 1]


def test_a_factor_holds_from_its_day_until_the_next_for_the_same_units() -> None:
    day, later = date(2026, 1, 1), date(2026, 7, 1)
    found = converted(
        ("CS", None, 12, 1, None),
        ("CS", None, 10, 1, day),
        ("EA", "CS", 1, 8, later),
        ("PAL", "CS", 40, 1, day),
    )
    spans = found.rows.select("unit_code", "valid_from", "valid_to", "numerator", "status")
    assert spans.rows() == [
        ("CS", EVER, day, 12, "converted"),
        ("CS", day, later, 10, "converted"),
        ("CS", later, None, 8, "converted"),
        ("EA", EVER, None, 1, "base"),
        ("PAL", EVER, day, None, "missing"),
        ("PAL", day, later, 400, "converted"),
        ("PAL", later, None, 320, "converted"),
    ]


def test_a_contradiction_of_one_span_spares_the_others() -> None:
    day, later = date(2026, 1, 1), date(2026, 7, 1)
    found = converted(
        ("CS", None, 12, 1, None), ("CS", None, 10, 1, day), ("CS", None, 11, 1, day),
        ("CS", None, 12, 1, later),
    )  # fmt: skip
    spans = found.rows.filter(pl.col("unit_code") == "CS").select("valid_from", "status")
    assert spans.rows() == [(EVER, "converted"), (day, "contradiction"), (later, "converted")]
    assert found.contradicting["record"].to_list() == [1, 2]


def test_an_item_without_a_base_unit_converts_nothing() -> None:
    found = converted(("CS", "EA", 12, 1, None), base=None, used=("CS",))
    assert worth(found)["CS"] == (None, None, "missing")
    assert detail(found, "CS") == "The product states no base unit."


def test_a_factor_too_long_to_publish_is_no_factor() -> None:
    links: list[Factor] = [
        (f"U{n}", f"U{n + 1}" if n < 2 else None, 9_999_999_999, 1, None) for n in range(3)
    ]
    found = converted(*links)
    assert worth(found)["U2"] == (9_999_999_999, 1, "converted")
    assert worth(found)["U0"] == (None, None, "missing")


@given(
    st.permutations(
        [
            ("CS", None, 12, 1, None),
            ("CS", None, 10, 1, date(2026, 1, 1)),
            ("PAL", "CS", 40, 1, None),
            ("PAL", None, 480, 1, None),
            ("KGM", None, 4, 1, None),
            ("GRM", "KGM", 1, 1_000, date(2026, 2, 1)),
        ]
    )
)
def test_the_order_of_the_delivery_means_nothing(factors: list[Factor]) -> None:
    rows = converted(*factors, used=("LBR", "FASS")).rows
    assert rows.equals(converted(*sorted(factors, key=str), used=("LBR", "FASS")).rows)
    assert set(rows["status"]) == {"base", "converted", "contradiction", "unknown"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("EA", "CS", "PAL", "KGM", "GRM", "LTR", "DZN")),
            st.sampled_from((None, "EA", "EA", "CS")),
            st.sampled_from((1, 1, 12, 1_000)),
            st.sampled_from((1, 1, 3)),
            st.none(),
        ),
        max_size=5,
    ),
    st.sets(st.sampled_from(("EA", "CS", "KGM", "GRM", "FASS"))),
)
def test_plain_items_are_worth_what_a_walk_of_their_graph_says(
    factors: list[Factor], used: set[str]
) -> None:
    found = worth(converted(*factors, used=tuple(used)))
    edges = [
        Edge(unit=unit, to_unit=to_unit or "EA", factor=Fraction(int(n), int(d)))
        for unit, to_unit, n, d, _ in factors
    ]
    walked = resolve("EA", [*edges, *constant_edges(found, "EA")])
    assert found.keys() >= {"EA"} | used | {code for e in edges for code in (e.unit, e.to_unit)}
    for unit, (numerator, denominator, status) in found.items():
        if unit != "EA" and walked.cycles:
            assert numerator is None
            assert status in {"contradiction", "missing", "unknown"}
        elif unit in walked.potentials:
            assert status == ("base" if unit == "EA" else "converted")
            assert Fraction(numerator or 0, denominator or 1) == walked.potentials[unit]
        else:
            assert (numerator, status) in {(None, "missing"), (None, "unknown")}
