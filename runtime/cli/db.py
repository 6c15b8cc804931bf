"""`earnest db upgrade|check`."""

import typer

from runtime.cli.options import AsJson, ConfigFile

app = typer.Typer(no_args_is_help=True, help="Upgrade the database, or say whether it needs it.")


@app.command()
def upgrade(config: ConfigFile = None) -> None:
    """Bring the database to this version; make it if there is none. Back it up first.

    Example: earnest backup before.tar.gz && earnest db upgrade
    """
    from domain.time import SystemClock
    from runtime.cli.workplace import load_settings
    from runtime.durable import migrate
    from storage.database import Database
    from storage.instance import ensure_installation
    from storage.migration import upgrade as bring_up

    loaded = load_settings(config)
    database = Database(loaded.database_url)
    try:
        revision = bring_up(database)
        migrate(database)
        with database.write() as session:
            ensure_installation(session, data_dir=loaded.data_dir, clock=SystemClock())
    finally:
        database.close()
    print(f"The database is at revision {revision}.")


@app.command()
def check(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Say how the database stands to this version; changes nothing. Exits with 1 unless it is current.

    Example: earnest db check --json
    """
    from runtime.cli.errors import FAILED
    from runtime.cli.printing import print_json
    from runtime.cli.workplace import load_settings
    from storage.database import Database
    from storage.migration import Version, differences, newest, version

    database = Database(load_settings(config).database_url)
    try:
        found = version(database)
        differing = [str(difference) for difference in differences(database)] if found is Version.CURRENT else []
    finally:
        database.close()
    if as_json:
        print_json({"version": found, "newest": newest(), "differences": differing})
    else:
        print(f"The database is {found}; this program's revision is {newest()}.")
        for difference in differing:
            print(f"It differs from this program: {difference}")
        if found in {Version.EMPTY, Version.OLDER}:
            print("Run: earnest db upgrade")
    if found is not Version.CURRENT or differing:
        raise typer.Exit(FAILED)
