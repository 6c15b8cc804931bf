"""What failed this week, and what is proposed instead. Candour comes before good news."""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from digests.coverage import Outage, outages
from digests.frame import Frame
from digests.material import ClockRow, Material
from digests.metrics import Context, is_promise
from digests.sections import Section
from domain.labels import Intent
from domain.states import SourceState
from domain.time import Week

# More than these shares is worth a proposal of its own.
MANY_ABSTAINED, MANY_REJECTED = 0.15, 0.25


class FailureKind(StrEnum):
    """What sort of thing went wrong."""

    GAP = "gap"
    SOURCE = "source"
    FAILED_SEND = "failed_send"
    UNKNOWN_SEND = "unknown_send"
    LATE_ANSWER = "late_answer"
    LATE_FOLLOW_UP = "late_follow_up"
    ABSTAINED = "abstained"
    UNSORTED = "unsorted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    DEAD_LETTER = "dead_letter"
    MAIL = "mail"


class Late(StrEnum):
    """What became of a case whose promised answer ran out."""

    ANSWERED = "answered"
    WAITING = "waiting"
    CLOSED = "closed"


_WORSE = (Late.ANSWERED, Late.WAITING, Late.CLOSED)


class Failure(Section):
    """One thing that went wrong: how often or how long, in words, and what is proposed instead."""

    kind: FailureKind
    count: int
    hours: float | None = None
    what: str
    proposal: str


def compute_failures(frame: Frame, material: Material, context: Context) -> tuple[Failure, ...]:
    """Return what failed in the week, what hurts customers first."""
    return (
        *_late_answers(frame, material), *_sends(material), *_listening(frame, material),
        *_drafts(material), *_understanding(material, context), *_housekeeping(material),
    )  # fmt: skip


def _late_answers(frame: Frame, material: Material) -> Iterator[Failure]:
    late = late_cases(frame, material, frame.week)
    if late:
        waiting = Late.WAITING in late.values()
        today = "Answer those that wait today; then decide" if waiting else "Decide"
        yield Failure(
            kind=FailureKind.LATE_ANSWER, count=len(late), what=_tell_late(Counter(late.values())),
            proposal=f"{today} whether hours, staff or promise must change.",
        )  # fmt: skip
    if material.trouble.late_follow_ups:
        count = material.trouble.late_follow_ups
        yield Failure(
            kind=FailureKind.LATE_FOLLOW_UP, count=count,
            what=f"We said we would ask again and didn't, {_times(count)}.",
            proposal="Give each follow-up an owner; drop those that no longer help anybody.",
        )  # fmt: skip


def late_cases(frame: Frame, material: Material, week: Week) -> dict[int, Late]:
    """Return the cases whose promised answer ran out within a week, and what became of each; the worst counts."""
    start, end = frame.bounds(week)
    late: dict[int, Late] = {}
    for clock in material.clocks:
        if not is_promise(clock) or clock.paused_at is not None or not start <= clock.due_at < end:
            continue
        became = _became(clock)
        if became is not None:
            late[clock.case_id] = max(became, late.get(clock.case_id, became), key=_WORSE.index)
    return late


def _became(clock: ClockRow) -> Late | None:
    if clock.stopped_at is None:
        return Late.WAITING
    if not clock.answered:
        return Late.CLOSED
    return Late.ANSWERED if clock.stopped_at > clock.due_at else None


def _tell_late(became: Counter[Late]) -> str:
    answered, waiting, closed = (became[each] for each in _WORSE)
    told = (
        (answered, f"{_things(answered, 'case')} had an answer later than promised"),
        (waiting, f"{_things(waiting, 'case')} {_wait(waiting)} for an answer longer than promised"),
        (closed, f"{_things(closed, 'case')} {_is(closed)} closed without an answer"),
    )
    return f"{'; '.join(text for count, text in told if count)}."


def _sends(material: Material) -> Iterator[Failure]:
    failed, unknown = material.trouble.failed_sends, material.trouble.unknown_sends
    if failed:
        yield Failure(
            kind=FailureKind.FAILED_SEND, count=failed, what=f"{_things(failed, 'reply', 'replies')} couldn't be sent.",
            proposal="Look at each one's reason at the desk, mend the account or answer by hand.",
        )  # fmt: skip
    if unknown:
        yield Failure(
            kind=FailureKind.UNKNOWN_SEND, count=unknown,
            what=f"Of {_things(unknown, 'reply', 'replies')} it isn't known whether it went out.",
            proposal="Look on the platform and say at the desk whether it is there; nothing is sent twice meanwhile.",
        )  # fmt: skip


