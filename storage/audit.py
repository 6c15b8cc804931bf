"""The audit trail: who did what to which object and when, in the transaction that did it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from storage.tables import AuditEvent


def record(
    session: Session,
    *,
    at: datetime,
    action: str,
    object_kind: str,
    object_id: int | str,
    brand_id: int | None = None,
    user_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an event to the trail; `details` holds ids, counts, states and hashes, never text."""
    event = AuditEvent(
        at=at,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        brand_id=brand_id,
        user_id=user_id,
        details=dict(details or {}),
    )
    session.add(event)
