"""`earnest evaluate`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, LabelMap, ModelName
from sentiment.tasks import Task


def evaluate(
    file: Annotated[str, typer.Argument(help="A CSV or JSON Lines file with true labels, or - for standard input.")],
    task: Annotated[Task, typer.Option(help="What the labels are about.")],
    text_field: Annotated[
        str | None, typer.Option(help="The field with the text; text, message, content, body or tweet when left out.")
    ] = None,
    label_field: Annotated[
        str | None, typer.Option(help="The field with the true label; intent or sentiment, else label, when left out.")
    ] = None,
    language_field: Annotated[
        str | None, typer.Option(help="The field with the language; the model names it when left out.")
    ] = None,
    brand_field: Annotated[str, typer.Option(help="The field with the brand's name, where there is one.")] = "brand",
    compare: Annotated[
        list[str] | None, typer.Option(help="What to measure beside it: vader, or hf: and a folder; once for each.")
    ] = None,
    model: ModelName = "default",
    label: LabelMap = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well the model sorts texts whose labels are known. Opens no database.

    Prints figures by label and by language, the confusion matrix, calibration, and accuracy on the surest answers, each
    with the middle 95 % of its bootstrap distribution. Blank and broken rows are named and left out; an unknown label
    ends the run.

    Example: earnest evaluate tweets.csv --task sentiment --text-field tweet --label-field gold --compare vader
    """
    from runtime.cli.evaluating import evaluate_file, show_evaluation
    from runtime.cli.printing import print_json
    from sentiment.comparing import Fields

    fields = Fields(text=text_field, label=label_field, language=language_field, brand=brand_field)
    done = evaluate_file(
        file, task=task, fields=fields, model=model, labels=label or [], compare=compare or []
    )  # fmt: skip
    if as_json:
        print_json(done)
    else:
        show_evaluation(done)
