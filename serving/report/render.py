"""Puts the sections of a release on one self-contained page.

The page asks the network for nothing: scripts, styles and data travel inside it, and its content
security policy lets only the two scripts run that we put there, known by their hashes. The same
release gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import altair as alt
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from serving.release_reader import open_release
from serving.report.section import Release, Section
from serving.report.sections.abc_curve import abc_curve
from serving.report.sections.cases import cases
from serving.report.sections.cells import cells
from serving.report.sections.changes import changes
from serving.report.sections.choice import choice
from serving.report.sections.cost_to_serve import cost_to_serve
from serving.report.sections.demand_plane import demand_plane
from serving.report.sections.exceptions import exceptions
from serving.report.sections.gates import gates, rules
from serving.report.sections.headline import Headline, headline
from serving.report.sections.hierarchies import hierarchies
from serving.report.sections.inputs import inputs
from serving.report.sections.mismatch import mismatch
from serving.report.sections.outliers import outliers
from serving.report.sections.plan import corporate_plan
from serving.report.sections.quarantine import quarantine
from serving.report.sections.stock import stock
from serving.wording import shown

REPORT = "report.html"
FOLDER = Path(__file__).parent

# `ast` has Vega interpret its expressions, so that the policy need not allow eval.
DRAW = """
for (const data of document.querySelectorAll("script[data-chart]")) {
  const target = document.getElementById(data.dataset.chart);
  vegaEmbed(target, JSON.parse(data.textContent), {
    mode: "vega-lite", renderer: "svg", actions: false, ast: true, defaultStyle: false
  }).catch((error) => { target.textContent = "The chart cannot be drawn: " + error.message; });
}
"""


def render_report(release_folder: Path, previous: Path | None = None) -> str:
    """Return the page of a release; `previous` is the folder of the release before it."""
    with ExitStack() as stack:
        now = stack.enter_context(open_release(release_folder))
        before = stack.enter_context(open_release(previous)) if previous else None
        release = Release(now=now, before=before)
        return render_page("report.html.j2", headline(release), _sections(release))


def render_page(template: str, top: Headline, sections: list[Section]) -> str:
    """Return a self-contained page of a template that extends page.html.j2."""
    return _environment().get_template(template).render(
        headline=top,
        sections=sections,
        library=_library(),
        draw=Markup(DRAW),
        policy=_policy(_library(), DRAW),
    )  # fmt: skip


def write_report(release_folder: Path, previous: Path | None = None) -> Path:
    """Write the page into the release folder and return its path."""
    file = release_folder / REPORT
    file.write_text(render_report(release_folder, previous), encoding="utf-8", newline="\n")
    return file


def _sections(release: Release) -> list[Section]:
    found = [
        changes(release),
        abc_curve(release),
        *cells(release),
        demand_plane(release),
        stock(release),
        mismatch(release),
        cost_to_serve(release),
        corporate_plan(release),
        choice(release),
        hierarchies(release),
        quarantine(release),
        exceptions(release),
        cases(release),
        outliers(release),
        inputs(release),
        gates(release),
        rules(release),
    ]
    return [section for section in found if section is not None]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["shown"] = shown
    return environment


@cache
def _library() -> Markup:
    """Return Vega, Vega-Lite and Vega-Embed as one script that can stand inside HTML."""
    version = ".".join(alt.VEGALITE_VERSION.split(".")[:2])
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)
    return Markup(bundle.replace("</script", r"<\/script").replace("<!--", r"<\!--"))


def _policy(*scripts: str) -> str:
    hashes = (hashlib.sha256(script.encode()).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
