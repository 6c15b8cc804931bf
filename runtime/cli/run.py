"""`earnest run`."""

from typing import Annotated

import typer

from runtime.cli.options import ConfigFile


def run(
    config: ConfigFile = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Instead of server.port in the settings.")] = None,
    listen_only: Annotated[
        bool,
        typer.Option("--listen-only", help="Only collect, sort and draft: no desk, nothing sent, no write key opened."),
    ] = False,
) -> None:
    """Collect, sort, draft, send and serve the desk, until it is told to stop; SIGTERM ends it cleanly.

    Example: earnest run --config /etc/earnest/earnest.yaml
    """
    from runtime.cli.running import run_desk

    run_desk(config, port=port, listen_only=listen_only)
