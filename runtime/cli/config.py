"""`earnest config check|apply|export|schema`."""

from typing import Annotated, Literal

import typer

from runtime.cli.options import AsJson, ConfigFile

NO_BRAND = "There is no brand to listen for; put a profile into the folder brands/ beside earnest.yaml."

app = typer.Typer(no_args_is_help=True, help="Check the settings, store brand profiles, export them, print schemas.")


@app.command()
def check(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Report every mistake in the settings and all brand files, with file, line and mend.

    Example: earnest config check --config my-desk/earnest.yaml
    """
    from config.mistakes import ConfigError
    from runtime.cli.errors import BAD_INPUT, say
    from runtime.cli.printing import print_json
    from runtime.cli.workplace import load_settings

    try:
        loaded = load_settings(config)
        mistakes, fine = loaded.warnings, True
    except ConfigError as error:
        mistakes, fine = tuple(error.mistakes), False
    if as_json:
        print_json({"ok": fine, "mistakes": [mistake.as_dict() for mistake in mistakes]})
    else:
        for mistake in mistakes:
            say(str(mistake))
        if fine:
            brands = f"{len(loaded.brands)} brand(s): {', '.join(loaded.brands)}"
            print(f"All is well: {brands}." if loaded.brands else NO_BRAND)
    if not fine:
        raise typer.Exit(BAD_INPUT)


@app.command()
def apply(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Store each brand's profile as its next numbered revision, where it changed.

    A brand that has no file any more is no longer listened for; what is known of it stays.

    Example: earnest config apply
    """
    from domain.errors import InvalidInput
    from domain.time import SystemClock
    from runtime.cli.printing import print_json
    from runtime.cli.workplace import open_workplace
    from storage.queries.brands import apply_profile, retire_brands

    with open_workplace(config) as place, place.database.write() as session:
        if not place.loaded.brands:
            # An empty folder is a slip far more often than the wish to stop listening for everybody.
            raise InvalidInput(NO_BRAND)
        revisions = [
            apply_profile(session, profile=brand.profile, by="earnest config apply", clock=SystemClock())
            for brand in place.loaded.brands.values()
        ]
        gone = retire_brands(session, keep=list(place.loaded.brands), clock=SystemClock())
    if as_json:
        stored = [{"brand": found.profile.slug, "revision": found.number} for found in revisions]
        print_json({"brands": stored, "retired": gone})
        return
    for found in revisions:
        print(f"{found.profile.slug}: revision {found.number} is in force.")
    for slug in gone:
        print(f"{slug} has no file any more, so it is no longer listened for; put the file back to go on.")


@app.command()
def export(
    brand: Annotated[str, typer.Argument(help="The brand's slug.")],
    config: ConfigFile = None,
    revision: Annotated[int | None, typer.Option(help="A revision's number; the one in force when left out.")] = None,
) -> None:
    """Print a stored profile as YAML, so that edits made at the desk come back into the file.

    Example: earnest config export ploverday > brands/ploverday.yaml
    """
    from sqlalchemy import select

    from config.export import export_profile
    from domain.errors import NotFound
    from runtime.cli.workplace import open_workplace
    from storage.queries.brands import current_revision, find_brand, get_revision
    from storage.tables import BrandRevision

    with open_workplace(config) as place, place.database.read() as session:
        found = find_brand(session, brand)
        if revision is None:
            stored = current_revision(session, found.id)
        else:
            query = select(BrandRevision.id).where(BrandRevision.brand_id == found.id, BrandRevision.number == revision)
            wanted = session.scalar(query)
            if wanted is None:
                raise NotFound(f"{brand} has no revision {revision}; leave --revision out for the one in force.")
            stored = get_revision(session, wanted)
        print(export_profile(stored.profile), end="")


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help="operator (earnest.yaml) or brand (a brand file).")] = "brand",
) -> None:
    """Print the JSON Schema that editors check a file with.

    Example: earnest config schema brand > brand.schema.json
    """
    from config.schema import export_schema
    from domain.errors import InvalidInput
    from runtime.cli.printing import print_json

    kinds: dict[str, Literal["operator", "brand"]] = {"operator": "operator", "brand": "brand"}
    if kind not in kinds:
        raise InvalidInput(f"There is no schema “{kind}”; write operator or brand.")
    print_json(export_schema(kinds[kind]))
