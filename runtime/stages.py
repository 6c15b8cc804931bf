"""What each kind of job does: the stages of the other packages, bound to one application's parts."""

from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain.errors import EarnestError, StaleWrite
from domain.states import ConversationState
from listener.collection import collect_source
from listener.context import Collectors
from listener.deletions import erase_mentions
from listener.rechecks import recheck_source
from listener.sources import SourceView
from listener.spending import keep_half
from listener.surroundings import read_around
from people.standing import note_contact
from platforms.allowance import Allowance
from responders import follow_ups, sla
from responders.routing import route_mentions
from responders.unattended import send_unattended
from responders.upkeep import keep_up
from runtime.application import Application
from runtime.reprocessing import reprocess
from runtime.sweep import Sweep
from sentiment.stage import classify_mentions
from storage.jobs import Handler, JobKind
from storage.retention import clean_up
from storage.scrubbing import scrub_if_due
from storage.tables import Case, Mention, Reply

REJECTS = "rejects"
# A sweep comes every five minutes, so that this keeps up with 160 jobs a second.
MOST_JOBS = 50_000

_log = structlog.get_logger(__name__)


def bind(parts: Application) -> dict[JobKind, Handler]:
    """Return what each kind of job does; each may be run twice, or killed anywhere and run again."""
    return {
        JobKind.COLLECT: lambda ids: _collect(parts, ids[0]),
        JobKind.CLASSIFY: lambda ids: _classify(parts, ids),
        JobKind.REPROCESS: lambda ids: reprocess(parts, ids),
        JobKind.ROUTE: lambda ids: _route(parts, ids),
        JobKind.SEND: lambda ids: _send(parts, ids[0]),
        JobKind.LOOK_UP: lambda ids: _look_up(parts, ids[0]),
        JobKind.SLA: lambda ids: _watch_clocks(parts, ids[0]),
        JobKind.FOLLOW_UP: lambda ids: _follow_up(parts, ids[0]),
        JobKind.DIGEST: lambda ids: parts.mailing.make(ids[0], ids[1]),
        JobKind.MAIL: lambda ids: _mail(parts, ids[0]),
        JobKind.ERASE: lambda ids: _erase(parts, ids),
        JobKind.NOTIFY: lambda ids: _tell(parts, ids[0]),
        JobKind.RECHECK: lambda ids: _recheck(parts, ids[0]),
        JobKind.THREAD: lambda ids: _read_around(parts, ids[0]),
        JobKind.SWEEP: lambda _ids: _sweep(parts),
    }


def note_sent(session: Session, reply: Reply, at: datetime) -> None:
    """Stop the clocks that waited for an answer, and count the contact; in the transaction that records it as sent."""
    # What is said to one person of a thread answers nobody else in it.
    theirs = (Case.conversation_id == reply.conversation_id) & (Case.person_id == reply.person_id)
    answered = select(Mention.case_id).where(Mention.id == reply.mention_id)
    open_cases = select(Case.id).where(
        or_(Case.id.in_(answered), theirs), Case.state != ConversationState.RESOLVED
    )  # fmt: skip
    for case_id in session.scalars(open_cases):
        sla.note_response(session, case_id=case_id, at=at)
    if reply.person_id is not None:
        note_contact(session, person_id=reply.person_id, at=at)


def _collect(parts: Application, source_id: int) -> None:
    try:
        report = collect_source(
            parts.database,
            parts.jobs,
            parts.clock,
            build=parts.collectors,
            source_id=source_id,
            intake=parts.intake,
            rejects_folder=parts.loaded.data_dir / REJECTS,
        )
    except StaleWrite:
        # Another reading took the source over, which is how it should be.
        _log.info("another reading took over", source=source_id)
        return
    if report.skipped:
        _log.info("source skipped", source=source_id, why=report.skipped)
        return
    _log.info(
        "source read",
        source=source_id,
        batches=report.batches,
        new=report.posts.new,
        known=report.posts.known,
        rejected=report.posts.rejected,
        signal=report.signal.kind.value if report.signal else None,
    )


def _classify(parts: Application, ids: tuple[int, ...]) -> None:
    written = classify_mentions(parts.database, parts.jobs, parts.clock, parts.classifier, ids)
    _log.info("mentions sorted", mentions=len(ids), written=written)


