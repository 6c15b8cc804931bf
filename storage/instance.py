"""The instance id, kept in the database and beside it, so that a restored copy can't send (decision 13)."""

from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.time import Clock
from storage import audit
from storage.tables import Installation

FILE = "instance-id"


def read_file(data_dir: Path) -> str | None:
    """Return the instance id kept outside the database, or None when there is none yet."""
    path = data_dir / FILE
    return path.read_text(encoding="ascii").strip() if path.exists() else None


def write_file(data_dir: Path, instance_id: str) -> None:
    """Keep the instance id outside the database."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data_dir / FILE).write_text(instance_id + "\n", encoding="ascii")


def ensure_installation(session: Session, *, data_dir: Path, clock: Clock) -> Installation:
    """Return the installation's row, made on the first start; note it when the two ids differ.

    A fresh database beside an old file, or an old database beside a fresh or missing file, may not send until an
    operator confirms.
    """
    outside = read_file(data_dir)
    row = session.scalars(select(Installation)).one_or_none()
    if row is None:
        row = Installation(instance_id=outside or uuid4().hex, created_at=clock.now())
        session.add(row)
        session.flush()
        if outside is None:
            write_file(data_dir, row.instance_id)
        return row
    if outside != row.instance_id and row.sending_off_reason is None:
        row.sending_off_reason = "The database and this machine carry different instance ids: is this a copy?"
    return row


def confirm_sending(session: Session, *, data_dir: Path, clock: Clock, user_id: int | None) -> None:
    """Turn sending on, because an operator said that this installation is the one that answers.

    It gets a new id, so that whatever it was copied from, or is copied to, is told apart from it.
    """
    row = session.scalars(select(Installation)).one()
    row.instance_id, row.sending_off_reason = uuid4().hex, None
    # Written before the commit: a crash in between leaves the two ids different, and sending off.
    write_file(data_dir, row.instance_id)
    audit.record(
        session, at=clock.now(), action="sending.confirmed", object_kind="installation", object_id=row.id,
        user_id=user_id,
    )  # fmt: skip
