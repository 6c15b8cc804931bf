"""`earnest backup` and `earnest restore`."""

from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.options import ConfigFile

_WITHOUT_KEYS = "The keys that open its {tokens} stored tokens are not in it: keep a copy of them somewhere else."
_PUT_KEYS_BACK = (
    "Its {tokens} stored tokens open once the keys are back: put read.key and write.key into {folder}, or"
    " EARNEST_READ_KEY and EARNEST_WRITE_KEY into the environment. Without them, connect each account again."
)


def backup(
    target: Annotated[Path, typer.Argument(help="The new archive, such as earnest-2026-11-22.tar.gz.")],
    config: ConfigFile = None,
) -> None:
    """Write everything into one archive while Earnest runs; only its owner can read it.

    Example: earnest backup backups/earnest-2026-11-22.tar.gz
    """
    from domain.time import SystemClock
    from runtime.cli.progress import counting
    from runtime.cli.workplace import open_workplace
    from storage.backup import backup as write

    with open_workplace(config) as place, counting("Backing up") as progress:
        secrets = place.loaded.settings.secrets_file
        counts = write(
            place.database,
            data_dir=place.loaded.data_dir,
            target=target,
            clock=SystemClock(),
            progress=progress,
            leave_out=[place.loaded.resolve(secrets)] if secrets else [],
        )
    print(f"Wrote {target}: {sum(counts.values())} rows in {len(counts)} tables.")
    if counts["credentials"]:
        print(_WITHOUT_KEYS.format(tokens=counts["credentials"]))


def restore(
    source: Annotated[Path, typer.Argument(help="An archive that earnest backup wrote.")],
    config: ConfigFile = None,
) -> None:
    """Fill a new, empty database from an archive. Sending stays off until an admin confirms it at the desk.

    Example: earnest restore backups/earnest-2026-11-22.tar.gz --config new/earnest.yaml
    """
    from runtime.cli.progress import counting
    from runtime.cli.workplace import load_settings
    from runtime.durable import migrate
    from storage.backup import restore as fill
    from storage.database import Database
    from storage.keys import FOLDER

    loaded = load_settings(config)
    database = Database(loaded.database_url)
    try:
        with counting("Restoring") as progress:
            counts = fill(database, data_dir=loaded.data_dir, source=source, progress=progress)
        migrate(database)
    finally:
        database.close()
    print(f"Restored {sum(counts.values())} rows. Sending is off: confirm it on the desk's health page.")
    if counts["credentials"]:
        print(_PUT_KEYS_BACK.format(tokens=counts["credentials"], folder=loaded.data_dir / FOLDER))
