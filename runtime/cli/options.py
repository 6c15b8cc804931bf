"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

# Where the demo writes, and where other commands look when there is no settings file.
DEMO_FOLDER = Path("earnest-demo")

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The settings; EARNEST_CONFIG, ./earnest.yaml or the demo's when left out."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
BrandSlug = Annotated[str | None, typer.Option("--brand", "-b", help="A brand's slug; every brand when left out.")]
Now = Annotated[
    bool, typer.Option("--now", help="Sort and draft here and at once, instead of leaving it to earnest run.")
]
ModelName = Annotated[
    str, typer.Option("--model", "-m", help="default ships with Earnest; hf:PATH is a Hugging Face model in a folder.")
]
LabelMap = Annotated[
    list[str] | None,
    typer.Option("--label", help="What a label of an hf: model means, such as LABEL_2=positive; once for each."),
]
