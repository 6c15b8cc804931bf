"""The database's own files: nobody else on the machine reads what customers wrote."""

import os
from pathlib import Path
from stat import S_IMODE

from sqlalchemy import text

from storage.database import Database
from storage.migration import upgrade


def _mode(path: Path) -> int:
    return S_IMODE(path.stat().st_mode)


def test_a_new_database_is_its_owner_s_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "earnest.db"
    before = os.umask(0o022)
    try:
        database = Database(f"sqlite:///{file}")
        upgrade(database)
        with database.write() as session:
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))
            beside = {path.name: _mode(path) for path in file.parent.iterdir() if path.name.startswith("earnest.db-")}
        database.close()
    finally:
        os.umask(before)
    assert (_mode(file.parent), _mode(file)) == (0o700, 0o600)
    assert beside["earnest.db-wal"] == 0o600


def test_a_file_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "earnest.db"
    file.touch(mode=0o640)
    file.chmod(0o640)
    database = Database(f"sqlite:///{file}")
    upgrade(database)
    database.close()
    assert _mode(file) == 0o640
