"""`earnest model`."""

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.options import AsJson, LabelMap

app = typer.Typer(
    no_args_is_help=True, help="The model that sorts mentions: what it is, and how another takes its place."
)


@app.command("info")
def info(
    model: Annotated[
        str, typer.Argument(help="default ships with Earnest; hf:PATH is a model in a folder.")
    ] = "default",
    as_json: AsJson = False,
) -> None:
    """Show a model's revision, size, labels, calibration and digest, and its card.

    Example: earnest model info
    """
    from runtime.cli.modelling import describe, show_description
    from runtime.cli.printing import print_json

    described = describe(model)
    if as_json:
        print_json(described)
    else:
        show_description(described)


@app.command("export")
def export(
    model: Annotated[str, typer.Argument(help="hf: and the folder of a transformers text-classification model.")],
    out: Annotated[Path, typer.Argument(help="The folder to write; it must be empty or not exist.")],
    label: LabelMap = None,
    as_json: AsJson = False,
) -> None:
    """Turn a model into an ONNX one with int8 weights, which is faster, smaller, and needs no PyTorch.

    Needs the extra export (torch and onnx). hf:OUT then uses the copy; with --label its labels are ours.

    Example: earnest model export hf:models/stars models/stars-int8 --label LABEL_0=negative --label LABEL_1=positive
    """
    from runtime.cli.modelling import export_folder, show_exported
    from runtime.cli.printing import print_json

    exported = export_folder(model, out, labels=label or [])
    if as_json:
        print_json(exported)
    else:
        show_exported(exported)
