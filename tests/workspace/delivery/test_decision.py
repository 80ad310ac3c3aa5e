"""What arrives, and what the night does with it, as one table of situations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace.config.source_file import Extract
from workspace.ingest.delivery_decision import decide
from workspace.ingest.planned_files import Delivery, Found, LastRead

NIGHT = date(2026, 6, 30)
DATED = "erp/orders_{%Y-%m-%d}.csv"


def extract(*, path: str = DATED, required: bool = True, **delivery: object) -> Extract:
    return Extract.model_validate(
        {
            "path": path,
            "description": "Orders.",
            "key": ["id"],
            "columns": {"id": "text"},
            "required": required,
            "delivery": delivery,
        }
    )


def moment(name: str) -> datetime | None:
    """Return the date of names such as orders_2026-06-30.csv; A.csv has none."""
    digits = name.removeprefix("orders_")[:10]
    return datetime.fromisoformat(digits) if digits[:2] == "20" else None


def found(name: str, sha256: str = "", **more: object) -> Found:
    return Found(name=name, sha256=sha256 or f"sha-{name}", moment=moment(name), **more)  # type: ignore[arg-type]


def last(name: str, sha256: str = "", status: str = "loaded", **more: object) -> LastRead:
    values: dict[str, object] = {"delivered_date": date(2026, 6, 29), **more}
    return LastRead(
        name=name,
        sha256=sha256 or f"sha-{name}",
        status=status,
        moment=moment(name),
        **values,  # type: ignore[arg-type]
    )


def day(number: int) -> str:
    return f"orders_2026-06-{number:02}.csv"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A situation, and what becomes of each file: name, status, code, and the first 3 of a hash."""

    says: str
    files: list[Found] = field(default_factory=list)
    before: list[LastRead] = field(default_factory=list)
    rules: dict[str, object] = field(default_factory=dict)
    required: bool = True
    path: str = DATED
    becomes: list[tuple[str, str, str | None]]
    error: str | None = None

    def decision(self) -> Delivery:
        return decide(
            "erp",
            "orders",
            extract(path=self.path, required=self.required, **self.rules),
            found=self.files,
            last=self.before,
            night=NIGHT,
        )


UNDATED = "erp/*.csv"
BROKEN = {"code": "FILE_MANIFEST_MISMATCH", "cause": "It has 2 bytes."}
GROWING = {"code": "FILE_UNSTABLE", "cause": "Its marker is absent."}
APPEND: dict[str, object] = {"kind": "append"}
DAILY: dict[str, object] = {"kind": "append", "every": "day"}