def _listening(frame: Frame, material: Material) -> Iterator[Failure]:
    for outage in outages(frame, material, frame.week):
        yield _gap(outage)
    for source in material.sources:
        if source.enabled and source.state is SourceState.STOPPED:
            yield Failure(
                kind=FailureKind.SOURCE, count=1, what=f"The source “{source.key}” is stopped and needs a person.",
                proposal="See the health page for what it wants; it starts again once that is mended.",
            )  # fmt: skip
        elif source.enabled and source.last_ok_at is None and not any(g.source_id == source.id for g in material.gaps):
            yield Failure(
                kind=FailureKind.SOURCE, count=1, what=f"The source “{source.key}” was never read.",
                proposal="Check it with earnest doctor, or switch it off so that nobody counts on it.",
            )  # fmt: skip


def _gap(outage: Outage) -> Failure:
    still = " and still can't be" if outage.still else ""
    if outage.off:
        proposal = "It is switched off since: what was said there meanwhile isn't known."
    elif outage.still:
        proposal = "Mend it today: what is posted meanwhile may be lost."
    else:
        proposal = "Nothing to do now; what was missed is caught up where the platform keeps it."
    reason = outage.reason.rstrip(".")
    return Failure(
        kind=FailureKind.GAP, count=1, hours=outage.hours, proposal=proposal,
        what=f"The source “{outage.source}” couldn't be read for {_hours(outage.hours)}{still}: {reason}.",
    )  # fmt: skip


def _drafts(material: Material) -> Iterator[Failure]:
    rejected, decided = material.trouble.rejected_drafts, material.trouble.decided_drafts
    if rejected:
        many = rejected / max(decided, 1) > MANY_REJECTED
        yield Failure(
            kind=FailureKind.REJECTED, count=rejected,
            what=f"{rejected} of {_things(decided, 'draft')} decided on {_is(rejected)} rejected.",
            proposal="Read the reasons together and rewrite the canned responses behind them."
            if many else "Read the reasons; no pattern is likely in so few.",
        )  # fmt: skip
    expired = material.trouble.expired_drafts
    if expired:
        yield Failure(
            kind=FailureKind.EXPIRED, count=expired, what=f"{_things(expired, 'draft')} ran out before anybody looked.",
            proposal="Agree on when the queue is emptied, or answer fewer kinds of mentions and say so.",
        )  # fmt: skip


def _understanding(material: Material, context: Context) -> Iterator[Failure]:
    abstained = context.count({Intent.ABSTAINED})
    total = sum(cell.count for cell in context.own if cell.intent is not None)
    if abstained:
        share = abstained / max(total, 1)
        yield Failure(
            kind=FailureKind.ABSTAINED, count=abstained,
            what=f"The model wasn't sure of {_things(abstained, 'mention')} of {total}, and left them to a person.",
            proposal="Sort them at the desk: that teaches which words it doesn't know."
            if share > MANY_ABSTAINED else "Nothing: it is better to ask than to guess.",
        )  # fmt: skip
    if material.trouble.unsorted:
        count = material.trouble.unsorted
        yield Failure(
            kind=FailureKind.UNSORTED, count=count, what=f"{_things(count, 'mention')} {_is(count)} not sorted yet.",
            proposal="See on the health page whether the workers run; they are counted, but under no intent.",
        )  # fmt: skip


def _housekeeping(material: Material) -> Iterator[Failure]:
    letters, mails = material.trouble.dead_letters, material.trouble.failed_mails
    if letters:
        yield Failure(
            kind=FailureKind.DEAD_LETTER, count=letters,
            what=f"{_things(letters, 'post')} came in a shape that couldn't be read, and {_is(letters)} set aside.",
            proposal="Mend the source or its columns, then replay them.",
        )  # fmt: skip
    if mails:
        yield Failure(
            kind=FailureKind.MAIL, count=mails, what="A digest's mail wasn't delivered for certain.",
            proposal="See the digest's page for why, and send it again from there.",
        )  # fmt: skip


def _things(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _wait(count: int) -> str:
    return "waits" if count == 1 else "wait"


def _is(count: int) -> str:
    return "was" if count == 1 else "were"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _hours(hours: float) -> str:
    return f"{hours:.0f} h" if hours >= 1 else f"{max(1, round(hours * 60))} min"
