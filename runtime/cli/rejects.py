"""`earnest rejects`: what couldn't be read."""

from typing import Annotated

import typer

from runtime.cli.options import AsJson, BrandSlug, ConfigFile, Now

app = typer.Typer(no_args_is_help=True, help="What couldn't be read: list it, and read it again after a fix.")

OneSource = Annotated[str | None, typer.Option("--source", "-s", help="One source's id; every source when left out.")]


@app.command("list")
def list_rejects(
    config: ConfigFile = None,
    brand: BrandSlug = None,
    source: OneSource = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The most to list, for each source.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List posts and rows that couldn't be read, with the reason; those that were read since are left out.

    Example: earnest rejects list --brand ploverday
    """
    from dataclasses import asdict

    from listener.rereading import letters_of_source
    from runtime.cli.printing import print_json, print_table, shorten
    from runtime.cli.rereading import wanted_sources
    from runtime.cli.workplace import open_workplace

    with open_workplace(config) as place:
        with place.database.read() as session:
            sources = wanted_sources(session, brand, source)
        found = [
            (slug, key, letter)
            for slug, key, source_id in sources
            for letter in letters_of_source(place.database, source_id, limit=limit)
        ]
    if as_json:
        print_json({"items": [{"brand": slug, "source": key, **asdict(letter)} for slug, key, letter in found]})
        return
    print_table(
        f"{len(found)} couldn't be read",
        ("brand", "source", "place", "why", "it"),
        ((slug, key, letter.place, letter.reason, shorten(letter.payload)) for slug, key, letter in found),
    )


@app.command("replay")
def replay_rejects(
    config: ConfigFile = None,
    brand: BrandSlug = None,
    source: OneSource = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Take posts that match none of the queries too.")
    ] = False,
    now: Now = False,
    as_json: AsJson = False,
) -> None:
    """Read what couldn't be read again. What can be read now comes in; the rest stays, with why. Exits with 1 then.

    Example: earnest rejects replay --brand ploverday --source inbox
    """
    from runtime.cli.errors import FAILED
    from runtime.cli.printing import print_json
    from runtime.cli.rereading import reread, show_reread

    done = reread(config, brand=brand, source=source, everything=everything, at_once=now)
    if as_json:
        print_json({"items": done})
    else:
        show_reread(done)
    if any(each.left for each in done):
        raise typer.Exit(FAILED)
