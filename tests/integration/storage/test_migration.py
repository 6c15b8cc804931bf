"""The migrations make exactly the tables that the program maps, on both databases."""

import pytest
from sqlalchemy import text

from storage.database import Database
from storage.migration import Version, WrongVersion, differences, require_current, upgrade, version


def test_migrations_make_what_is_mapped(database: Database) -> None:
    assert version(database) is Version.CURRENT
    assert differences(database) == []


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WrongVersion, match="newer Earnest"):
        upgrade(database)
    with pytest.raises(WrongVersion, match="nothing was changed"):
        require_current(database)


def test_an_older_database_names_the_command(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(WrongVersion, match="earnest db upgrade"):
        require_current(database)
