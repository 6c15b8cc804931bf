"""Which queue each kind of job waits in, how many run at once, and what happens when one fails."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from storage.jobs import JobKind


class QueueName(StrEnum):
    """The engine's queues; one that is full never holds up another."""

    COLLECT = "collect"
    MODEL = "model"
    WORK = "work"
    SEND = "send"
    MAIL = "mail"


# What a process does that only listens: it collects, sorts and routes; replies and mails wait for another.
LISTENING = (QueueName.COLLECT, QueueName.MODEL, QueueName.WORK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one kind of job is run: `attempts` in all; `single` waits or runs once at a time for the same ids."""

    queue: QueueName
    attempts: int = 5
    single: bool = False


PLANS: dict[JobKind, Plan] = {
    # What comes again with the next tick isn't retried, and never overlaps itself.
    JobKind.COLLECT: Plan(queue=QueueName.COLLECT, attempts=1, single=True),
    JobKind.RECHECK: Plan(queue=QueueName.COLLECT, attempts=1, single=True),
    JobKind.THREAD: Plan(queue=QueueName.COLLECT, attempts=1, single=True),
    JobKind.SLA: Plan(queue=QueueName.WORK, attempts=1, single=True),
    JobKind.SWEEP: Plan(queue=QueueName.WORK, attempts=1, single=True),
    JobKind.CLASSIFY: Plan(queue=QueueName.MODEL),
    JobKind.REPROCESS: Plan(queue=QueueName.MODEL),
    JobKind.ROUTE: Plan(queue=QueueName.WORK),
    JobKind.ERASE: Plan(queue=QueueName.WORK),
    JobKind.NOTIFY: Plan(queue=QueueName.WORK),
    JobKind.FOLLOW_UP: Plan(queue=QueueName.WORK),
    JobKind.SEND: Plan(queue=QueueName.SEND),
    JobKind.LOOK_UP: Plan(queue=QueueName.SEND),
    # The charts' library draws in one thread at a time.
    JobKind.DIGEST: Plan(queue=QueueName.MAIL),
    JobKind.MAIL: Plan(queue=QueueName.MAIL),
}

# A job that hangs is given up and shown, so that it can't silence its source for good.
LONGEST = timedelta(minutes=30)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)


def wait_after(attempt: int) -> timedelta:
    """Return how long to wait after the attempt of that number failed: 5 s, 25 s, about 2 min, then 10 min."""
    wait: timedelta = _FIRST_WAIT * 5 ** min(attempt - 1, 4)
    return min(wait, _LONGEST_WAIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """How many jobs of a queue run at once in one process, and how often the queue is looked at."""

    width: int
    polling_seconds: float


def lanes(*, concurrency: int, polling_seconds: float) -> dict[QueueName, Lane]:
    """Return each queue's lane; a look costs about 1.5 ms of a core, so what may wait a moment is looked at less."""
    half = max(1, concurrency // 2)
    return {
        # Two, so that the next batch is read while the model, which runs one at a time, works on this one.
        QueueName.MODEL: Lane(width=2, polling_seconds=polling_seconds),
        QueueName.WORK: Lane(width=concurrency, polling_seconds=polling_seconds),
        QueueName.SEND: Lane(width=half, polling_seconds=polling_seconds * 2),
        QueueName.COLLECT: Lane(width=half, polling_seconds=polling_seconds * 4),
        QueueName.MAIL: Lane(width=1, polling_seconds=polling_seconds * 20),
    }
