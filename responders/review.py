"""Review: a person approves, edits, rejects, snoozes or hands on a draft, and each decision is kept."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from domain.answers import Finding, Permission, Severity
from domain.errors import NotFound, StaleWrite
from domain.states import DraftState, ReplyState, change
from domain.time import Clock
from people.standing import note_contact
from platforms.registry import capabilities_of
from responders.approval import approvers, bind, key_of
from responders.errors import Blocked, NotPermitted, TooLong
from responders.gate import Obstacle, account_for, permit
from responders.proposals import carry_findings
from responders.splitting import split_text
from storage import audit
from storage.database import Database
from storage.jobs import Job, JobKind, Jobs
from storage.queries.brands import RevisionCache
from storage.tables import Author, Draft, FindingRow, Mention, Reply, Review

Guard = Callable[[int, str], tuple[Finding, ...]]
# Asked about a draft in the transaction that queues it unattended; raises where there is no room for it.
Room = Callable[[Session, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """What an approval led to: how many there are of how many needed, and the replies once there are enough."""

    approvals: int
    needed: int
    reply_ids: tuple[int, ...]


class Reviewer:
    """Takes people's decisions; each is one transaction, and each asks for the version that the person saw."""

    def __init__(
        self, *, database: Database, jobs: Jobs, clock: Clock, profiles: RevisionCache, guard: Guard,
        obstacle: Obstacle | None = None,
    ) -> None:  # fmt: skip
        """`guard` reads a draft's text (by draft id) and returns its findings; it opens transactions of its own.

        `obstacle` says what stands in the way of sending from an account; nothing is known of that when None.
        """
        self._database, self._jobs, self._clock = database, jobs, clock
        self._profiles, self._guard, self._obstacle = profiles, guard, obstacle

    def approve(
        self, *, draft_id: int, version: int, user_id: int, text: str | None = None, split: bool = False
    ) -> Approved:
        """Approve a draft, with `text` as its text if given; queue the reply once enough people have.

        Raises StaleWrite when the draft has changed since, Blocked when a guard forbids the text, NotPermitted when
        the gate does, TooLong when it doesn't fit and `split` is off; nothing is changed then.
        """
        with self._database.read() as session:
            wanted = _load(session, draft_id, version).text if text is None else text.strip()
        findings = self._guard(draft_id, wanted)
        blocking = tuple(finding for finding in findings if finding.severity is Severity.BLOCK)
        if blocking:
            raise Blocked(blocking)
        with self._database.write() as session:
            draft = _load(session, draft_id, version)
            edited = _set_text(session, draft, wanted, findings, self._clock.now())
            mention = session.get_one(Mention, draft.mention_id)
            self._require_permission(session, mention)
            self._readdress(session, draft, mention)
            parts = _parts(draft.text, mention.platform, split=split)
            digest = bind(draft, parts).digest
            self._record(session, draft, user_id, "edited_and_approved" if edited else "approved", binding=digest)
            needed = self._profiles.current_of(session, draft.brand_id).profile.approvals
            given = approvers(session, draft.id, digest)
            if given < needed:
                return Approved(approvals=given, needed=needed, reply_ids=())
            return Approved(approvals=given, needed=needed, reply_ids=self._queue(session, draft, parts, user_id))

    def approve_unattended(self, *, draft_id: int, version: int, room: Room | None = None) -> tuple[int, ...]:
        """Queue a draft that operator and brand let go out without a person; return the replies' ids.

        Raises as `approve` does, whatever `room` raises, and Blocked for a warning too: all that a guard has to say is
        for a person to read.
        """
        with self._database.read() as session:
            text = _load(session, draft_id, version).text
        findings = tuple(found for found in self._guard(draft_id, text) if found.severity is not Severity.INFO)
        if findings:
            raise Blocked(findings)
        with self._database.write() as session:
            if room is not None:
                # First of all, as intake too holds the brand before a draft.
                room(session, draft_id)
            draft = _load(session, draft_id, version)
            mention = session.get_one(Mention, draft.mention_id)
            self._require_permission(session, mention, unattended=True)
            self._readdress(session, draft, mention)
            parts = _parts(draft.text, mention.platform, split=False)
            self._record(session, draft, None, "sent_unattended", binding=bind(draft, parts).digest)
            return self._queue(session, draft, parts, None, origin="auto")

    def edit(self, *, draft_id: int, version: int, user_id: int, text: str) -> int:
        """Save a draft's text without deciding; return its new version. Earlier approvals no longer count."""
        findings = self._guard(draft_id, text.strip())
        with self._database.write() as session:
            draft = _load(session, draft_id, version)
            if _set_text(session, draft, text.strip(), findings, self._clock.now()):
                self._record(session, draft, user_id, "edited")
            return draft.version

    def reject(self, *, draft_id: int, version: int, user_id: int, reason: str) -> None:
        """Reject a draft; the reason is kept for those who write canned responses."""
        with self._database.write() as session:
            draft = _load(session, draft_id, version)
            draft.state = change(draft.state, DraftState.REJECTED, noun="draft")
            self._record(session, draft, user_id, "rejected", reason=reason)

    def snooze(self, *, draft_id: int, version: int, user_id: int, until: datetime) -> None:
        """Hide a draft from the queue until a time."""
        with self._database.write() as session:
            draft = _load(session, draft_id, version)
            draft.snoozed_until = until
            self._record(session, draft, user_id, "snoozed")

    def assign(self, *, draft_id: int, version: int, user_id: int, assignee_id: int | None) -> None:
        """Hand a draft to somebody, or to nobody."""
        with self._database.write() as session:
            draft = _load(session, draft_id, version)
            draft.assignee_id = assignee_id
            self._record(session, draft, user_id, "assigned")

    def record_by_hand(self, *, draft_id: int, version: int, user_id: int, text: str, url: str | None) -> int:
        """Record that a person answered on the platform itself; return the reply's id."""
        with self._database.write() as session:
            draft = _load(session, draft_id, version)
            _set_text(session, draft, text.strip(), (), self._clock.now())
            draft.state = change(draft.state, DraftState.APPROVED, noun="draft")
            draft.binding = bind(draft, (draft.text,)).digest
            self._record(session, draft, user_id, "answered_by_hand", binding=draft.binding)
            reply = self._add_reply(session, draft, 1, (draft.text,), user_id)
            reply.origin, reply.state, reply.sent_at, reply.url = "by_hand", ReplyState.SENT, self._clock.now(), url
            if reply.person_id is not None:
                note_contact(session, person_id=reply.person_id, at=reply.sent_at)
            return reply.id

    def ask_gate(self, session: Session, *, mention: Mention, unattended: bool = False) -> Permission:
        """Say whether a draft that answers `mention` could be approved now."""
        profile = self._profiles.current_of(session, mention.brand_id).profile
        return permit(
            session, mention=mention, profile=profile, at=self._clock.now(), unattended=unattended,
            obstacle=self._obstacle,
        )  # fmt: skip

    def _require_permission(self, session: Session, mention: Mention, *, unattended: bool = False) -> None:
        permission = self.ask_gate(session, mention=mention, unattended=unattended)
        if not permission.allowed:
            raise NotPermitted(permission)

    def _readdress(self, session: Session, draft: Draft, mention: Mention) -> None:
        """Let the account answer that may by now: a draft may be older than the account's connection."""
        profile = self._profiles.current_of(session, draft.brand_id).profile
        draft.account = account_for(profile, mention.platform) or draft.account

    def _queue(
        self, session: Session, draft: Draft, parts: tuple[str, ...], user_id: int | None, *, origin: str = "desk"
    ) -> tuple[int, ...]:
        draft.state = change(draft.state, DraftState.APPROVED, noun="draft")
        draft.binding = bind(draft, parts).digest
        replies = [self._add_reply(session, draft, part, parts, user_id) for part in range(1, len(parts) + 1)]
        for reply in replies:
            reply.origin = origin
        # The parts of a thread go out one after the other: each enqueues the next once it is sent.
        first = replies[0]
        self._jobs.enqueue(session, Job(kind=JobKind.SEND, key=f"send:{first.id}:0", ids=(first.id,)))
        return tuple(reply.id for reply in replies)

    def _add_reply(
        self, session: Session, draft: Draft, part: int, parts: tuple[str, ...], user_id: int | None
    ) -> Reply:
        mention = session.get_one(Mention, draft.mention_id)
        author = session.get_one(Author, mention.author_id)
        reply = Reply(
            brand_id=draft.brand_id, draft_id=draft.id, mention_id=mention.id, conversation_id=draft.conversation_id,
            person_id=author.person_id, platform=mention.platform, account=draft.account, origin="desk",
            state=ReplyState.QUEUED, key=key_of(draft.id, part, draft.binding or ""), text=parts[part - 1], part=part,
            parts=len(parts), in_reply_to=draft.thread, visibility=mention.visibility, approved_by=user_id,
            created_at=self._clock.now(), attempts=0, lookups=0,
        )  # fmt: skip
        session.add(reply)
        session.flush()
        return reply

    def _record(
        self,
        session: Session,
        draft: Draft,
        user_id: int | None,
        decision: str,
        *,
        binding: str = "",
        reason: str | None = None,
    ) -> None:
        now = self._clock.now()
        draft.updated_at, draft.version = now, draft.version + 1
        review = Review(
            brand_id=draft.brand_id, draft_id=draft.id, user_id=user_id, decision=decision, reason=reason,
            binding=binding or bind(draft, (draft.text,)).digest, edited=draft.text != draft.original_text, at=now,
        )  # fmt: skip
        session.add(review)
        session.flush()
        carry_findings(session, draft_id=draft.id, version=draft.version)
        audit.record(
            session, at=now, action=f"draft.{decision}", object_kind="draft", object_id=draft.id,
            brand_id=draft.brand_id, user_id=user_id, details={"binding": review.binding, "version": draft.version},
        )  # fmt: skip


