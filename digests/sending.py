"""A digest's way out: a row before it is a request, one claim, one request, then a state (as the outbox does)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from digests.building import read_figures
from digests.mail import NOWHERE, compose_mail, message_id_of
from digests.texts import load_texts
from domain.answers import Outcome, SendResult
from domain.errors import NotFound
from domain.mails import Mail
from domain.ports import Mailer
from domain.states import MailState, change
from domain.time import Clock
from storage import audit
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.brands import current_revision
from storage.tables import Brand, Digest, DigestMail, Installation

MOST_TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
# A claim that is older than this belongs to a process that died: its mail may have gone out.
CLAIM = timedelta(minutes=10)

DeskAddress = Callable[[str, str], str]


def queue_mail(
    session: Session, jobs: Jobs, *, digest: Digest, at: datetime, domain: str = NOWHERE
) -> DigestMail | None:  # fmt: skip
    """Queue a digest's mail in the session's transaction; None when its brand mails it to nobody.

    A digest has one mail: asking again returns it. `domain` is the sender's, for the message id.
    """
    kept = session.scalars(select(DigestMail).where(DigestMail.digest_id == digest.id)).one_or_none()
    # Today's, as `due` reads them: who was added since the digest was made gets it, who was taken off doesn't.
    recipients = current_revision(session, digest.brand_id).profile.digest.recipients
    if kept is not None or not recipients:
        return kept
    instance = session.scalar(select(Installation.instance_id)) or ""
    message_id = message_id_of(instance_id=instance, brand_id=digest.brand_id, week=digest.week, domain=domain)
    mail = DigestMail(
        brand_id=digest.brand_id, digest_id=digest.id, state=MailState.QUEUED, message_id=message_id,
        recipients=list(recipients), created_at=at, attempts=0,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    _enqueue(session, jobs, mail, timedelta())
    _record(session, mail, "queued", at)
    return mail


def send_digest_mail(
    database: Database, jobs: Jobs, clock: Clock, mailer: Mailer, mail_id: int, *, desk: DeskAddress | None = None
) -> MailState | None:  # fmt: skip
    """Send one mail if it is its turn; return its new state, None when there was nothing to do. Safe to run twice.

    `desk` gives a digest's address at the desk by the brand's slug and the week. A row that a process left in
    `sending` becomes `unknown`: it may have gone out, so a person decides.
    """
    if _recover(database, clock, mail_id):
        return MailState.UNKNOWN
    # Written before it is claimed: a fault in a page must not look like a mail that may have gone out.
    mail = _compose(database, clock, mail_id, desk)
    if mail is None or not _claim(database, clock, mail_id):
        return None
    result = mailer.send(mail)
    with database.write() as session:
        row = session.get_one(DigestMail, mail_id, with_for_update=True)
        if row.state is not MailState.SENDING:
            # The claim ran out meanwhile and a person decides; what came of this try is kept for them.
            row.last_error = result.message or f"A late answer says: {result.outcome}."
            return row.state
        return _settle(session, jobs, clock, row, result)


def resend_mail(session: Session, jobs: Jobs, *, mail_id: int, user_id: int | None, at: datetime) -> DigestMail:
    """Queue a mail again because a person said so; raises InvalidTransition while it is queued or on its way.

    It keeps its message id, so a mail program that has it already can tell.
    """
    row = session.get(DigestMail, mail_id, with_for_update=True)
    if row is None:
        raise NotFound(f"There is no digest mail {mail_id}.")
    row.state = change(row.state, MailState.QUEUED, noun="digest mail")
    row.claimed_at, row.sent_at = None, None
    _enqueue(session, jobs, row, timedelta(), by_hand=True)
    _record(session, row, "resent", at, user_id)
    return row


def mail_of(session: Session, digest_id: int) -> DigestMail | None:
    """Return a digest's mail with its state, None when none was ever queued."""
    return session.scalars(select(DigestMail).where(DigestMail.digest_id == digest_id)).one_or_none()


