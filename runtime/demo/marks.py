"""The demo's mark in the audit trail: what the simulated team did can be told from what people did."""

from runtime.application import Application
from storage import audit

ACTION = "demo.team"


def mark(parts: Application, *, brand_id: int, kind: str, object_id: int, user_id: int | None, what: str) -> None:
    """Say in the audit trail that the demo's team did this."""
    with parts.database.write() as session:
        audit.record(
            session, at=parts.clock.now(), action=ACTION, object_kind=kind, object_id=object_id, brand_id=brand_id,
            user_id=user_id, details={"done": what},
        )  # fmt: skip