def _load(session: Session, draft_id: int, version: int) -> Draft:
    draft = session.get(Draft, draft_id)
    if draft is None:
        raise NotFound(f"There is no draft {draft_id}; it may have been erased with its post.")
    claimed = session.connection().get_execution_options().get("earnest_read")
    if not claimed:
        # Nobody else may decide between this look and the commit.
        session.execute(update(Draft).where(Draft.id == draft_id).values(version=Draft.version))
        session.refresh(draft)
    if draft.version != version or draft.state is not DraftState.PROPOSED:
        raise StaleWrite(
            "Somebody else decided on this draft, or it changed, while you read it; here it is as it is now."
        )
    return draft


def _set_text(session: Session, draft: Draft, text: str, findings: tuple[Finding, ...], at: datetime) -> bool:
    if text == draft.text:
        return False
    draft.text, draft.updated_at, draft.version = text, at, draft.version + 1
    for finding in findings:
        session.add(
            FindingRow(
                draft_id=draft.id,
                draft_version=draft.version,
                rule=finding.rule,
                severity=finding.severity,
                message=finding.message,
                start=finding.start,
                end=finding.end,
            )
        )
    return True


def _parts(text: str, platform: str, *, split: bool) -> tuple[str, ...]:
    facts = capabilities_of(platform)
    if facts.fits(text):
        return (text,)
    if split:
        return split_text(text, facts)
    length, limit = facts.count(text), facts.max_length
    raise TooLong(f"The reply has {length} {facts.counted_in} and {facts.name} allows {limit}; shorten it or split it.")
