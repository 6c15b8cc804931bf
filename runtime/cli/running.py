"""What `earnest run` does: the whole of Earnest in one process."""

from pathlib import Path

import typer

from config.loading import Loaded
from runtime.cli.workplace import load_settings


def run_desk(config: Path | None, *, port: int | None, listen_only: bool = False) -> None:
    """Run until told to stop, and leave with the process's exit code."""
    loaded = load_settings(config)
    if port is not None:
        loaded = with_port(loaded, port)
    from runtime.process import run
    from runtime.wiring import build

    address = loaded.settings.server.address
    told = "It listens; nothing is sent from here." if listen_only else f"The desk is at {address}"
    code = run(build(loaded, listen_only=listen_only), ready=lambda: print(told, flush=True))
    raise typer.Exit(code)


def with_port(loaded: Loaded, port: int) -> Loaded:
    """Return the settings with another port for the desk."""
    from dataclasses import replace

    server = loaded.settings.server.model_copy(update={"port": port})
    return replace(loaded, settings=loaded.settings.model_copy(update={"server": server}))
