"""Files that arrive over several nights, in any order and with the inbox emptied in between."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workspace.config.source_file import Extract
from workspace.ingest.delivery_decision import decide
from workspace.ingest.planned_files import READ, Delivery, Found, LastRead

DAYS = [date(2026, 6, day) for day in range(1, 9)]
LAST = date(2026, 6, 30)
ARRIVALS = st.lists(st.sampled_from(DAYS), min_size=1, max_size=12)


def extract(kind: str, **rules: object) -> Extract:
    return Extract.model_validate(
        {
            "path": "orders_{%Y-%m-%d}.csv",
            "description": "Orders.",
            "key": ["id"],
            "columns": {"id": "text"},
            "delivery": {"kind": kind, **rules},
        }
    )


def found(day: date) -> Found:
    name = f"orders_{day}.csv"
    moment = datetime.combine(day, datetime.min.time())
    return Found(name=name, sha256=f"{day:%d}" * 32, moment=moment)


def books(delivery: Delivery) -> list[LastRead]:
    return [
        LastRead(
            name=file.name,
            sha256=file.sha256,
            status=file.status,
            moment=file.moment,
            delivered_date=file.delivered_date,
        )
        for file in delivery.files
    ]


def read_in_the_end(
    contract: Extract, nights: list[list[date]], *, inbox_is_kept: bool
) -> list[tuple[str, str | None]]:
    """Return the files that the last of some nights reads; each has the arrivals of its own."""
    last: list[LastRead] = []
    inbox: set[date] = set()
    for number, arrivals in enumerate(nights):
        inbox = (inbox if inbox_is_kept else set()) | set(arrivals)
        delivery = decide(
            "erp",
            "orders",
            contract,
            found=[found(day) for day in inbox],
            last=last,
            night=LAST + timedelta(days=number),
        )
        if delivery.error is None:  # a night that is held publishes nothing
            last = books(delivery)
    return [(file.name, file.sha256) for file in last if file.status in READ]


@given(arrivals=st.permutations(DAYS), cuts=st.sets(st.integers(1, 7)), kept=st.booleans())
def test_what_adds_up_ends_the_same_however_it_came(
    arrivals: list[date], cuts: set[int], *, kept: bool
) -> None:
    bounds = [0, *sorted(cuts), len(arrivals)]
    nights = [arrivals[a:b] for a, b in pairwise(bounds)]
    for kind in ("append", "delta"):
        ends = read_in_the_end(extract(kind), nights, inbox_is_kept=kept)
        at_once = read_in_the_end(extract(kind), [DAYS], inbox_is_kept=True)
        assert ends == at_once == [(f.name, f.sha256) for f in map(found, DAYS)]


@given(nights=st.lists(ARRIVALS, min_size=1, max_size=6), kept=st.booleans())
def test_a_full_delivery_never_goes_back(nights: list[list[date]], *, kept: bool) -> None:
    contract = extract("full", carry_forward_days=99)
    seen: list[str] = []
    for count in range(1, len(nights) + 1):
        ((name, _),) = read_in_the_end(contract, nights[:count], inbox_is_kept=kept)
        seen.append(name)
    assert seen == sorted(seen)
    assert seen[-1] == f"orders_{max(day for night in nights for day in night)}.csv"


@given(nights=st.lists(ARRIVALS, min_size=1, max_size=6), late=st.integers(0, 8))
def test_history_never_shrinks(nights: list[list[date]], late: int) -> None:
    contract = extract("append", allowed_lateness_days=late)
    before: set[str] = set()
    for count in range(1, len(nights) + 1):
        read = {name for name, _ in read_in_the_end(contract, nights[:count], inbox_is_kept=False)}
        assert before <= read
        before = read
