"""What `earnest model` does: a model's card and figures, and its copy in ONNX."""

from pathlib import Path

from runtime.cli.printing import print_table
from sentiment.choosing import DEFAULT, PREFIX, folder_of, read_label_map
from sentiment.describing import Description, describe_foreign, describe_shipped
from sentiment.exporting import Exported, export_model


def describe(model: str) -> Description:
    """Describe the model that the word names; raises ModelError when its folder can't be read."""
    return describe_shipped() if model == DEFAULT else describe_foreign(folder_of(model))


def show_description(described: Description) -> None:
    """Print the figures as a table and the card as people read it."""
    sizes = ", ".join(f"{name} {size} MB" for name, size in described.weights.items())
    rows: list[tuple[object, object]] = [
        ("folder", described.folder),
        ("weights", sizes),
        ("SHA-256 begins with", described.digest),
        *((f"{question}: labels", ", ".join(names)) for question, names in described.labels.items()),
        *((f"calibration: {name}", _plain(value)) for name, value in described.calibration.items()),
    ]
    print_table(described.model, ("", ""), rows)
    if described.card:
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(described.card))
    else:
        print("The folder has no card (CARD.md or README.md).")


def export_folder(model: str, out: Path, *, labels: list[str]) -> Exported:
    """Write the ONNX copy; raises InvalidInput or ModelError with what stands in the way."""
    return export_model(folder_of(model), out, labels=read_label_map(labels) or None)


def show_exported(exported: Exported) -> None:
    """Print what was written and how close it comes to its source."""
    print(f"Wrote {exported.folder}: {exported.megabytes} MB, labels {', '.join(exported.labels)}.")
    print(f"On {exported.compared} sample posts it agrees with its source on {exported.agreement:.0%}.")
    print(f"Use it with model: {PREFIX}{exported.folder} under sentiment: in earnest.yaml.")


def _plain(value: object) -> str:
    return ", ".join(f"{key} {told}" for key, told in value.items()) if isinstance(value, dict) else str(value)
