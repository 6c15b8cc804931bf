"""`earnest import`."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, ConfigFile, Now


def import_posts(
    file: Annotated[str, typer.Argument(help="A CSV or JSON Lines file, or - for JSON Lines on standard input.")],
    brand: Annotated[str, typer.Option("--brand", "-b", help="The brand's slug.")],
    config: ConfigFile = None,
    platform: Annotated[str, typer.Option(help="The platform of rows that name none.")] = "file",
    column: Annotated[
        list[str] | None, typer.Option(help="Ours=theirs, such as text=Comment, where they differ; repeatable.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Take rows that match none of the queries too.")
    ] = False,
    now: Now = False,
    as_json: AsJson = False,
) -> None:
    """Bring posts from a file into the desk. Rows that can't be read are named and set aside; the others go in.

    Importing a file twice changes nothing.

    Example: earnest import reviews.csv --brand ploverday --platform reviews --column text=Comment
    """
    from runtime.cli.errors import BAD_INPUT
    from runtime.cli.importing import import_file, show_import
    from runtime.cli.printing import print_json

    done = import_file(
        config, file=file, brand=brand, platform=platform, columns=column or (), everything=everything, at_once=now
    )
    if as_json:
        print_json(done)
    else:
        show_import(done)
    if done.failed:
        raise typer.Exit(BAD_INPUT)
