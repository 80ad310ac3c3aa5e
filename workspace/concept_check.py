"""One concept, one definition, one owner: contracts that say otherwise are refused."""

from __future__ import annotations

from datetime import date

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from workspace.config.concept import Concept
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.ingest.expressions import checked

EITHER_WAY = (exp.Add, exp.Mul, exp.And, exp.Or)  # operators whose operands may change places


def check_concepts(workspace: Workspace, day: date) -> list[TierwiseError]:
    """Return every fault of the concepts that the contracts declare, on a day."""
    faults: list[TierwiseError] = []
    first: dict[str, tuple[str, Concept]] = {}
    for system, read in workspace.sources.items():
        for name, concept in read.value.concepts.items():
            place = read.document.place(("concepts", name))
            mapped = {f"{m.entity}.{column}" for m in read.value.mappings for column in m.columns}
            if concept.element not in mapped:
                near = suggestion(concept.element, sorted(mapped))
                cause = f"{system} maps no `{concept.element}`.{near}"
                faults.append(TierwiseError("CONFIG_REFERENCE", place=place, cause=cause))
                continue
            try:
                meant = canonical(concept.formula, place)
            except TierwiseError as error:
                faults.append(error)
                continue
            other, known = first.setdefault(name, (system, concept))
            where = str(workspace.sources[other].document.place(("concepts", name)))
            if meant != canonical(known.formula, where):
                theirs = f"`{known.formula}` in {other} ({where})"
                cause = f"{name} is `{concept.formula}` here and {theirs}."
                faults.append(TierwiseError("CONFIG_CONCEPT", place=place, cause=cause))
            faults += _check_owner(workspace, system, place, name, concept, known, other, day)
    return faults


def canonical(formula: str, place: str) -> str:
    """Return a formula so that two which differ in order, case or brackets alone are equal.

    Names in it are words of the business, not columns: any is allowed.
    """
    try:
        words = {c.name for c in sqlglot.parse_one(formula, read="duckdb").find_all(exp.Column)}
    except SqlglotError as error:
        cause = f"`{formula}` is no expression."
        raise TierwiseError("CONFIG_EXPRESSION", place=place, cause=cause) from error
    tree = checked(formula, {"t": words}, default="t", place=place)
    return _written(tree)


def _written(tree: exp.Expr) -> str:
    if isinstance(tree, exp.Paren):
        return _written(tree.this)
    if isinstance(tree, exp.Column):
        return tree.name.lower()
    if isinstance(tree, EITHER_WAY):
        operands = sorted(_written(operand) for operand in _operands(tree, type(tree)))
        return f"{tree.key}({', '.join(operands)})"
    parts = [_written(part) for part in tree.iter_expressions()]
    shown = tree.sql(dialect="duckdb").lower() if not parts else ", ".join(parts)
    return f"{tree.key}({shown})"


def _operands(tree: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """Return the operands of a chain of one operator: a + (b + c) has three."""
    while isinstance(tree, exp.Paren):
        tree = tree.this
    if not isinstance(tree, kind):
        return [tree]
    return [*_operands(tree.args["this"], kind), *_operands(tree.args["expression"], kind)]


def _check_owner(
    workspace: Workspace,
    system: str,
    place: str,
    name: str,
    concept: Concept,
    known: Concept,
    other: str,
    day: date,
) -> list[TierwiseError]:
    """Check that one role owns the concept, and that it is the steward of its element."""
    causes: list[str] = []
    if concept.owner != known.owner:
        causes.append(f"{name} is owned by {concept.owner} here and by {known.owner} in {other}.")
    if concept.element != known.element:
        causes.append(f"{name} is {concept.element} here and {known.element} in {other}.")
    stewards = workspace.quality.stewards
    if stewards is not None:
        entry = stewards.assignment(concept.element, stewards.unit_of(system), day)
        if entry is not None and entry.steward != concept.owner:
            causes.append(
                f"{name} is owned by {concept.owner}, but {entry.steward} is the steward of "
                f"{concept.element}."
            )
    return [TierwiseError("CONFIG_OWNER", place=place, cause=cause) for cause in causes]
