"""The ports: what Earnest needs from outside, each with a real implementation and one in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from domain.answers import DraftRequest, LookUpResult, OutgoingReply, ProposedDraft, SendResult
from domain.classification import Classification, ClassifierInput
from domain.mails import Mail
from domain.posts import Batch
from domain.time import Clock

__all__ = [
    "Classifier", "Clock", "Collector", "Drafter", "Embedder", "Eraser", "Mailer", "Publisher", "Rechecker",
    "ThreadReader",
]  # fmt: skip


class Collector(Protocol):
    """Reads one source incrementally, with read credentials only."""

    platform: str

    def collect(self, *, cursor: str | None, since: datetime) -> Iterator[Batch]:
        """Yield pages from `cursor` on, or from `since` on the first run.

        The caller saves each batch and its cursor in one transaction before it asks for the next, and stops at a
        batch that carries a signal. Limits and failures come as signals; only a bug raises.
        """
        ...


@runtime_checkable
class ThreadReader(Protocol):
    """A collector that can also read the thread around a post."""

    def read_thread(self, external_id: str, /) -> Batch:
        """Return the posts above and below it that the platform shows, in one batch; it has no cursor.

        Limits and failures come as the batch's signal; a thread that is gone is an empty batch.
        """
        ...


@runtime_checkable
class Rechecker(Protocol):
    """A collector that can also look again at posts that it brought before."""

    def recheck(self, external_ids: Sequence[str], /) -> Batch:
        """Return which of the posts are gone, protected or suspended (`deleted`), and the others as they read now.

        Up to 100 ids a call. What the platform says is there without showing it is `standing`, and so is an id that it
        can't have given; what couldn't be looked up stands in none of the three. Limits and failures come as a signal.
        """
        ...


class Classifier(Protocol):
    """Sorts mentions; pure: the same input and revision give the same answer."""

    @property
    def revision(self) -> str:
        """Name and version of the model, saved with each classification."""
        ...

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """Return one classification for each post, in the same order; never raises on a post's content."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors of one length, for finding what is alike."""

    def embed(self, texts: Sequence[str], /) -> list[list[float]]:
        """Return one vector of unit length for each text, in the same order."""
        ...


class Drafter(Protocol):
    """Proposes a reply; never states a fact or promise that the profile doesn't hold."""

    def draft(self, request: DraftRequest, /) -> ProposedDraft | None:
        """Return a proposal, or None when nothing honest can be said without a person."""
        ...


class Publisher(Protocol):
    """Sends replies on one platform; one call is one request, and a write is never repeated by the library."""

    platform: str
    lag: timedelta

    def send(self, reply: OutgoingReply, /) -> SendResult:
        """Send once and report what became of it; a lost connection is UNKNOWN, not an exception."""
        ...

    def find_reply(self, reply: OutgoingReply, /) -> LookUpResult:
        """Look for a reply that may have gone out; reads only."""
        ...


class Eraser(Protocol):
    """Removes what one package keeps of a post or a person, leaving no content behind."""

    name: str

    def erase_mention(self, mention_id: int, /) -> int:
        """Erase everything derived from the mention; return how many rows were touched."""
        ...

    def erase_person(self, person_id: int, /) -> int:
        """Erase everything kept about the person; return how many rows were touched."""
        ...


class Mailer(Protocol):
    """Sends mail."""

    def send(self, mail: Mail, /) -> SendResult:
        """Send once; UNKNOWN when the connection was lost after DATA, REFUSED_BEFORE_ACTING before it."""
        ...