def _compose(database: Database, clock: Clock, mail_id: int, desk: DeskAddress | None) -> Mail | None:
    with database.read() as session:
        row = session.get(DigestMail, mail_id)
        if row is None or not _is_due(row, clock.now()) or _sending_is_off(session):
            return None
        digest = session.get_one(Digest, row.digest_id)
        slug = session.scalars(select(Brand.slug).where(Brand.id == row.brand_id)).one()
        figures = read_figures(digest)
        texts = load_texts(session, figures)
        message_id, recipients = row.message_id, tuple(row.recipients)
        is_last = row.attempts + 1 >= MOST_TRIES
    address = desk(slug, figures.week) if desk else None
    mail = compose_mail(figures, texts, message_id=message_id, recipients=recipients, desk=address)
    return replace(mail, last_try=is_last)


def _is_due(row: DigestMail, at: datetime) -> bool:
    if row.state is not MailState.QUEUED:
        return False
    # While it waits between tries, `claimed_at` is when it was last tried.
    return row.claimed_at is None or row.claimed_at + wait_after(row.attempts) <= at


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many refusals: a minute, doubled each time, at most two hours."""
    doublings = min(max(0, attempts - 1), 16)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def _claim(database: Database, clock: Clock, mail_id: int) -> bool:
    with database.write() as session:
        if _sending_is_off(session):
            return False
        claimed = session.scalar(
            update(DigestMail)
            .where(DigestMail.id == mail_id, DigestMail.state == MailState.QUEUED)
            .values(state=MailState.SENDING, claimed_at=clock.now(), attempts=DigestMail.attempts + 1)
            .returning(DigestMail.id)
        )
    return claimed is not None


def _recover(database: Database, clock: Clock, mail_id: int) -> bool:
    now = clock.now()
    with database.write() as session:
        lost = session.scalar(
            update(DigestMail)
            .where(DigestMail.id == mail_id, DigestMail.state == MailState.SENDING, DigestMail.claimed_at < now - CLAIM)
            .values(state=MailState.UNKNOWN, last_error="The program stopped while it was sending.")
            .returning(DigestMail.id)
        )
        if lost is not None:
            _record(session, session.get_one(DigestMail, mail_id), "unknown", now)
    return lost is not None


def _settle(session: Session, jobs: Jobs, clock: Clock, row: DigestMail, result: SendResult) -> MailState:
    now = clock.now()
    row.last_error = result.message or None
    if result.outcome is Outcome.REFUSED_BEFORE_ACTING and row.attempts < MOST_TRIES:
        row.state = change(row.state, MailState.QUEUED, noun="digest mail")
        _enqueue(session, jobs, row, wait_after(row.attempts))
        return row.state
    ends = {Outcome.SENT: MailState.SENT, Outcome.UNKNOWN: MailState.UNKNOWN}
    row.state = change(row.state, ends.get(result.outcome, MailState.FAILED), noun="digest mail")
    if row.state is MailState.SENT:
        row.sent_at = result.sent_at or now
    _record(session, row, str(row.state), now)
    return row.state


def _sending_is_off(session: Session) -> bool:
    # Decision 13: what looks like a copy sends nothing.
    return session.scalar(select(Installation.sending_off_reason)) is not None


def _enqueue(session: Session, jobs: Jobs, row: DigestMail, delay: timedelta, *, by_hand: bool = False) -> None:
    key = f"mail:{row.id}:{row.attempts}{'.again' if by_hand else ''}"
    jobs.enqueue(session, Job(kind=JobKind.MAIL, key=key, ids=(row.id,), delay=delay))


def _record(session: Session, row: DigestMail, what: str, at: datetime, user_id: int | None = None) -> None:
    audit.record(
        session, at=at, action=f"digest_mail.{what}", object_kind="digest_mail", object_id=row.id,
        brand_id=row.brand_id, user_id=user_id, details={"digest": row.digest_id, "attempts": row.attempts},
    )  # fmt: skip
