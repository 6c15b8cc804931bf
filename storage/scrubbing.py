"""Taking what was erased out of the bytes of a SQLite file: a row that is gone may still be read in free pages.

PostgreSQL does the like by itself (autovacuum); nothing is done there.
"""

from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import func, select, text

from domain.time import Clock
from storage import audit
from storage.database import BUSY_MS, Database
from storage.tables import AuditEvent, Receipt

EVERY: Final = timedelta(hours=20)
# Rewriting a larger file would keep writers waiting for longer than they do.
MOST_BYTES: Final = 512 * 2**20
# Readers are waited for so long; who reads for longer keeps the log from being emptied.
READERS_MS: Final = 3_000
_OBJECT: Final = ("database", "scrub")


def scrub(database: Database, *, rewrite: bool = True) -> bool:
    """Write the file anew without what was deleted, and empty its log; return whether nothing of it is left.

    False where somebody else reads or writes at this moment, or `rewrite` is off: then the search index and the log
    are cleaned alone. Blocks writers while it works, about a second for each 100 MB.
    """
    if not database.is_sqlite:
        return True
    with database.write() as session:
        # The index keeps deleted words until its parts are merged into one.
        session.execute(text("INSERT INTO mentions_search(mentions_search) VALUES ('optimize')"))
    raw = database.engine.raw_connection()
    try:
        cursor = raw.cursor()
        if rewrite:
            cursor.execute("VACUUM")
        cursor.execute(f"PRAGMA busy_timeout={READERS_MS}")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        return rewrite and not busy
    finally:
        raw.close()


def scrub_if_due(database: Database, clock: Clock, *, most_bytes: int = MOST_BYTES) -> bool:
    """Scrub the file when something was erased since the last time, at most once in `EVERY`; return whether it was."""
    if not database.is_sqlite:
        return False
    kind, number = _OBJECT
    done = select(func.max(AuditEvent.at)).where(AuditEvent.object_kind == kind, AuditEvent.object_id == number)
    now = clock.now()
    with database.read() as session:
        last, erased = session.scalar(done), session.scalar(select(func.max(Receipt.at)))
    if erased is None or (last is not None and (erased <= last or now - last < EVERY)):
        return False
    size = Path(str(database.engine.url.database)).stat().st_size
    whole = scrub(database, rewrite=size <= most_bytes)
    with database.write() as session:
        audit.record(
            session, at=now, action="database.scrubbed", object_kind=kind, object_id=number, details={"whole": whole}
        )  # fmt: skip
    return True
