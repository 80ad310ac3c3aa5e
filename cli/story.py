"""What a night came to, told from the release it published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from serving.release_reader import ReleaseReader, open_release
from workspace.folder import Workspace
from workspace.ingest.delivery import undeclared_files
from workspace.ingest.planned_files import READ, Delivery
from workspace.releases import Release


@dataclass(frozen=True, kw_only=True)
class Story:
    """The counts of a night, and how people read them."""

    document: dict[str, Any]

    def text(self) -> str:
        """Return the story as lines: what came, what was held back, what it became."""
        d = self.document
        loaded, gates = d["loaded"], d["gates"]
        return "\n".join(
            [
                f"Release {d['release_id']}, after {d['previous_release_id'] or 'none'}",
                "",
                _line("delivered", loaded["records"], f"records in {loaded['files']} files"),
                _line("loaded", loaded["loaded"], "records"),
                _line("skipped", loaded["skipped"], "records, as declared"),
                _line("quarantined", loaded["quarantined"], "records"),
                *_quarantined(d["quarantined"]),
                *_decided(d["decided"], d["ledger_head"]),
                _line("gated", gates["passed"], f"gates passed, {gates['failed']} failed"),
                *_classified_lines(d["classified"]),
                *_changes(d["changed"], d["previous_release_id"]),
                *(f"  undeclared   {name}" for name in d["undeclared_files"]),
                "",
                f"  report       {d['report']}",
                f'  ask          tierwise explain {d["example_unit"]}   ·   tierwise sql "…"',
            ]
        )


def _line(title: str, count: int, words: str) -> str:
    return f"  {title:<11} {count:>9,} {words}"


def _quarantined(found: list[dict[str, Any]]) -> list[str]:
    """Return one line for each extract, its causes most frequent first.

    A record may have several causes, so they may add up to more than the records held.
    """
    causes: dict[str, dict[str, int]] = {}
    held: dict[str, int] = {}
    for row in found:
        causes.setdefault(row["extract"], {})[row["code"]] = row["records"]
        held[row["extract"]] = row["held"]
    return [
        _line("", held[extract], f"{extract}: {_counts(codes)}")
        for extract, codes in causes.items()
    ]


def _decided(count: int, head: str) -> list[str]:
    """Return how many of people's decisions the night went by, and the head to keep elsewhere."""
    return [_line("decided", count, f"by people on records, ledger head {head}")] if count else []


def _classified_lines(found: list[dict[str, Any]]) -> list[str]:
    return [
        _line("classified", scheme["units"], f"{scheme['scheme']}: {_counts(scheme['segments'])}")
        for scheme in found
    ]


def _counts(segments: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in segments.items())


def _changes(changed: list[dict[str, Any]], previous: str | None) -> list[str]:
    if previous is None:
        return ["  changed              first release: nothing to compare with"]
    return [_line("changed", c["moved"], f"units moved in {c['scheme']}") for c in changed]


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    """What is said of a night that had nothing to do."""

    document: dict[str, Any]

    def text(self) -> str:
        """Return which release stays, and which files were left out."""
        d = self.document
        return "\n".join(
            [
                f"Nothing is new: release {d['release_id']} is current.",
                *(f"  left out  {said}" for said in d["left_out"]),
                f"  report  {d['report']}",
            ]
        )


def unchanged(current: Release, decided: Sequence[Delivery]) -> Unchanged:
    """Return the story of a night that had nothing to do."""
    document = {
        "status": "nothing_new",
        "release_id": current.release_id,
        "left_out": [
            f"{delivery.system}.{delivery.extract} {file.name}: {file.code} {file.detail}"
            for delivery in decided
            for file in delivery.files
            if file.code is not None
        ],
        "report": str(current.folder / "report.html"),
    }
    return Unchanged(document=document)


def released(workspace: Workspace, release: Release) -> Story:
    """Read the story of a release."""
    with open_release(release.folder) as reader:
        document = {
            "status": "published",
            "release_id": release.release_id,
            "previous_release_id": release.manifest["previous_release_id"],
            "ledger_head": release.manifest["identity"]["key"]["ledger_head"],
            "loaded": _loaded(reader),
            "quarantined": reader.rows(
                "select q.system || '.' || q.extract as extract, q.code, count(*) as records, "
                "any_value(held.records)::bigint as held "
                "from quarantine as q join (select system, extract, sum(quarantined_count) "
                "as records from raw_extracts group by all) as held using (system, extract) "
                "group by q.system, q.extract, q.code order by records desc, extract, q.code"
            ),
            "decided": reader.value("select count(*) from row_decisions"),
            "gates": release.manifest["identity"]["gates"],
            "classified": _classified(reader),
            "changed": _changed(reader),
            "undeclared_files": [str(file) for file in undeclared_files(workspace)],
            "report": str(release.folder / "report.html"),
            "example_unit": _example(reader),
        }
    return Story(document=document)


def _loaded(reader: ReleaseReader) -> dict[str, int]:
    (row,) = reader.rows(
        f"select count(*) filter (where status in {READ}) as files, "
        "sum(record_count)::bigint as records, sum(loaded_count)::bigint as loaded, "
        "sum(quarantined_count)::bigint as quarantined, sum(skipped_count)::bigint as skipped "
        "from raw_extracts"
    )
    return row


def _classified(reader: ReleaseReader) -> list[dict[str, Any]]:
    rows = reader.rows(
        "select scheme_id, segment_id, count(*) as units from segment_assignment "
        "group by all order by all"
    )
    schemes: dict[str, dict[str, int]] = {}
    for row in rows:
        schemes.setdefault(row["scheme_id"], {})[row["segment_id"]] = row["units"]
    return [
        {"scheme": scheme, "units": sum(segments.values()), "segments": segments}
        for scheme, segments in schemes.items()
    ]


def _changed(reader: ReleaseReader) -> list[dict[str, Any]]:
    return reader.rows(
        "select scheme_id as scheme, coalesce(sum(unit_count) filter "
        "(where from_segment_id <> to_segment_id), 0)::bigint as moved "
        "from segment_churn group by all order by all"
    )


def _example(reader: ReleaseReader) -> str:
    """Return a unit worth asking about: the one with most at stake."""
    found = reader.value(
        "select p.product_code || '@' || l.site_code from segment_assignment as a "
        "join golden_product as p using (product_id) join golden_location as l using (site_id) "
        "order by a.value_at_stake_amount desc nulls last, a.product_id, a.site_id limit 1"
    )
    return str(found or "<product>@<site>")