CASES = [
    Case(
        says="nothing came",
        becomes=[("", "missing", "FILE_MISSING")],
        error="FILE_MISSING",
    ),
    Case(
        says="nothing came, and need not", required=False, becomes=[("", "missing", "FILE_MISSING")]
    ),
    Case(
        says="the newest by date, not by name",
        files=[found("orders_2026-06-30.csv"), found("orders_2026-06-29.csv")],
        becomes=[(day(29), "superseded", None), (day(30), "loaded", None)],
    ),
    Case(
        says="a file of tomorrow is not tonight's",
        files=[found(day(30)), found("orders_2026-07-01.csv")],
        becomes=[(day(30), "loaded", None)],
    ),
    Case(
        says="a file named for the day after its night",
        rules={"due_after_days": -1, "every": "day"},
        files=[found(day(30)), found("orders_2026-07-01.csv")],
        becomes=[(day(30), "superseded", None), ("orders_2026-07-01.csv", "loaded", None)],
    ),
    Case(
        says="an older full file than the one published, alone",
        files=[found(day(28))],
        before=[last(day(29))],
        becomes=[(day(28), "refused", "FILE_OUT_OF_ORDER")],
        error="FILE_OUT_OF_ORDER",
    ),
    Case(
        says="an older full file than the one published, beside it",
        files=[found(day(28)), found(day(29))],
        before=[last(day(29))],
        becomes=[(day(28), "refused", "FILE_OUT_OF_ORDER"), (day(29), "loaded", None)],
    ),
    Case(
        says="an older full file that the books know",
        files=[found(day(28)), found(day(29))],
        before=[last(day(28), status="superseded"), last(day(29))],
        becomes=[(day(28), "superseded", None), (day(29), "loaded", None)],
    ),
    Case(
        says="only an older full file is left in the inbox",
        files=[found(day(28))],
        before=[last(day(28), status="superseded"), last(day(29))],
        rules={"carry_forward_days": 1},
        becomes=[(day(28), "superseded", None), (day(29), "carried_forward", None)],
    ),
    Case(
        says="today's full file is late, and yesterday's may stand in",
        files=[found(day(29))],
        before=[last(day(29))],
        rules={"every": "day", "carry_forward_days": 1},
        becomes=[(day(29), "carried_forward", None)],
    ),
    Case(
        says="today's full file is late, and yesterday's may not stand in",
        files=[found(day(29))],
        before=[last(day(29))],
        rules={"every": "day"},
        becomes=[(day(29), "superseded", None), (day(30), "missing", "FILE_MISSING")],
        error="FILE_MISSING",
    ),
    Case(
        says="the inbox is empty: the last full file stands in for two days",
        before=[last(day(28), delivered_date=date(2026, 6, 28))],
        rules={"carry_forward_days": 2},
        becomes=[(day(28), "carried_forward", None)],
    ),
    Case(
        says="the inbox is empty for longer than the last full file may stand in",
        before=[last(day(28), delivered_date=date(2026, 6, 28))],
        rules={"carry_forward_days": 1},
        becomes=[("", "missing", "FILE_MISSING")],
        error="FILE_MISSING",
    ),
    Case(
        says="an optional full file stays away: the last one stands in",
        before=[last(day(28), delivered_date=date(2026, 6, 28))],
        required=False,
        becomes=[(day(28), "carried_forward", None)],
    ),
    Case(
        says="a required full file is refused though an older one is there",
        files=[found(day(29)), found(day(30), **BROKEN)],
        before=[last(day(29))],
        rules={"carry_forward_days": 9},
        becomes=[(day(29), "superseded", None), (day(30), "refused", "FILE_MANIFEST_MISMATCH")],
        error="FILE_MANIFEST_MISMATCH",
    ),
    Case(
        says="an optional full file is refused: the last one stands in",
        files=[found(day(29)), found(day(30), **BROKEN)],
        before=[last(day(29))],
        required=False,
        becomes=[
            (day(29), "carried_forward", None),
            (day(30), "refused", "FILE_MANIFEST_MISMATCH"),
        ],
    ),
    Case(
        says="a bad file that is older than a good one harms nothing",
        files=[found(day(29), **BROKEN), found(day(30))],
        becomes=[(day(29), "refused", "FILE_MANIFEST_MISMATCH"), (day(30), "loaded", None)],
    ),
    Case(
        says="a full file is still arriving",
        files=[found(day(29)), found(day(30), **GROWING)],
        before=[last(day(29))],
        becomes=[(day(29), "superseded", None), (day(30), "waiting", "FILE_UNSTABLE")],
        error="FILE_UNSTABLE",
    ),
    Case(
        says="the last full file is nowhere",
        before=[last(day(29), is_archived=False)],
        required=False,
        becomes=[(day(29), "missing", "FILE_MISSING")],
    ),
    Case(
        says="an undated full file comes again under another name",
        path=UNDATED,
        files=[found("A.csv", "same"), found("B.csv", "same")],
        before=[last("A.csv", "same")],
        becomes=[("A.csv", "loaded", None), ("B.csv", "superseded", "FILE_DUPLICATE")],
    ),
    Case(
        says="an undated full file is rewritten",
        path=UNDATED,
        files=[found("A.csv", "new")],
        before=[last("A.csv", "old")],
        becomes=[("A.csv", "loaded", None)],
    ),
    Case(
        says="a dated full file repeats the bytes of the day before: nothing changed",
        files=[found(day(29), "same"), found(day(30), "same")],
        before=[last(day(29), "same")],
        becomes=[(day(29), "superseded", None), (day(30), "loaded", None)],
    ),
    Case(
        says="appended files add up",
        rules=APPEND,
        files=[found(day(30)), found(day(28))],
        becomes=[(day(28), "loaded", None), (day(30), "loaded", None)],
    ),
    Case(
        says="an appended file left the inbox: it is read from the archive",
        rules=APPEND,
        files=[found(day(30))],
        before=[last(day(29))],
        becomes=[(day(29), "loaded", None), (day(30), "loaded", None)],
    ),
    Case(
        says="an appended file is neither in the inbox nor in the archive",
        rules=APPEND,
        files=[found(day(30))],
        before=[last(day(29), is_archived=False)],
        becomes=[(day(29), "missing", "FILE_MISSING"), (day(30), "loaded", None)],
        error="FILE_MISSING",
    ),
    Case(
        says="the same bytes under two names",
        rules=APPEND,
        files=[found(day(29), "same"), found(day(30), "same")],
        becomes=[(day(29), "loaded", None), (day(30), "superseded", "FILE_DUPLICATE")],
    ),
    Case(
        says="the same bytes under two names, one of which was read before",
        rules=APPEND,
        files=[found(day(28), "same"), found(day(29), "same")],
        before=[last(day(29), "same")],
        becomes=[(day(28), "superseded", "FILE_DUPLICATE"), (day(29), "loaded", None)],
    ),
    Case(
        says="an appended file was renamed",
        path=UNDATED,
        rules=APPEND,
        files=[found("B.csv", "same")],
        before=[last("A.csv", "same")],
        becomes=[("A.csv", "loaded", None), ("B.csv", "superseded", "FILE_DUPLICATE")],
    ),
    Case(
        says="a day is missing in the sequence",
        rules=DAILY,
        files=[found(day(28)), found(day(30))],
        becomes=[
            (day(28), "loaded", None),
            (day(29), "missing", "FILE_MISSING"),
            (day(30), "loaded", None),
        ],
        error="FILE_MISSING",
    ),
    Case(
        says="a day is missing in the sequence of an optional extract",
        rules=DAILY,
        required=False,
        files=[found(day(28)), found(day(30))],
        becomes=[
            (day(28), "loaded", None),
            (day(29), "missing", "FILE_MISSING"),
            (day(30), "loaded", None),
        ],
    ),
    Case(
        says="a day is missing on which nothing is due",
        rules={**DAILY, "not_due": ["2026-06-29"]},
        files=[found(day(28)), found(day(30))],
        becomes=[(day(28), "loaded", None), (day(30), "loaded", None)],
    ),
    Case(
        says="the weekend brings no file on business days",
        rules={"kind": "append", "every": "business_day"},
        files=[found(day(26)), found(day(29)), found(day(30))],
        becomes=[(day(number), "loaded", None) for number in (26, 29, 30)],
    ),
    Case(
        says="a week's file bears any of its days, and is due once the week is over",
        rules={"kind": "append", "every": "week"},
        files=[found(day(17)), found(day(26))],
        becomes=[(day(17), "loaded", None), (day(26), "loaded", None)],
    ),
    Case(
        says="a week is missing",
        rules={"kind": "append", "every": "week"},
        files=[found(day(10)), found(day(26))],
        becomes=[
            (day(10), "loaded", None),
            (day(15), "missing", "FILE_MISSING"),
            (day(26), "loaded", None),
        ],
        error="FILE_MISSING",
    ),
    Case(
        says="the newest appended day is late and may be",
        rules={**DAILY, "carry_forward_days": 1},
        files=[found(day(28)), found(day(29))],
        becomes=[
            (day(28), "loaded", None),
            (day(29), "loaded", None),
            (day(30), "missing", "FILE_MISSING"),
        ],
    ),
    Case(
        says="a late day restates history within the allowed lateness",
        rules={**APPEND, "allowed_lateness_days": 2},
        files=[found(day(27)), found(day(29))],
        before=[last(day(29))],
        becomes=[(day(27), "loaded", None), (day(29), "loaded", None)],
    ),
    Case(
        says="a day comes later than that",
        rules={**APPEND, "allowed_lateness_days": 1},
        files=[found(day(27)), found(day(29))],
        before=[last(day(29))],
        becomes=[(day(27), "refused", "FILE_OUT_OF_ORDER"), (day(29), "loaded", None)],
        error="FILE_OUT_OF_ORDER",
    ),
    Case(
        says="a day comes later than that and is accepted by its hash",
        rules={**APPEND, "allowed_lateness_days": 1, "accepted": ["a" * 12]},
        files=[found(day(27), "a" * 64), found(day(29))],
        before=[last(day(29))],
        becomes=[(day(27), "loaded", None), (day(29), "loaded", None)],
    ),
    Case(
        says="an appended day is delivered anew while its window is open",
        rules={**APPEND, "closes_after_days": 1},
        files=[found(day(29), "new")],
        before=[last(day(29), "old")],
        becomes=[(day(29), "loaded", None)],
    ),
    Case(
        says="an appended day is delivered anew after its window closed",
        rules={**APPEND, "closes_after_days": 1},
        files=[found(day(28), "new")],
        before=[last(day(28), "old")],
        becomes=[(day(28), "carried_forward", None), (day(28), "refused", "FILE_CONFLICT")],
        error="FILE_CONFLICT",
    ),
    Case(
        says="the changed day is accepted by its hash",
        rules={**APPEND, "closes_after_days": 1, "accepted": ["b" * 12]},
        files=[found(day(28), "b" * 64)],
        before=[last(day(28), "old")],
        becomes=[(day(28), "loaded", None)],
    ),
    Case(
        says="a published file is withdrawn by its hash",
        rules={**APPEND, "withdrawn": ["c" * 12]},
        files=[found(day(28), "c" * 64), found(day(29))],
        before=[last(day(28), "c" * 64), last(day(27), "c" * 64)],
        becomes=[(day(28), "superseded", None), (day(29), "loaded", None)],
    ),
    Case(
        says="all there is has been withdrawn",
        rules={**APPEND, "withdrawn": ["c" * 12]},
        files=[found(day(28), "c" * 64)],
        becomes=[("", "missing", "FILE_MISSING"), (day(28), "superseded", None)],
        error="FILE_MISSING",
    ),
    Case(
        says="an appended file is refused in a required extract",
        rules=APPEND,
        files=[found(day(29)), found(day(30), **BROKEN)],
        becomes=[(day(29), "loaded", None), (day(30), "refused", "FILE_MANIFEST_MISMATCH")],
        error="FILE_MANIFEST_MISMATCH",
    ),
    Case(
        says="the new version of an optional appended file is refused: the old one stands in",
        rules=APPEND,
        required=False,
        files=[found(day(29), "new", **BROKEN)],
        before=[last(day(29), "old")],
        becomes=[
            (day(29), "carried_forward", None),
            (day(29), "refused", "FILE_MANIFEST_MISMATCH"),
        ],
    ),
    Case(
        says="an appended file is still arriving",
        rules=APPEND,
        files=[found(day(29)), found(day(30), **GROWING)],
        becomes=[(day(29), "loaded", None), (day(30), "waiting", "FILE_UNSTABLE")],
        error="FILE_UNSTABLE",
    ),
    Case(
        says="an appended file is still arriving and may be late",
        rules={**APPEND, "carry_forward_days": 1},
        files=[found(day(29)), found(day(30), **GROWING)],
        becomes=[(day(29), "loaded", None), (day(30), "waiting", "FILE_UNSTABLE")],
    ),
]


@pytest.mark.parametrize("case", [pytest.param(case, id=case.says) for case in CASES])
def test_what_arrives_becomes(case: Case) -> None:
    decision = case.decision()
    assert [(file.name, file.status, file.code) for file in decision.files] == case.becomes
    assert (decision.error.code if decision.error else None) == case.error


@pytest.mark.parametrize("case", [pytest.param(case, id=case.says) for case in CASES])
@given(data=st.data())
def test_the_order_of_arrival_decides_nothing(case: Case, data: st.DataObject) -> None:
    shuffled = Case(
        says=case.says,
        files=data.draw(st.permutations(case.files)),
        before=data.draw(st.permutations(case.before)),
        rules=case.rules,
        required=case.required,
        path=case.path,
        becomes=[],
    )
    assert shuffled.decision().files == case.decision().files
