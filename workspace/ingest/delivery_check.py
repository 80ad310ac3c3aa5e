"""Checking the expressions of an extract's delivery rules, and the extract its totals come from."""

from __future__ import annotations

from collections.abc import Iterator

from workspace.config.source_file import Extract, SourceFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.expressions import checked

Path = tuple[str | int, ...]


def check_delivery(
    workspace: Workspace, source: SourceFile, name: str, extract: Extract
) -> list[TierwiseError]:
    """Return every fault of an extract's delivery rules."""
    document = workspace.sources[source.system].document
    base: Path = ("extracts", name, "delivery")
    faults: list[TierwiseError] = []
    totals = extract.delivery.control_totals
    theirs: set[str] = set()
    if totals is not None:
        if totals.extract in source.extracts:
            theirs = set(source.extracts[totals.extract].columns)
        else:
            near = suggestion(totals.extract, list(source.extracts))
            place = document.place((*base, "control_totals", "extract"))
            cause = f"`{totals.extract}` is no extract.{near}"
            faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
    for path, text, columns in _expressions(extract, theirs):
        try:
            checked(text, {"t": columns}, default="t", place=document.place((*base, *path)))
        except TierwiseError as error:
            faults.append(error)
    return faults


def _expressions(extract: Extract, theirs: set[str]) -> Iterator[tuple[Path, str, set[str]]]:
    """Yield place and text of every expression, with the columns it may name."""
    rules, ours = extract.delivery, set(extract.columns)
    trailer, totals = rules.trailer, rules.control_totals
    if rules.deleted_when:
        yield ("deleted_when",), rules.deleted_when, ours
    if trailer is not None:
        yield ("trailer", "when"), trailer.when, ours
        yield from ((("trailer", "counts"), text, ours) for text in _given(trailer.counts))
        for column, total in trailer.totals.items():
            yield ("trailer", "totals", column), total, ours
    if totals is not None and theirs:
        yield from ((("control_totals", "counts"), text, theirs) for text in _given(totals.counts))
        for key, other, own in (
            *(("on", other, own) for other, own in totals.on.items()),
            *(("totals", other, own) for own, other in totals.totals.items()),
        ):
            path: Path = ("control_totals", key, other if key == "on" else own)
            yield path, other, theirs
            yield path, own, ours


def _given(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()
