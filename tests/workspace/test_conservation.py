from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workspace.small_company import Company, ingested

HEADER = "order,line,customer,product,day,units\n"
CELLS = {
    "order": st.sampled_from(["O1", "O2", "O3", "", " "]),
    "line": st.sampled_from(["1", "2"]),
    "customer": st.sampled_from(["C1", "C2", "C7", ""]),
    "product": st.sampled_from(["P1", "P2", 'P"1', "Total"]),
    "day": st.sampled_from(["2026-01-05", "2026-01-06", "2027-01-01", "05.01.2026", ""]),
    "units": st.sampled_from(["3", "4", "-1", "NaN", "", "x", "99999999999999999"]),
}
SOUND = st.tuples(*CELLS.values()).map(",".join)
LINES = st.one_of(
    SOUND,
    SOUND,
    SOUND,
    SOUND.map(lambda line: line + ","),
    SOUND.map(lambda line: line.replace(",", "", 1)),
    SOUND.map(lambda line: line.replace("C1", '"C1')),
    SOUND.map(lambda line: line.replace("P1", "P\0")),
    st.just("Total,,,,,7"),
    st.text(alphabet='ab",\r ', max_size=12),
)


@settings(max_examples=15)
@given(
    lines=st.lists(LINES.filter(lambda line: line.strip() != ""), min_size=1, max_size=25),
    line_end=st.sampled_from(["\n", "\r\n"]),
    customer=st.sampled_from([b"C7", b"C\xff"]),
)
def test_every_record_is_loaded_or_quarantined_or_skipped(
    lines: list[str], line_end: str, customer: bytes
) -> None:
    rows = [HEADER.strip(), *lines, "O3,2,C2,P2,2026-01-05,3", ""]
    text = line_end.join(rows).encode().replace(b"C7", customer)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Company(root=Path(folder)).open({"erp/orders_1.csv": text})
        with ingested(workspace) as night:
            ((_, records, loaded, quarantined, skipped, _),) = night.books("orders")
            assert records == loaded + quarantined + skipped
            assert night.rows("select count(*) from raw.order_lines") == [(loaded,)]
            held = night.rows(
                "select count(distinct record_number) from control.quarantine "
                "where extract = 'orders'"
            )
            assert held == [(quarantined,)]
            for offset, raw in night.rows(
                "select byte_offset, raw_text from control.quarantine where extract = 'orders'"
            ):
                delivered = text[offset : offset + len(raw.encode())]
                assert "\ufffd" in raw or delivered.decode() == raw
