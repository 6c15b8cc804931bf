"""`earnest digest`."""

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.options import AsJson, ConfigFile


def digest(
    brand: Annotated[str, typer.Option("--brand", "-b", help="The brand's slug.")],
    config: ConfigFile = None,
    week: Annotated[
        str | None,
        typer.Option("--week", "-w", help="An ISO week, such as 2026-W47; the last finished one when left out."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The folder to write to; data_dir/digests when left out.")
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Mail it to the profile's recipients, unless that was done.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a week's digest as a page, a mail and JSON. A week that was made once stays as it was.

    Example: earnest digest --brand ploverday --week 2026-W47 --out digests
    """
    from runtime.cli.digesting import make_digest
    from runtime.cli.errors import FAILED, say
    from runtime.cli.printing import print_json

    made = make_digest(config, brand=brand, week=week, out=out, send=send)
    if as_json:
        print_json(made.figures)
    for path in made.files if not as_json else ():
        print(f"Wrote {path}")
    if made.mail:
        say(made.mail)
    if made.failed:
        raise typer.Exit(FAILED)
