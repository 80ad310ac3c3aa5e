"""What schemes decide: who may read a strategic one, and how often it may be made anew.

A network that is built by a segment stands for years; one that changes every night is no ground for
it. And stock that hangs on a segment which moves once a year follows last year's demand.
"""

from __future__ import annotations

from collections.abc import Iterator

from models.stability.replay import MONTHS, Review
from workspace.config.matrix_method import MatrixMethod
from workspace.config.scheme_file import SchemeFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace

STRATEGIC = "strategic"
NEVER = 10**6  # months between two reviews of a scheme that has none


def decision_class(workspace: Workspace, name: str) -> str:
    """Return what a scheme decides: as it says itself, or as strategy.yml says for all."""
    return workspace.schemes[name].value.decision.kind or workspace.strategy.file.decision_class


def check_decisions(workspace: Workspace) -> list[TierwiseError]:
    """Return a fault for each reader that decides otherwise, and each scheme made too often."""
    return [
        *_check_readers(workspace),
        *(fault for name in workspace.schemes for fault in _check_pace(workspace, name)),
        *_check_membership(workspace),
    ]


def _check_readers(workspace: Workspace) -> Iterator[TierwiseError]:
    readers = [
        (name, read.document.place(("scheme",)), [read.value.scheme])
        for name, read in workspace.policies.items()
    ]
    readers += [
        (name, read.document.place(("method",)), _parents(read.value))
        for name, read in workspace.schemes.items()
        if decision_class(workspace, name) != STRATEGIC
    ]
    known = {name for name, _, _ in readers}
    for reader, place, schemes in readers:
        for name in schemes:
            read = workspace.schemes.get(name)
            if read is None or decision_class(workspace, name) != STRATEGIC:
                continue
            if reader not in read.value.decision.tactical_readers:
                cause = f"{reader} decides tactically; {name} is strategic and does not name it."
                yield TierwiseError("DECISION_CLASS", place=place, cause=cause)
    for read in workspace.schemes.values():
        for number, reader in enumerate(read.value.decision.tactical_readers):
            if reader not in known:
                place = read.document.place(("decision", "tactical_readers", number))
                cause = f"`{reader}` is no policy or tactical scheme.{suggestion(reader, [*known])}"
                yield TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)


def _parents(file: SchemeFile) -> list[str]:
    return list(file.method.method().reads) if isinstance(file.method, MatrixMethod) else []


def _check_pace(workspace: Workspace, name: str) -> Iterator[TierwiseError]:
    """Refuse a strategic scheme whose units may move more often than its horizon."""
    read = workspace.schemes[name]
    if decision_class(workspace, name) != STRATEGIC or isinstance(read.value.method, MatrixMethod):
        return
    horizon = read.value.decision.horizon_months or workspace.strategy.file.horizon_months
    months = _months_between_moves(read.value)
    if months < horizon:
        place = read.document.place(("stability", "moves"))
        cause = f"Units may move every {months} months" if months else "Units may move every night"
        cause += f"; the decision of {name} is meant for {horizon}."
        yield TierwiseError("DECISION_HORIZON", place=place, cause=cause)


def _months_between_moves(file: SchemeFile) -> int:
    if file.stability is None or file.stability.moves_between:
        return 0
    moves = file.stability.moves
    return NEVER if moves is Review.NEVER else MONTHS.get(moves, 0)


def _check_membership(workspace: Workspace) -> Iterator[TierwiseError]:
    """Refuse schemes that move nightly where the company has declared membership to be static."""
    if workspace.strategy.file.membership != "static":
        return
    for name, read in workspace.schemes.items():
        if isinstance(read.value.method, MatrixMethod) or _months_between_moves(read.value):
            continue
        place = read.document.place(("stability", "moves"))
        cause = f"strategy.yml says that membership is static; {name} moves units every night."
        yield TierwiseError("DECISION_HORIZON", place=place, cause=cause)