def _route(parts: Application, ids: tuple[int, ...]) -> None:
    report = route_mentions(parts.database, parts.jobs, parts.clock, parts.drafter, parts.profiles, ids)
    # Killed before this, a draft waits for a person, which is the safe side.
    unattended = send_unattended(
        parts.database, parts.clock, parts.profiles, reviewer=parts.reviewer, draft_ids=report.drafts,
        allowed=parts.loaded.settings.auto_send, refused=_left_to_a_person,
    )  # fmt: skip
    if unattended:
        _log.info("replies queued unattended", replies=len(unattended))
    _log.info("mentions routed", routed=len(report.routed), drafts=len(report.drafts), cases=len(report.cases_opened))


def _left_to_a_person(draft_id: int, error: EarnestError) -> None:
    _log.info("draft left to a person", draft=draft_id, why=type(error).__name__)


def _send(parts: Application, reply_id: int) -> None:
    _log.info("reply handled", reply=reply_id, state=parts.outbox.send(reply_id))


def _look_up(parts: Application, reply_id: int) -> None:
    _log.info("reply looked up", reply=reply_id, state=parts.unknown.look_up(reply_id))


def _watch_clocks(parts: Application, brand_id: int) -> None:
    done = keep_up(parts.database, parts.clock, parts.profiles, brand_id)
    counts = {
        "late": len(done.missed), "follow_ups": len(done.due), "awake": len(done.woken), "calm": len(done.closed),
        "expired": done.expired,
    }  # fmt: skip
    if any(counts.values()):
        _log.info("time has come", brand=brand_id, **counts)


def _follow_up(parts: Application, follow_up_id: int) -> None:
    follow_ups.surface(parts.database, parts.clock, follow_up_id)


def _mail(parts: Application, mail_id: int) -> None:
    _log.info("digest mail handled", mail=mail_id, state=parts.mailing.send(mail_id))


def _erase(parts: Application, ids: tuple[int, ...]) -> None:
    folder = parts.loaded.data_dir / REJECTS
    erased = erase_mentions(parts.database, parts.clock, parts.erasers, ids, rejects_folder=folder)
    _log.info("mentions erased", mentions=erased)


def _tell(parts: Application, brand_id: int) -> None:
    done = parts.teller.tell(brand_id)
    if done.given_up:
        _log.error("webhooks not told for a week; given up", brand=brand_id, posts=done.given_up)
    _log.info("webhooks told", brand=brand_id, posts=done.told, waiting=done.waiting)


def _recheck(parts: Application, source_id: int) -> None:
    report = recheck_source(
        parts.database, parts.clock, build=beside(parts), source_id=source_id, intake=parts.intake
    )  # fmt: skip
    if report.skipped:
        _log.info("posts not looked at again", source=source_id, why=report.skipped)
        return
    _log.info(
        "posts looked at again",
        source=source_id,
        asked=report.asked,
        deleted=report.posts.deleted,
        edited=report.posts.updated,
        signal=report.signal.kind.value if report.signal else None,
    )


def _read_around(parts: Application, conversation_id: int) -> None:
    report = read_around(
        parts.database, parts.jobs, parts.clock, build=beside(parts), intake=parts.intake,
        conversation_id=conversation_id,
    )  # fmt: skip
    signal = report.signal.kind.value if report.signal else None
    _log.info("thread read", conversation=conversation_id, kept=report.kept, skipped=report.skipped, signal=signal)


def beside(parts: Application) -> Collectors:
    """Return collectors that leave half of each limit to the normal reading."""

    def allowance(view: SourceView) -> Allowance:
        return keep_half(parts.collectors.allowance_of(view), budget=view.budget, calls=view.calls)

    return replace(parts.collectors, allowance_of=allowance)


def _sweep(parts: Application) -> None:
    durable = parts.durable
    is_busy = durable.is_busy if durable else lambda _kind: False
    sweep = Sweep(parts.database, parts.jobs, parts.clock, recover_replies=parts.outbox.recover, is_busy=is_busy)
    sweep.run()
    retention = parts.loaded.settings.retention
    gone = clean_up(parts.database, parts.clock, retention=retention)
    if scrub_if_due(parts.database, parts.clock):
        _log.info("what was erased is gone from the file")
    if durable:
        gone["jobs"] = durable.forget(before=parts.clock.now() - retention.jobs, limit=MOST_JOBS)
    _log.info("swept", **gone)
