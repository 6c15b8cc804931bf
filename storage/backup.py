"""Backup and restore: one file that holds the database and what stands beside it, readable by either database.

The archive holds `manifest.json`, one file of rows a table, and the data directory's other files. A restored copy
may not send until an operator confirms (decision 13). The engine's jobs are left out: they are made anew from the rows.
"""

import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, insert, select, text
from sqlalchemy.orm import Session

from domain.time import Clock
from storage.database import Database, StorageError
from storage.instance import FILE
from storage.migration import Version, newest, require_current, upgrade, version
from storage.tables import Installation, Row

FORMAT = 1
CHUNK = 500
Progress = Callable[[str, int], None]
# Not copied: what the archive holds as rows, what belongs to one machine, and secrets.
LEFT_OUT = ("earnest.db", "earnest.db-wal", "earnest.db-shm", FILE, "secrets.env")


class BackupError(StorageError):
    """The archive can't be written or read; the text says which and why."""


def backup(database: Database, *, data_dir: Path, target: Path, clock: Clock, progress: Progress) -> dict[str, int]:
    """Write an archive of everything as one snapshot; return the number of rows by table. `target` must be new."""
    require_current(database)
    if target.exists():
        raise BackupError(f"{target} is there already; name a new file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, tarfile.open(part, "w:gz") as archive:
        with database.read() as session:
            if not database.is_sqlite:
                session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            for table in Row.metadata.sorted_tables:
                file = Path(folder) / f"{table.name}.jsonl"
                counts[table.name] = _dump(session, table, file)
                archive.add(file, f"tables/{table.name}.jsonl")
                file.unlink()
                progress(table.name, counts[table.name])
        for path in _files_beside(data_dir, target):
            archive.add(path, f"files/{path.relative_to(data_dir)}")
        manifest = {"format": FORMAT, "revision": newest(), "made_at": clock.now().isoformat(), "rows": counts}
        _add_bytes(archive, "manifest.json", json.dumps(manifest, indent=2).encode())
    part.chmod(0o600)
    os.replace(part, target)  # noqa: PTH105 - atomic, and it replaces nothing: the target is new
    return counts


def restore(database: Database, *, data_dir: Path, source: Path, progress: Progress) -> dict[str, int]:
    """Fill an empty database from an archive and turn sending off; return the number of rows by table.

    Raises BackupError when the archive is damaged, of another version, or the database isn't empty; nothing is
    changed then.
    """
    with _open(source) as archive:
        manifest = _read_manifest(archive, source)
        if version(database) is not Version.EMPTY:
            raise BackupError("The database isn't empty; restore into a new one: set database.url or data_dir to it.")
        upgrade(database)
        counts: dict[str, int] = {}
        with database.write() as session:
            for table in Row.metadata.sorted_tables:
                counts[table.name] = _load(session, table, archive)
                progress(table.name, counts[table.name])
            if counts != manifest["rows"]:
                raise BackupError(f"{source} is damaged: its rows aren't those that its manifest counts.")
            _turn_sending_off(session, str(manifest["made_at"]))
            if not database.is_sqlite:
                _reset_sequences(session)
        _extract_files(archive, data_dir)
    return counts


def _dump(session: Session, table: Table, file: Path) -> int:
    rows = 0
    with file.open("w", encoding="utf-8") as lines:
        stream = session.execute(select(table).order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK))
        for row in stream.mappings():
            lines.write(json.dumps(dict(row), ensure_ascii=False, default=_plain) + "\n")
            rows += 1
    return rows


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _load(session: Session, table: Table, archive: tarfile.TarFile) -> int:
    rows = 0
    chunk: list[dict[str, Any]] = []
    for line in _lines(archive, f"tables/{table.name}.jsonl"):
        chunk.append(_typed(table, json.loads(line)))
        if len(chunk) == CHUNK:
            session.execute(insert(table), chunk)
            rows, chunk = rows + len(chunk), []
    if chunk:
        session.execute(insert(table), chunk)
    return rows + len(chunk)


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    for name, value in row.items():
        kind = table.c[name].type.python_type
        if value is not None and kind is datetime:
            row[name] = datetime.fromisoformat(value)
        elif value is not None and issubclass(kind, str) and kind is not str:
            row[name] = kind(value)
    return row


def _lines(archive: tarfile.TarFile, name: str) -> Iterator[bytes]:
    try:
        member = archive.extractfile(name)
    except KeyError:
        raise BackupError(f"The archive lacks {name}; it is damaged or no backup of Earnest's.") from None
    if member is None:
        raise BackupError(f"The archive's {name} isn't a file; it is damaged or no backup of Earnest's.")
    return iter(member)


def _open(source: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(source, "r:gz")
    except (OSError, tarfile.TarError) as error:
        raise BackupError(f"{source} can't be read as a backup ({type(error).__name__}); name another file.") from None


def _read_manifest(archive: tarfile.TarFile, source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(b"".join(_lines(archive, "manifest.json")))
    except (ValueError, EOFError, OSError, tarfile.TarError):
        raise BackupError(f"{source} is damaged; name another backup.") from None
    if manifest.get("format") != FORMAT or manifest.get("revision") != newest():
        found = manifest.get("revision")
        raise BackupError(
            f"{source} is of database revision {found}, and this program's is {newest()}; restore it with the version"
            " that made it, then run: earnest db upgrade"
        )
    return manifest


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


def _files_beside(data_dir: Path, target: Path) -> Iterator[Path]:
    if not data_dir.is_dir():
        return
    for path in sorted(data_dir.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.name not in LEFT_OUT and target.parent not in path.parents:
            yield path


def _extract_files(archive: tarfile.TarFile, data_dir: Path) -> None:
    for member in archive.getmembers():
        if member.name.startswith("files/") and member.isfile():
            member.name = member.name.removeprefix("files/")
            data_dir.mkdir(parents=True, exist_ok=True)
            # The filter refuses names that would leave the folder.
            archive.extract(member, data_dir, filter="data")


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, BytesIO(content))
