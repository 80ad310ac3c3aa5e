"""Data from outside never stop a night, whatever a provider sends."""

from __future__ import annotations

import pytest

from tests.workspace.small_company import Company, ingested

MARKET = """\
system: market
description: A provider of signals.
kind: reference
priority: 9
extracts:
  signals:
    path: market/signals_*.csv
    description: Signals.
    required: false
    key: [signal, subject, day, at]
    columns: {signal: text, subject: text, value: rate, day: date, at: timestamp}
mappings:
  - entity: external_signals
    extract: signals
    columns:
      signal_name: signal
      subject_type: "'country'"
      subject_key: subject
      signal_value: value
      value_date: day
      published_at: at
"""
HEADER = "signal,subject,value,day,at\n"
GOOD = "growth,DE,1.5,2026-05-01,2026-05-02 08:00:00\n"
AHEAD = "growth,FR,1.5,2027-05-01,2027-05-02 08:00:00\n"


@pytest.mark.parametrize(
    ("content", "loaded"),
    [
        (None, 0),
        (b"", 0),
        (b"\x00\x01\x02 nothing we know", 0),
        (b"<html><body>503 Service Unavailable</body></html>", 0),
        (HEADER, 0),
        (HEADER + GOOD, 1),
        (HEADER + GOOD + GOOD.replace("1.5", "much").replace("DE", "NL"), 1),
        (HEADER + GOOD + AHEAD, 2),
    ],
    ids=["absent", "empty", "garbage", "an error page", "no rows", "good", "half bad", "ahead"],
)
def test_ingest_goes_on_whatever_a_provider_delivers(
    company: Company, content: str | bytes | None, loaded: int
) -> None:
    workspace = company.configure("sources/market.yml", text=MARKET)
    with ingested(workspace.open({"market/signals_1.csv": content})) as night:
        assert night.rows("select count(*) from raw.external_signals") == [(loaded,)]
        assert len(night.rows("from raw.order_lines")) == 3
