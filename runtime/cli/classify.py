"""`earnest classify`."""

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.options import LabelMap, ModelName


def classify(
    file: Annotated[str, typer.Argument(help="A CSV or JSON Lines file, or - for standard input.")],
    text_field: Annotated[str | None, typer.Option(help="The column or key that holds the text.")] = None,
    brand: Annotated[str | None, typer.Option(help="The brand's name, which sentiment is towards.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write; standard output when left out.")] = None,
    model: ModelName = "default",
    label: LabelMap = None,
) -> None:
    """Sort texts with the model and write one JSON line for each, in the same order. Opens no database.

    Blank and broken rows are reported and come out as abstained.

    Example: earnest classify posts.csv --text-field comment --brand Tern --out sorted.jsonl
    """
    from runtime.cli.classifying import classify_file

    classify_file(file, text_field=text_field, brand=brand, out=out, model=model, labels=label or [])
