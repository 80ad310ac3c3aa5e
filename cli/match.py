"""match train, match weights: the models that say which records are one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import match_decisions
from cli.options import DEFAULT_WORKSPACE, Json, Workspace

if TYPE_CHECKING:
    from workspace.matching.model_file import MatchModel

group = typer.Typer(
    help="Records of one customer, product, site or supplier.", no_args_is_help=True
)
Objects = Annotated[
    list[str] | None,
    typer.Argument(
        help="customers, products, sites, suppliers. [default: all]", show_default=False
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file, and those about pairs of records."""
    match_decisions.register(group)
    app.add_typer(group, name="match")


@group.command("train")
def train(
    objects: Objects = None, workspace: Workspace = DEFAULT_WORKSPACE, json: Json = False
) -> None:
    """Estimate the models from the staging tables of the last night, and write them.

    A model is written to matching/<object>.json, to be read and committed; the next night uses it.
    """
    from cli.outcome import emit, note, reported

    with reported(as_json=json):
        from workspace.errors import TierwiseError
        from workspace.folder import Folder
        from workspace.matching.staged import chosen, train_object

        trained, refused = [], []
        for name in chosen(objects or ()):
            try:
                trained.append(train_object(Folder(root=workspace), name))
            except TierwiseError as error:
                if error.code != "MATCH_UNTRAINED":
                    raise
                refused.append(error)
        document = {
            "trained": [_summary(model) for model in trained],
            "untrained": [found.as_json() for found in refused],
        }
        emit(document, as_json=json, text=lambda: "\n".join(map(_line, trained)))
        if not json:
            for found in refused:
                note(f"{found.code}  {found.place}\n  {found.cause}\n  → {found.remedy}")
        if refused and (objects or not trained):
            raise typer.Exit(int(refused[0].exit))


@group.command("weights")
def weights(
    objects: Objects = None,
    workspace: Workspace = DEFAULT_WORKSPACE,
    html: Annotated[
        Path | None, typer.Option("--html", help="Also write a page with the weights as a chart.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what the trained models say: the weight of each level, and how it was learned."""
    from cli.outcome import emit, note, reported

    with reported(as_json=json):
        from workspace.matching.chart import weights_page, weights_text
        from workspace.matching.model_file import read_model
        from workspace.matching.staged import chosen

        names = chosen(objects or ())
        models = [model for name in names if (model := read_model(workspace, name)) is not None]
        emit(
            [model.model_dump() for model in models],
            as_json=json,
            text=lambda: "\n\n".join(map(weights_text, models)) or "No model is trained here.",
        )
        if html is not None:
            html.write_text(weights_page(models), encoding="utf-8")
            note(f"Written: {html}")


def _summary(model: MatchModel) -> dict[str, Any]:
    record = model.training
    return {
        "object_type": model.object_type,
        "records": record.record_count,
        "matches_expected": record.match_count,
        "sessions": len(record.sessions),
        "notes": list(record.notes),
    }


def _line(model: MatchModel) -> str:
    record = model.training
    return "\n".join(
        [
            f"{model.object_type}: {record.record_count} records, "
            f"about {record.match_count:.0f} pairs of one thing, "
            f"{len(record.sessions)} blocking rules, all converged",
            *(f"  {said}" for said in record.notes),
        ]
    )
