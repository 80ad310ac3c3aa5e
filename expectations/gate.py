"""The gate: runs a table's suite and fails closed.

Great Expectations finds nothing wrong with an empty table, an all-null column or a check that
raised; here each of them is a failure. It takes seconds to import, so nothing here imports it
before a table is validated.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from great_expectations.expectations import Expectation

# Read once, when Great Expectations is imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

SUITES = Path(__file__).parent / "suites"
EXAMPLE_COUNT = 5
COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One expectation that did not hold, or could not be evaluated."""

    expectation: str
    column: str
    observed: str
    detail: str


@dataclass(frozen=True, kw_only=True)
class GateResult:
    """What the suite of one table found.

    `document` is Great Expectations' own account as JSON values, with this verdict as its meta.
    """

    gate: str
    table: str
    is_passed: bool
    evaluated_count: int
    failed_count: int
    failures: tuple[Failure, ...]
    document: Mapping[str, Any] = field(repr=False, compare=False)


def tables() -> tuple[str, ...]:
    """Return the names <schema>.<table> that have a suite, read from the file names alone."""
    return tuple(sorted(path.stem.replace("__", ".", 1) for path in SUITES.glob("[a-z]*__*.py")))


def validate(table: str, frame: pa.Table) -> GateResult:
    """Run the suite of `table` on all rows of `frame`; decimals stay exact."""
    suite = import_module(f"expectations.suites.{table.replace('.', '__')}")
    return judge(table, suite.expectations(), frame)


def judge(table: str, expectations: Sequence[Expectation], frame: pa.Table) -> GateResult:
    """Evaluate the expectations on the frame; whatever is not proven has failed."""
    # Great Expectations fingerprints whatever frame it is given: twice, and slowly.
    tested = {getattr(stated, name, None) for stated in expectations for name in COLUMN_ARGUMENTS}
    frame = frame.select([name for name in frame.column_names if name in tested])
    document = _evaluate(table, expectations, frame)
    without_value = {
        name for name in frame.column_names if frame[name].null_count == frame.num_rows
    }
    failures = tuple(_failures(document, without_value))
    evaluated_count = sum(not _messages(outcome) for outcome in document["results"])
    verdict: dict[str, Any] = {
        "gate": document["suite_name"],
        "table": table,
        "is_passed": not failures and evaluated_count == len(expectations),
        "evaluated_count": evaluated_count,
        "failed_count": len(failures),
    }
    meta = {**verdict, "failures": [asdict(failure) for failure in failures]}
    return GateResult(**verdict, failures=failures, document={**document, "meta": meta})


def _evaluate(
    table: str, expectations: Sequence[Expectation], frame: pa.Table
) -> Mapping[str, Any]:
    """Return Great Expectations' result on an Arrow-backed frame, from a context kept nowhere.

    Tracebacks and its meta, which has a clock, are left out: the same data, the same document.
    """
    import great_expectations as gx
    import pandas as pd

    suite = gx.ExpectationSuite(name=table.replace(".", "__"), expectations=list(expectations))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = (
        context.data_sources.add_pandas("arrow")
        .add_dataframe_asset(table)
        .add_batch_definition_whole_dataframe("whole")
        .get_batch({"dataframe": frame.to_pandas(types_mapper=pd.ArrowDtype)})
    )
    result_format = {"result_format": "BASIC", "partial_unexpected_count": EXAMPLE_COUNT}
    document = batch.validate(suite, result_format=result_format).to_json_dict()
    for outcome in document["results"]:
        for record in _exceptions(outcome):
            record["exception_traceback"] = ""
    return document


def _failures(document: Mapping[str, Any], without_value: set[str]) -> Iterator[Failure]:
    """Yield what failed: by its own measure, by raising, or for want of a value to measure."""
    if not document["results"]:
        yield Failure(
            expectation="suite", column="", observed="nothing", detail="Expected an expectation."
        )
    for outcome in document["results"]:
        configuration = outcome["expectation_config"]
        arguments = configuration["kwargs"]
        columns = [arguments[name] for name in COLUMN_ARGUMENTS if name in arguments]
        empty = [f"no value in {column}" for column in columns if column in without_value]
        reasons = _messages(outcome) or empty
        if outcome["success"] and not reasons:
            continue
        yield Failure(
            expectation=configuration["type"],
            column=", ".join(columns),
            observed="; ".join(reasons) or _observed(outcome["result"]),
            detail=_detail(configuration),
        )


def _exceptions(outcome: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the exception records of an outcome: one, or one for each metric by its name."""
    info = outcome["exception_info"]
    return [info] if "raised_exception" in info else list(info.values())


def _messages(outcome: Mapping[str, Any]) -> list[str]:
    """Return the messages of all exceptions raised while an expectation was evaluated."""
    raised = [record for record in _exceptions(outcome) if record["raised_exception"]]
    return sorted({str(record["exception_message"]) for record in raised})


def _observed(found: Mapping[str, Any]) -> str:
    """Say what was found: a value, or how many values were unexpected, with examples."""
    if "observed_value" in found:
        return str(found["observed_value"])
    examples = ", ".join(str(value) for value in found["partial_unexpected_list"])
    return f"{found['unexpected_count']} of {found['element_count']} values, such as {examples}"


def _detail(configuration: Mapping[str, Any]) -> str:
    """Return the limits of an expectation, and why they are held to be sane."""
    limits = ", ".join(
        f"{name} {value}"
        for name, value in configuration["kwargs"].items()
        if name not in {"batch_id", *COLUMN_ARGUMENTS}
    )
    return f"Expected {limits}. {configuration.get('notes') or ''}".rstrip()
