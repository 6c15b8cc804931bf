"""`earnest recheck`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, BrandSlug, ConfigFile, Now


def recheck(
    config: ConfigFile = None,
    brand: BrandSlug = None,
    source: Annotated[
        str | None,
        typer.Option("--source", "-s", help="One source's id; it is asked even while it waits or is stopped."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every post, not only those that weren't looked at within an hour.")
    ] = False,
    now: Now = False,
    as_json: AsJson = False,
) -> None:
    """Look again at posts now, oldest look first, and follow what was deleted or edited.

    What a platform charges for it counts, and half of each budget is kept for the reading. Exits with 1 when a source
    couldn't be asked to the end.

    Example: earnest recheck --brand ploverday --source x-mentions
    """
    from runtime.cli.errors import FAILED
    from runtime.cli.printing import print_json
    from runtime.cli.rechecking import recheck_sources, show_looks

    looks = recheck_sources(config, brand=brand, key=source, everything=everything, at_once=now)
    if as_json:
        print_json({"items": looks})
    else:
        show_looks(looks, everything=everything)
    if any(look.signal is not None for look in looks):
        raise typer.Exit(FAILED)
