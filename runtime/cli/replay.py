"""`earnest replay`."""

from pathlib import Path
from typing import Annotated

import typer


def replay(
    platform: Annotated[str, typer.Argument(help="Whose answers they are, such as mastodon.")],
    paths: Annotated[
        list[Path], typer.Argument(help="Cassettes (vcrpy or Betamax, YAML or JSON), plain bodies, or folders of them.")
    ],
) -> None:
    """Read recorded answers as the platform's collector would, and print each post once as a JSON line.

    Offline. What is set aside, and why, goes to standard error; what holds no posts is named there too.

    Example: earnest replay mastodon cassettes/ > posts.jsonl
    """
    from runtime.cli.replaying import replay_files

    replay_files(platform, paths)
