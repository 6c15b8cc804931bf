"""`earnest init`."""

from pathlib import Path
from typing import Annotated

import typer


def init(folder: Annotated[Path, typer.Argument(help="Where to write; made if need be.")] = Path()) -> None:
    """Write a commented earnest.yaml and an example brand; nothing that is there is overwritten.

    Example: earnest init my-desk
    """
    from config.init import write_examples

    for path in write_examples(folder):
        print(f"Wrote {path}")
    print(f"Edit both, then run: earnest config check --config {folder / 'earnest.yaml'}")
