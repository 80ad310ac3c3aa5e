"""The corporate plan of strategy.yml: its hash, and whether those who must have signed it."""

from __future__ import annotations

from collections.abc import Iterator

from workspace.config.strategy_file import StrategyFile
from workspace.config.strict import suggestion
from workspace.errors import TierwiseError
from workspace.folder import Workspace
from workspace.releases import digest
from workspace.schemes import segments_of

SIGNATURES = 3  # functions that must agree, such as sales, supply chain and finance


def plan_hash(strategy: StrategyFile) -> str:
    """Return the hash of objective and aims: any other target is another plan."""
    objective = strategy.objective.model_dump(mode="json", exclude={"is_active"})
    aims = [aim.model_dump(mode="json") for aim in strategy.aims]
    return digest({"objective": objective, "aims": aims})


def signed_by(strategy: StrategyFile) -> list[str]:
    """Return the functions that have signed the plan as it stands, by name."""
    current = plan_hash(strategy)
    signed = {s.function for s in strategy.sign_offs if current.startswith(s.plan)}
    return sorted(signed)


def check_plan(workspace: Workspace) -> Iterator[TierwiseError]:
    """Yield a fault for each aim of no scheme or segment, and an objective without signatures."""
    strategy, document = workspace.strategy.file, workspace.strategy.document
    for number, aim in enumerate(strategy.aims):
        if aim.scheme not in workspace.schemes:
            near = suggestion(aim.scheme, list(workspace.schemes))
            place = document.place(("aims", number, "scheme"))
            cause = f"`{aim.scheme}` is no scheme.{near}"
            yield TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
            continue
        known = segments_of(workspace, aim.scheme)
        for segment in aim.targets:
            if segment not in known:
                place = document.place(("aims", number, "targets", segment))
                cause = f"`{segment}` is no segment of {aim.scheme}.{suggestion(segment, known)}"
                yield TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)
    signed = signed_by(strategy)
    if strategy.objective.is_active and len(signed) < SIGNATURES:
        place = document.place(("objective", "is_active"))
        who = ", ".join(signed) or "nobody"
        cause = f"Plan {plan_hash(strategy)[:12]} is signed by {who}; {SIGNATURES} functions must."
        yield TierwiseError("PLAN_UNSIGNED", place=place, cause=cause)
