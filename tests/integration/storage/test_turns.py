"""Writers of one SQLite file take turns: nobody starves, and a failed writer leaves the turn to the next."""

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.database import Database
from storage.tables import Brand


def add_brand(database: Database, slug: str) -> None:
    with database.write() as session:
        session.add(Brand(slug=slug, name=slug, time_zone="UTC", created_at=datetime.now(UTC)))


def test_nobody_waits_for_long_while_others_write(sqlite_url: str) -> None:
    # Two databases on one file, as the engine and the stages have.
    databases = [Database(sqlite_url), Database(sqlite_url)]
    ends = time.monotonic() + 2
    counts = [0] * 6

    def write(place: int) -> None:
        while time.monotonic() < ends:
            add_brand(databases[place % 2], f"b-{place}-{counts[place]}")
            counts[place] += 1

    threads = [threading.Thread(target=write, args=[place]) for place in range(len(counts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(counts) > max(counts) / 3
    with databases[0].read() as session:
        assert session.query(Brand).count() == sum(counts)
    for database in databases:
        database.close()


def test_a_writer_that_fails_gives_its_turn_back(sqlite_database: Database) -> None:
    for _ in range(3):
        with pytest.raises(OperationalError), sqlite_database.write() as session:
            session.execute(text("INSERT INTO nowhere VALUES (1)"))
        with pytest.raises(KeyError), sqlite_database.write():
            raise KeyError
    add_brand(sqlite_database, "after")


def test_who_writes_can_read_beside_it_however_many_wait(sqlite_database: Database) -> None:
    threads = [threading.Thread(target=add_brand, args=[sqlite_database, f"b{place}"]) for place in range(40)]
    with sqlite_database.write() as writing:
        writing.execute(text("SELECT 1"))
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        with sqlite_database.read() as session:
            assert session.query(Brand).count() == 0
    for thread in threads:
        thread.join()
    with sqlite_database.read() as session:
        assert session.query(Brand).count() == 40


def test_a_text_never_reaches_an_error(sqlite_database: Database) -> None:
    with pytest.raises(OperationalError) as caught, sqlite_database.write() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "my card is 4111"})
    assert "4111" not in str(caught.value)
