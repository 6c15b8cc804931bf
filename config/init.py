"""Writes the commented examples that `earnest init` begins with."""

from importlib.resources import files
from pathlib import Path

from domain.errors import InvalidInput

# The example brand watches it, and a folder that isn't there is a mistake.
INBOX = "inbox"
EXAMPLES = {"earnest.yaml": "earnest.yaml", "brand.yaml": "brands/example.yaml"}


def write_examples(folder: Path) -> list[Path]:
    """Write earnest.yaml and brands/example.yaml into `folder`, and return their paths; make the inbox beside them.

    Raises InvalidInput, having written nothing, when one of them is there or the folder can't be written to.
    """
    targets = {name: folder / place for name, place in EXAMPLES.items()}
    there = [str(target) for target in targets.values() if target.exists()]
    if there:
        raise InvalidInput(f"{' and '.join(there)} would be overwritten; move it away, or choose another folder.")
    try:
        (folder / INBOX).mkdir(parents=True, exist_ok=True)
        for name, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("x", encoding="utf-8") as opened:
                opened.write(files("config.examples").joinpath(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{folder} can't be written to: {error.strerror}; choose another folder.") from error
    return list(targets.values())
