"""Kill the program at random moments while it works: nothing may be lost, nothing doubled.

    python -m bench.crash [--kills 1000] [--database URL] [--folder DIR] [--seed 1] [--json]

It collects from a file, sorts, routes, has every draft approved and sends, as `earnest run` does. Each life begins as a
fork of one process that has everything imported, so that it starts to work at once; most are killed within 0.6 s
of work, some while they start, some only when all is done. Ends with 1 when anything was lost or doubled.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.crashing.life import RacingClock, is_finished, live
from bench.crashing.scene import Scene
from bench.crashing.verdict import Verdict, judge
from domain.classification import ClassifierInput
from domain.time import Clock
from sentiment.keywords import KeywordClassifier

POSTS_A_LIFE = 5
# With more than that unanswered no posts are added, so that what is begun can also come to its end.
MOST_WAITING = 40
# Lives are measured in processor time, so that a busy machine doesn't make them emptier. Most are short, since most
# that can go wrong does so near the start; some are long enough to get everything done.
SHORT, LONG, START = 0.6, 2.4, 0.2
STILLBORN, LONG_LIVED = 0.15, 0.1
DRAIN_SECONDS = 400


def main() -> int:
    arguments = _parse()
    random.seed(arguments.seed)
    with tempfile.TemporaryDirectory() as temporary:
        scene = Scene.make(arguments.folder or Path(temporary), url=arguments.database)
        # What is read once and kept is read before the forks, so that a life is spent on work.
        KeywordClassifier().classify([ClassifierInput(text="warm")])
        started = time.monotonic()
        verdict = assault(scene, kills=arguments.kills, quiet=arguments.json)
        seconds = time.monotonic() - started
    if arguments.json:
        print(json.dumps({**asdict(verdict), "seconds": round(seconds, 1), "faults": verdict.faults}))
    else:
        _show(verdict, kills=arguments.kills, seconds=seconds)
    return 1 if verdict.faults else 0


def assault(scene: Scene, *, kills: int, quiet: bool) -> Verdict:
    """Let the program live and die `kills` times, then once to the end; return what is left."""
    console, clock = Console(stderr=True, quiet=quiet), RacingClock()
    with Progress(console=console) as progress:
        task = progress.add_task("kill -9", total=kills)
        posts = wanting = 0
        for _ in range(kills):
            if wanting - len(scene.published()) < MOST_WAITING:
                wanting += scene.write_posts(POSTS_A_LIFE, first=posts)
                posts += POSTS_A_LIFE
            child = _give_life(scene, clock)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            progress.advance(task)
    # Whatever the dead had claimed is old enough for the sweep at the last start.
    clock.leap(timedelta(hours=1))
    child = _fork(lambda: live(scene, clock, until=lambda parts: is_finished(parts, posts=posts)))
    _wait(child)
    return judge(scene)


def _give_life(scene: Scene, clock: Clock) -> int:
    """Start a process and return its number at a random moment of its life."""
    reading, writing = os.pipe()
    child = _fork(lambda: live(scene, clock, on_start=lambda: os.write(writing, b".")))
    os.close(writing)
    if random.random() < STILLBORN:
        _let_live(child, random.uniform(0, START))
    else:
        os.read(reading, 1)
        _let_live(child, random.uniform(0, LONG if random.random() < LONG_LIVED else SHORT))
    os.close(reading)
    return child


def _let_live(child: int, seconds: float) -> None:
    """Wait until the child has used so much more processor time, ten times as long at most."""
    born, ends = _used(child), time.monotonic() + seconds * 10
    while time.monotonic() < ends and _used(child) - born < seconds:
        time.sleep(0.003)


def _used(child: int) -> float:
    # After the name in parentheses come the state and eleven more before the user's and the system's ticks.
    fields = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _fork(run: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        run()
        code = 0
    finally:
        # No clean-up of the parent's things in the child.
        sys.stderr.flush()
        os._exit(code)


def _wait(child: int) -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return
        time.sleep(0.05)


def _show(verdict: Verdict, *, kills: int, seconds: float) -> None:
    table = Table(title=f"{kills} kills in {seconds:.0f} s")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for name, value in asdict(verdict).items():
        table.add_row(name.replace("_", " "), f"[red]{value}[/]" if name in verdict.faults else str(value))
    Console().print(table)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--database", help="A PostgreSQL database to work on; a SQLite file when left out.")
    parser.add_argument("--folder", type=Path, help="Where to work, to look at afterwards.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="Print the counts as JSON.")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
