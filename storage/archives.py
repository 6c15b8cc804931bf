"""A backup's archive: `manifest.json`, one file of rows a table, and the data directory's other files."""

import gzip
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from sqlalchemy import Enum, Table, insert, select
from sqlalchemy.orm import Session

from storage.database import StorageError
from storage.migration import newest
from storage.tables import Row
from storage.tables.base import UtcDateTime

FORMAT = 1
CHUNK = 500
MANIFEST = "manifest.json"
FILES = "files/"
Progress = Callable[[str, int], None]


class BackupError(StorageError):
    """The archive can't be written or read; the text says which and why."""


@contextmanager
def new_archive(target: Path) -> Iterator[tarfile.TarFile]:
    """Yield an archive that only its owner can read; it stands at `target` when it is whole, and never in parts."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        os.link(part, target)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise BackupError(f"{target} is there already; name a new file.") from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def open_archive(source: Path) -> Iterator[tarfile.TarFile]:
    """Yield an archive for reading; that it is cut or spoilt comes as a BackupError whenever it shows."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            yield archive
    except (EOFError, tarfile.TarError, zlib.error, gzip.BadGzipFile):
        raise BackupError(f"{source} is damaged, or no backup of Earnest's; name another.") from None
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise BackupError(f"{source} can't be read ({error.strerror}); name another backup.") from None


def add_manifest(archive: tarfile.TarFile, *, rows: dict[str, int], made_at: datetime) -> None:
    """Close an archive with what it holds."""
    content = {"format": FORMAT, "revision": newest(), "made_at": made_at.isoformat(), "rows": rows}
    add_bytes(archive, MANIFEST, json.dumps(content, indent=2).encode())


def add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a small file."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    archive.addfile(entry, BytesIO(content))


def check_archive(archive: tarfile.TarFile, source: Path) -> dict[str, Any]:
    """Read an archive from end to end and return its manifest; raises BackupError when it isn't whole or not ours."""
    tables = {_file_of(table): table.name for table in Row.metadata.sorted_tables}
    rows: dict[str, int] = {}
    manifest: dict[str, Any] = {}
    for member in archive:
        content = _content(archive, member.name)
        if member.name == MANIFEST:
            manifest = _parse(content.read(), MANIFEST)
        elif member.name in tables:
            rows[tables[member.name]] = sum(1 for _ in content)
        else:
            _check_name(member.name)
            _read_out(content)
    if archive.fileobj is not None:
        _read_out(cast("IO[bytes]", archive.fileobj))  # the compression's check sum comes last
    if manifest.get("format") != FORMAT or manifest.get("revision") != newest():
        raise BackupError(
            f"{source} is of database revision {manifest.get('revision')}, and this program's is {newest()}; restore"
            " it with the version that made it, then run: earnest db upgrade"
        )
    if rows != manifest.get("rows"):
        raise BackupError(f"{source} is damaged: its rows aren't those that its manifest counts; name another.")
    return manifest


def dump_table(session: Session, table: Table, archive: tarfile.TarFile, file: Path, progress: Progress) -> int:
    """Add a table's rows to the archive by way of `file`; return how many there were."""
    rows = 0
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=CHUNK)
    with file.open("w", encoding="utf-8") as lines:
        for chunk in session.execute(query).mappings().partitions():
            for row in chunk:
                lines.write(json.dumps(dict(row), ensure_ascii=False, default=_plain) + "\n")
            rows += len(chunk)
            progress(table.name, len(chunk))
    archive.add(file, _file_of(table))
    file.unlink()
    return rows


def load_table(session: Session, table: Table, archive: tarfile.TarFile, progress: Progress) -> int:
    """Insert a table's rows from the archive; return how many there were."""
    rows = 0
    for chunk in _chunks(_content(archive, _file_of(table))):
        session.execute(insert(table), [_typed(table, _parse(line, table.name)) for line in chunk])
        rows += len(chunk)
        progress(table.name, len(chunk))
    return rows


def file_names(archive: tarfile.TarFile) -> list[str]:
    """Return the names of the data directory's files that the archive holds."""
    return [name.removeprefix(FILES) for name in archive.getnames() if name.startswith(FILES)]


def read_file(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    """Return one of the data directory's files for reading."""
    return _content(archive, FILES + name)


def _chunks(lines: IO[bytes]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _read_out(content: IO[bytes]) -> None:
    while content.read(1 << 20):
        pass


def _file_of(table: Table) -> str:
    return f"tables/{table.name}.jsonl"


def _content(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        content = archive.extractfile(name)
    except KeyError:
        content = None
    if content is None:
        raise BackupError(f"The archive's {name} is missing or no file; name another backup.")
    return content


def _parse(line: bytes, place: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BackupError(f"The archive's {place} can't be read; name another backup.")
    return found


def _check_name(name: str) -> None:
    parts = PurePosixPath(name).parts
    if not name.startswith(FILES) or ".." in parts or len(parts) < 2:
        raise BackupError(f"The archive holds “{name}”, which no backup of Earnest's does; name another.")


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    for name, value in row.items():
        kind = table.c[name].type
        if value is not None and isinstance(kind, UtcDateTime):
            row[name] = datetime.fromisoformat(value)
        elif value is not None and isinstance(kind, Enum):
            row[name] = kind.python_type(value)
    return row
