"""Where in our code an error came from, told without its text."""

import traceback
from pathlib import Path

_OURS = Path(__file__).resolve().parent.parent
_THEIRS = ("site-packages", ".venv")


def describe(error: BaseException) -> str:
    """Return an error's class and the place in our code it came from; its text may hold a customer's."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(Path(frame.filename))]
    if ours:
        return f"{type(error).__name__} at {Path(ours[-1].filename).relative_to(_OURS)}:{ours[-1].lineno}"
    if frames:
        return f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return type(error).__name__


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(_OURS) and not set(path.relative_to(_OURS).parts) & set(_THEIRS)
