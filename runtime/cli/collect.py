"""`earnest collect`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, BrandSlug, ConfigFile, Now


def collect(
    config: ConfigFile = None,
    brand: BrandSlug = None,
    source: Annotated[
        str | None,
        typer.Option("--source", "-s", help="One source's id; it is read even while it waits or is stopped."),
    ] = None,
    now: Now = False,
    as_json: AsJson = False,
) -> None:
    """Read the sources once, now, and say what each brought. Exits with 1 when one couldn't be read.

    Example: earnest collect --brand ploverday --source history
    """
    from runtime.cli.collecting import collect_sources, show_readings
    from runtime.cli.errors import FAILED
    from runtime.cli.printing import print_json

    readings = collect_sources(config, brand=brand, key=source, at_once=now)
    if as_json:
        print_json({"items": readings})
    else:
        show_readings(readings)
    if any(reading.failed for reading in readings):
        raise typer.Exit(FAILED)
