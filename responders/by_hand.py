"""An answer that was recorded by hand, and that a collector met where it was typed, is one reply and one contact."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from domain.time import Clock
from responders.erasure import ERASED
from storage.database import Database
from storage.tables import Person, Reply

# A collector that stood still for longer than this catches up with posts that nobody looks for here any more.
LATELY = timedelta(days=30)


class Pair(NamedTuple):
    """A reply that was recorded by hand, and one of its thread that a collector met."""

    ours: int
    met: int
    text: str
    text_met: str
    url: str | None
    url_met: str | None
    external_id: str | None


def absorb_met(database: Database, clock: Clock, brand_id: int) -> int:
    """Take what collectors met of the brand's answers by hand into those; return how many. Safe to run at once."""
    with database.write() as session:
        pairs = [Pair(*row) for row in session.execute(_pairs(brand_id, since=clock.now() - LATELY))]
        same = {pair.met: pair for pair in pairs if _is_same(pair)}
        return sum(_absorb(session, pair) for pair in {pair.ours: pair for pair in same.values()}.values())


def _pairs(brand_id: int, *, since: datetime) -> Select[int, int, str, str, str | None, str | None, str | None]:
    met = aliased(Reply)
    return (
        select(Reply.id, met.id, Reply.text, met.text, Reply.url, met.url, met.external_id)
        .join(met, and_(met.brand_id == Reply.brand_id, met.conversation_id == Reply.conversation_id))
        .where(Reply.brand_id == brand_id, Reply.origin == "by_hand", Reply.external_id.is_(None))
        .where(Reply.created_at >= since, met.origin == "native", met.platform == Reply.platform)
        .where(or_(met.url == Reply.url, met.in_reply_to == Reply.in_reply_to), Reply.text != ERASED)
        .order_by(Reply.id, met.id)
    )  # fmt: skip


def _is_same(pair: Pair) -> bool:
    same_place = pair.url is not None and pair.url == pair.url_met
    return same_place or pair.text.split() == pair.text_met.split()


def _absorb(session: Session, pair: Pair) -> bool:
    gone = session.execute(delete(Reply).where(Reply.id == pair.met).returning(Reply.person_id)).one_or_none()
    if gone is None:
        return False
    values = {"external_id": pair.external_id, "url": pair.url_met or pair.url}
    session.execute(update(Reply).where(Reply.id == pair.ours).values(values))
    # Each of the two was counted as a contact.
    once = update(Person).where(Person.id == gone.person_id, Person.contacts > 0)
    session.execute(once.values(contacts=Person.contacts - 1))
    return True
