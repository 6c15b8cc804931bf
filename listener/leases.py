"""One reading of a source at a time: a lease on its row, which ends by itself, or with the process that held it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.states import SourceState
from domain.time import Clock
from listener.sources import SourceView
from storage.database import Database
from storage.tables import Source

LENGTH: Final = timedelta(minutes=5)
_PROCESS: Final = uuid4().hex


def new_token() -> str:
    """Return a token that tells this reading, in this process, from every other."""
    return f"{socket.gethostname()}|{os.getpid()}|{_PROCESS}|{uuid4().hex}"[-200:]


def take_lease(*, source: Source, token: str, now: datetime) -> bool:
    """Take the source for one reading, if nobody living reads it; the caller's transaction decides.

    Only a hint that saves work: what keeps posts from being lost or doubled is that a batch is saved under its lease.
    """
    held = source.lease is not None and source.leased_until is not None and source.leased_until > now
    if held and source.lease != token and not is_orphaned(source.lease or ""):
        return False
    source.lease, source.leased_until, source.last_tried_at = token, now + LENGTH, now
    if source.state in {SourceState.PAUSED, SourceState.STOPPED}:
        source.state = SourceState.ACTIVE
    return True


def renew_lease(session: Session, *, source_id: int, token: str, now: datetime) -> None:
    """Hold on to the source a while longer."""
    session.execute(
        update(Source).where(Source.id == source_id, Source.lease == token).values(leased_until=now + LENGTH)
    )


@contextmanager
def borrow_lease(database: Database, clock: Clock, *, view: SourceView) -> Iterator[str | None]:
    """Hold a source for a look beside its reading; yield the token, None while another reads it.

    Only a source with a limit is held, so that two who spend at once never pass it together: others yield an empty
    token. How the source does isn't touched.
    """
    if view.budget is None and view.calls is None:
        yield ""
        return
    token, now = new_token(), clock.now()
    with database.write() as session:
        source = session.get_one(Source, view.id, with_for_update={"key_share": True})
        held = source.lease is not None and source.leased_until is not None and source.leased_until > now
        if held and not is_orphaned(source.lease or ""):
            token = ""
        else:
            source.lease, source.leased_until = token, now + LENGTH
    try:
        yield token or None
    finally:
        with database.write() as session:
            session.execute(
                update(Source)
                .where(Source.id == view.id, Source.lease == token)
                .values(lease=None, leased_until=None)
            )  # fmt: skip


def is_orphaned(token: str) -> bool:
    """Say whether the process that held a lease is surely gone: it ran on this machine, and its number is free or ours.

    Where two machines share a name this may be wrong; then both read, and the one without the lease can't save.
    """
    host, _, rest = token.partition("|")
    number, _, rest = rest.partition("|")
    process, _, _ = rest.partition("|")
    if host != socket.gethostname() or not number.isdigit():
        return False
    if int(number) == os.getpid():
        return process != _PROCESS
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
