"""Everything about a workspace's configuration that one file cannot show by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from models.segmentation.errors import SchemeError
from workspace.calendar_check import check_calendars
from workspace.concept_check import check_concepts
from workspace.config.source_file import Extract, SourceFile
from workspace.config.strict import suggestion
from workspace.costing_check import check_costing
from workspace.decisions import check_decisions
from workspace.edge_case_check import check_edge_cases
from workspace.errors import ConfigurationErrors, TierwiseError
from workspace.field_fill import check_field_fill
from workspace.folder import Workspace
from workspace.hierarchy_check import check_hierarchies
from workspace.ingest.delivery_check import check_delivery
from workspace.ingest.expressions import checked
from workspace.ingest.mapping_check import check_mappings
from workspace.matching.model_check import check_matching
from workspace.matrix_check import check_matrix
from workspace.metric_check import check_metrics
from workspace.overlays import check_overlays
from workspace.plan import check_plan
from workspace.quality_check import check_quality
from workspace.rule_check import check_rules
from workspace.scheme_check import check_scheme
from workspace.schemes import in_order, segments_of
from workspace.stability_check import check_stability
from workspace.supply_settings import check_supply_settings
from workspace.survivorship import check_survivorship
from workspace.taxonomy_check import check_taxonomy
from workspace.unit_check import check_units
from workspace.variant_check import check_variants


def check_workspace(workspace: Workspace) -> None:
    """Check expressions, references and rules; raises ConfigurationErrors with all faults."""
    faults = check_mappings(workspace)[1] + check_calendars(workspace)
    for read in workspace.sources.values():
        for name, extract in read.value.extracts.items():
            faults += _check_extract(workspace, read.value, name, extract)
            faults += check_delivery(workspace, read.value, name, extract)
    for name in workspace.schemes:
        faults += check_scheme(workspace, name) + check_rules(workspace, name)
        faults += check_stability(workspace, name)
    try:
        in_order(workspace)
        for name in workspace.schemes:
            faults += check_matrix(workspace, name)
    except (TierwiseError, SchemeError) as error:
        faults += [error] if isinstance(error, TierwiseError) else []
    faults += [*check_decisions(workspace), *check_plan(workspace)]
    for name in workspace.policies:
        faults += _check_policy(workspace, name)
    today = workspace.business_date(datetime.now(UTC))
    faults += check_quality(workspace, today) + check_concepts(workspace, today)
    faults += check_taxonomy(workspace) + check_hierarchies(workspace)
    faults += check_costing(workspace.costing, today)
    faults += check_metrics(workspace) + check_matching(workspace.root)
    faults += check_field_fill(workspace) + check_units(workspace)
    faults += check_survivorship(workspace.survivorship, list(workspace.sources))
    faults += check_supply_settings(workspace.supply) + check_edge_cases(workspace)
    faults += _check_overlays(workspace)
    faults += [] if faults else check_variants(workspace)  # which merges what is sound
    if faults:
        raise ConfigurationErrors(faults)


def _check_overlays(workspace: Workspace) -> list[TierwiseError]:
    """Check overlays against the systems there are, and the segments of schemes of customers."""
    segments = {
        name: _segments(workspace, name)
        for name, read in workspace.schemes.items()
        if read.value.unit == "customer"
    }
    return check_overlays(workspace.overlays, list(workspace.sources), segments)


def _segments(workspace: Workspace, name: str) -> list[str]:
    """Return the segments of a scheme; none of one that contradicts itself, which is its fault."""
    try:
        return segments_of(workspace, name)
    except SchemeError:
        return []


def _check_policy(workspace: Workspace, name: str) -> list[TierwiseError]:
    """Check that a policy names a scheme and its segments, each of them."""
    read = workspace.policies[name]
    scheme, known = read.value.scheme, list(workspace.schemes)
    if scheme not in known:
        cause = f"`{scheme}` is no scheme.{suggestion(scheme, known)}"
        place = read.document.place(("scheme",))
        return [TierwiseError("CONFIG_REFERENCE", place=place, cause=cause)]
    if not (segments := _segments(workspace, scheme)):
        return []
    faults = [
        TierwiseError(
            "CONFIG_REFERENCE",
            place=read.document.place(("cells", cell)),
            cause=f"`{cell}` is no segment of {scheme}.{suggestion(cell, segments)}",
        )
        for cell in read.value.cells
        if cell not in segments
    ]
    absent = [segment for segment in segments if segment not in read.value.cells]
    if absent:
        cause = f"No policy is given for {', '.join(absent)}; `{{}}` gives a cell none on purpose."
        place = read.document.place(("cells",))
        faults.append(TierwiseError("CONFIG_VALUE", place=place, cause=cause))
    return faults


def _check_extract(
    workspace: Workspace, source: SourceFile, name: str, extract: Extract
) -> list[TierwiseError]:
    """Parse the conditions of an extract's skips and checks."""
    document = workspace.sources[source.system].document
    conditions = [
        (("extracts", name, "skip", number, "when"), skip.when)
        for number, skip in enumerate(extract.skip)
    ]
    conditions += [
        (("extracts", name, "checks", number, "expect"), check.expect)
        for number, check in enumerate(extract.checks)
    ]
    faults: list[TierwiseError] = []
    for path, text in conditions:
        try:
            place = document.place(path)
            checked(text, {"t": set(extract.columns)}, default="t", place=place)
        except TierwiseError as error:
            faults.append(error)
    return faults
