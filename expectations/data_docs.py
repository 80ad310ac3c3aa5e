"""Great Expectations' Data Docs of a night, as pages that need neither network nor script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader

PAGES = FileSystemLoader(Path(__file__).parent / "pages")


def write_data_docs(suites: Path, folder: Path) -> None:
    """Write a page for each JSON document of a gate that lies in `suites`, and an index."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(suites.glob("*.json"))
    ]
    for document in documents:
        page = folder / f"{document['meta']['gate']}.html"
        page.write_text(_page(document), encoding="utf-8")
    index = Environment(loader=PAGES, autoescape=True).get_template("index.html")
    verdicts = [document["meta"] for document in documents]
    (folder / "index.html").write_text(index.render(verdicts=verdicts), encoding="utf-8")


def _page(document: Mapping[str, Any]) -> str:
    """Return the page of one gate: its sections by Great Expectations, their frame by us.

    Its overview is left out, since that links to pages of a larger site and names a clock.
    """
    from great_expectations.core.expectation_validation_result import (
        expectationSuiteValidationResultSchema,
    )
    from great_expectations.render.renderer import ValidationResultsPageRenderer
    from great_expectations.render.view import DefaultJinjaPageView

    validation = expectationSuiteValidationResultSchema.load(_with_escaped_values(document))
    rendered = ValidationResultsPageRenderer().render(validation)
    rendered.sections = rendered.sections[1:]
    view = DefaultJinjaPageView()
    view.env.loader = ChoiceLoader([PAGES, view.env.loader])
    view.env.filters["generate_html_element_uuid"] = str
    return str(view.render(rendered, template="page.html", verdict=document["meta"]))


def _with_escaped_values(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with delivered values escaped: Great Expectations prints them as is."""
    outcomes = [
        {**outcome, "result": _escaped(outcome["result"])} for outcome in document["results"]
    ]
    return {**document, "results": outcomes}


def _escaped(value: Any) -> Any:
    """Return a JSON value with all its texts escaped for HTML."""
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Mapping):
        return {key: _escaped(content) for key, content in value.items()}
    if isinstance(value, list):
        return [_escaped(content) for content in value]
    return value
