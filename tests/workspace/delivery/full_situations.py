"""Full deliveries: what arrives, and what becomes of it."""

from __future__ import annotations

from datetime import date

from tests.workspace.delivery.situations import BROKEN, GROWING, UNDATED, Case, day, found, last

FULL = [
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
]
