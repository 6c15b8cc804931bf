"""`earnest simulate`."""

from typing import Annotated

import typer


def simulate(
    platform: Annotated[str, typer.Argument(help="Which platform: reddit or x.")],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port on this machine; 0 for any that is free.")
    ] = 9001,
    handle: Annotated[
        str, typer.Option("--handle", help="The account that people write to, as the brand's file has it.")
    ] = "ploverday",
) -> None:
    """Serve a made-up platform on this machine, with posts in it, and say how to use it. Ends with Ctrl-C.

    It speaks as the real one does, so that sources, replies and faults can be tried without keys and without cost.

    Example: earnest simulate x --port 9001
    """
    from runtime.cli.simulating import serve_trial

    serve_trial(platform, port=port, handle=handle.removeprefix("@"))
