"""`earnest demo`."""

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.options import DEMO_FOLDER


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Make everything, print a summary and end; serve nothing.")
    ] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port that the desk listens on.")] = 8765,
    speed: Annotated[
        float, typer.Option(min=1, max=10_000, help="How many times as fast as in life the last hours come in.")
    ] = 73,
    folder: Annotated[
        Path, typer.Option(help="Where to write; only a folder that a demo made is replaced.")
    ] = DEMO_FOLDER,
) -> None:
    """Run two invented brands through Earnest: five weeks at once, then the last hours while the desk is served.

    Needs no account, no key and no network. What is approved at its desk is written into a file and sent nowhere.

    Example: earnest demo --once
    """
    from runtime.demo.showing import show

    show(folder=folder, once=once, port=port, speed=speed)
