"""`earnest keys new|rotate`."""

from typing import Annotated

import typer

from domain.labels import Use
from runtime.cli.options import ConfigFile

app = typer.Typer(no_args_is_help=True, help="The two keys that stored tokens are sealed with.")


@app.command()
def new() -> None:
    """Print a fresh key, for EARNEST_READ_KEY or EARNEST_WRITE_KEY.

    Example: earnest keys new
    """
    from storage.sealing import new_key

    print(new_key())


@app.command()
def rotate(
    config: ConfigFile = None,
    use: Annotated[Use | None, typer.Option(help="read or write; both when left out.")] = None,
) -> None:
    """Seal every stored token with a new key: made here where it stands in a file, the first of a secret's list else.

    Example: earnest keys rotate --use write
    """
    from domain.time import SystemClock
    from runtime.cli.rotating import rotate_key
    from runtime.cli.workplace import open_workplace
    from runtime.wiring import build_vault

    with open_workplace(config) as place:
        vault = build_vault(place.loaded, place.database, SystemClock())
        for each in [use] if use else list(Use):
            print(rotate_key(place.database, vault, each))
