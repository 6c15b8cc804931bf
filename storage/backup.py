"""Backup and restore: one file that holds the database and what stands beside it, readable by either database.

A restored copy may not send until an operator confirms (decision 13). The engine's jobs are left out, since they are
made anew from the rows, and so are the keys that open stored tokens: an archive in wrong hands must give none away.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain.time import Clock
from storage import archives
from storage.archives import BackupError, Progress
from storage.database import Database
from storage.instance import FILE
from storage.keys import FOLDER
from storage.migration import Version, require_current, upgrade, version
from storage.tables import Installation, Row

__all__ = ["BackupError", "Progress", "backup", "restore"]


def backup(
    database: Database,
    *,
    data_dir: Path,
    target: Path,
    clock: Clock,
    progress: Progress,
    leave_out: Collection[Path] = (),
) -> dict[str, int]:
    """Write an archive of everything as one snapshot; return the number of rows by table. `target` must be new.

    `leave_out` names files of the data directory that never go into an archive, such as the one with the secrets.
    """
    require_current(database)
    if target.exists():
        raise BackupError(f"{target} is there already; name a new file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    left_out = {path.resolve() for path in (*leave_out, *_own_files(database, data_dir))}
    files = list(_files_beside(data_dir, target, left_out))
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, archives.new_archive(target) as archive:
        room = Path(folder) / "file"
        with database.read() as session:
            if not database.is_sqlite:
                session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            for table in Row.metadata.sorted_tables:
                counts[table.name] = archives.dump_table(session, table, archive, room, progress)
        for path in files:
            _add_copy(archive, path, name=archives.FILES + path.relative_to(data_dir).as_posix(), room=room)
        archives.add_manifest(archive, rows=counts, made_at=clock.now())
    return counts


def restore(database: Database, *, data_dir: Path, source: Path, progress: Progress) -> dict[str, int]:
    """Fill an empty database from an archive and turn sending off; return the number of rows by table.

    Raises BackupError when the archive is damaged or of another version, the database isn't empty, or a file is
    there that the archive holds too; nothing is changed then.
    """
    with archives.open_archive(source) as archive:
        progress("reading the archive", 0)
        manifest = archives.check_archive(archive, source)
        _require_room(database, data_dir, archives.file_names(archive))
        upgrade(database)
        with database.write() as session:
            session.execute(delete(Installation))
            counts = _load_tables(session, archive, progress)
            _turn_sending_off(session, str(manifest["made_at"]))
            if not database.is_sqlite:
                _reset_sequences(session)
            _extract_files(archive, data_dir)
    return counts


def _own_files(database: Database, data_dir: Path) -> Iterator[Path]:
    """The database's own file is in the archive as rows, and the instance id belongs to one machine."""
    yield data_dir / FILE
    if database.is_sqlite:
        for suffix in ("", "-wal", "-shm", "-journal", ".lock"):
            yield Path(f"{database.engine.url.database}{suffix}")


def _files_beside(data_dir: Path, target: Path, left_out: Collection[Path]) -> Iterator[Path]:
    for path in sorted(data_dir.rglob("*")):
        if path.relative_to(data_dir).parts[0] == FOLDER:
            continue
        former = path.parent.resolve() == target.parent.resolve() and target.suffix in path.suffixes
        if path.is_file() and not path.is_symlink() and path.resolve() not in left_out and not former:
            yield path


def _add_copy(archive: tarfile.TarFile, path: Path, *, name: str, room: Path) -> None:
    # Earnest runs on meanwhile: a file may grow, shrink or go while it is read.
    try:
        shutil.copy2(path, room)
    except FileNotFoundError:
        return
    archive.add(room, name)
    room.unlink()


def _require_room(database: Database, data_dir: Path, names: list[str]) -> None:
    """Raise unless the database holds nothing but its installation's row, and no file would be overwritten."""
    there = [name for name in names if (data_dir / name).exists()]
    if there:
        others = f" and {len(there) - 1} more" if len(there) > 1 else ""
        folders = ", ".join(sorted({name.partition("/")[0] for name in there}))
        raise BackupError(
            f"{data_dir / there[0]}{others} are there already, and the archive holds them too; "
            f"move {folders} out of {data_dir}, or set another data_dir."
        )
    found = version(database)
    if found is Version.EMPTY or (found is Version.CURRENT and not _holds_rows(database)):
        return
    raise BackupError("The database isn't empty; restore into a new one: set database.url or data_dir to it.")


def _holds_rows(database: Database) -> bool:
    with database.read() as session:
        tables = [table for table in Row.metadata.sorted_tables if table.name != Installation.__tablename__]
        return any(session.execute(select(table).limit(1)).first() is not None for table in tables)


def _load_tables(session: Session, archive: tarfile.TarFile, progress: Progress) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in Row.metadata.sorted_tables:
        try:
            counts[table.name] = archives.load_table(session, table, archive, progress)
        except DBAPIError as error:
            # The driver's text may hold a customer's.
            kind = type(error.orig).__name__
            raise BackupError(
                f"This database refuses the archive's {table.name} ({kind}); try the other kind."
            ) from None
    return counts


def _turn_sending_off(session: Session, made_at: str) -> None:
    for row in session.scalars(select(Installation)):
        row.sending_off_reason = f"The database was restored from a backup of {made_at}; confirm that this one answers."


def _reset_sequences(session: Session) -> None:
    for table in Row.metadata.sorted_tables:
        if "id" not in table.c or table.c.id.type.python_type is not int:
            continue
        highest = session.scalar(select(func.max(table.c.id)))
        if highest is not None:
            sequence = func.pg_get_serial_sequence(table.name, "id")
            session.execute(select(func.setval(sequence, highest)))


def _extract_files(archive: tarfile.TarFile, data_dir: Path) -> None:
    """Write the archive's files; when one can't be written, those before it go, and the database is rolled back."""
    written: list[Path] = []
    try:
        for name in archives.file_names(archive):
            path = data_dir / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                written.append(path)
                shutil.copyfileobj(archives.read_file(archive, name), file)
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise BackupError(f"{data_dir} can't be written to ({error.strerror}); mend that and restore again.") from None
