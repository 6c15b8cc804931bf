"""A process to end: `python -m tests.integration.runtime.serving FOLDER [slow]`; with slow, a reading never ends."""

import sys
import time
from pathlib import Path

from bench.crashing.scene import Scene
from runtime.process import run
from runtime.wiring import build
from sentiment.keywords import KeywordClassifier
from storage.jobs import JobKind


def main(folder: str, *words: str) -> int:
    """Run until told to end."""
    application = build(Scene(Path(folder)).load(), classifier=KeywordClassifier())
    if "slow" in words:
        application.handlers[JobKind.COLLECT] = _hang
    return run(application)


def _hang(_ids: tuple[int, ...]) -> None:
    print("hanging", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
