"""Other systems hear of what was erased: signed, until they take it, and of nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from domain.posts import Batch
from domain.time import ManualClock
from listener.collectors.webhook import receive
from listener.deletions import erase_mentions
from listener.erasure import ListenerEraser
from listener.http import Limits
from listener.notices import NoticeEraser, Untold, brands_waiting, list_untold
from listener.signatures import HEADER
from listener.telling import CLAIM, LIFE, Teller
from storage.database import Database
from storage.jobs import JobKind
from storage.tables import Author, Mention, Notice
from tests.integration.listener.home import Home, open_home, post
from tests.integration.receiver import Receiver, receiving

SECRET = "both sides know"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as system:
        yield system


@dataclass(kw_only=True)
class Telling:
    """A brand with one webhook, its eraser and its teller."""

    home: Home
    receiver: Receiver
    secrets: dict[str, str]
    allow_private: bool = True

    @property
    def teller(self) -> Teller:
        limits = Limits(timeout=timedelta(seconds=2), allow_private=self.allow_private)
        home = self.home
        return Teller(home.database, home.jobs, home.clock, home.profiles, limits=limits, find_secret=self.secrets.get)

    def notify(self, ids: tuple[int, ...]) -> None:
        """Do what the job does."""
        self.teller.tell(ids[0])

    @property
    def eraser(self) -> NoticeEraser:
        return NoticeEraser(self.home.database, self.home.jobs, self.home.clock, self.home.profiles)

    def erase(self, *external_ids: str) -> None:
        """Have the platform delete posts, and run the erasers."""
        home = self.home
        home.save(deleted=external_ids)
        ids = [row.id for row in home.all(Mention) if row.external_id in external_ids]
        erase_mentions(home.database, home.clock, (self.eraser, ListenerEraser(home.database, home.clock)), ids)


@pytest.fixture
def telling(database: Database, clock: ManualClock, receiver: Receiver) -> Telling:
    home = open_home(database, clock, webhooks=[{"id": "copy", "url": receiver.url, "signing_secret": "COPY"}])
    home.save(post(1, "kestrel scalded me"), post(2, author="bo"), post(3, "kestrel again"))
    return Telling(home=home, receiver=receiver, secrets={"COPY": SECRET})


def test_it_is_told_of_erased_posts_once_and_of_no_others(telling: Telling) -> None:
    telling.erase("1", "3")
    assert JobKind.NOTIFY in {job.kind for job in telling.home.jobs.waiting}
    assert telling.teller.tell(telling.home.brand_id).told == 2
    assert telling.teller.tell(telling.home.brand_id).told == 0
    ((headers, body),) = telling.receiver.told
    assert json.loads(body) == {"event": "post.deleted", "brand": "kestrel", "platform": "x", "deleted": ["1", "3"]}
    assert b"scalded" not in body
    assert HEADER in headers
    assert telling.home.all(Notice) == []


def test_every_erasure_is_told_by_a_job_of_its_own(telling: Telling) -> None:
    telling.home.jobs.handlers[JobKind.NOTIFY] = telling.notify
    for name in ("1", "2", "3"):  # SQLite gives each notice the number that the one before had
        telling.erase(name)
        _run(telling)
        telling.home.clock.advance(timedelta(seconds=1))
    assert telling.receiver.ids == ["1", "2", "3"]


def test_a_retry_comes_by_itself(telling: Telling) -> None:
    telling.home.jobs.handlers[JobKind.NOTIFY] = telling.notify
    telling.receiver.status = 503
    telling.erase("1")
    _run(telling)
    telling.receiver.status = 200
    telling.home.clock.advance(timedelta(minutes=1))
    _run(telling)
    assert telling.receiver.ids == ["1", "1"]
    assert telling.home.all(Notice) == []


def test_two_processes_do_not_tell_the_same(telling: Telling) -> None:
    telling.erase("1")
    telling.teller._claim(telling.home.brand_id)  # a process that tells just now, or was killed
    assert telling.teller.tell(telling.home.brand_id).told == 0
    telling.home.clock.advance(CLAIM)
    assert telling.teller.tell(telling.home.brand_id).told == 1


def test_another_earnest_understands_it(telling: Telling) -> None:
    telling.home.save(post(7, "kestrel there too"), source="hook")
    telling.erase("1")
    telling.teller.tell(telling.home.brand_id)
    ((headers, body),) = telling.receiver.told
    copy = json.dumps({**json.loads(body), "deleted": ["7"]}).encode()
    for sent, status in ((body, 202), (copy, 401)):  # the signature holds for the very body alone
        result = receive(
            telling.home.database, telling.home.intake, telling.home.clock,
            source_id=telling.home.sources["hook"], secret=SECRET, headers=headers, body=sent,
        )  # fmt: skip
        assert result.status == status, result.message


def test_what_is_not_taken_is_told_again_later(telling: Telling) -> None:
    telling.receiver.status = 503
    telling.erase("1")
    assert telling.teller.tell(telling.home.brand_id).waiting == 1
    (untold,) = _untold(telling)
    assert (untold.webhook, untold.posts) == ("copy", 1)
    assert "503" in untold.error
    telling.receiver.status = 200
    assert telling.teller.tell(telling.home.brand_id).told == 0  # not before its time
    telling.home.clock.advance(timedelta(minutes=2))
    with telling.home.database.read() as session:
        assert list(brands_waiting(session, now=telling.home.clock.now())) == [telling.home.brand_id]
    assert telling.teller.tell(telling.home.brand_id).told == 1
    assert telling.receiver.ids == ["1", "1"]
    assert _untold(telling) == []


def test_it_is_given_up_after_a_week_and_nothing_is_kept(telling: Telling) -> None:
    telling.receiver.status = 500
    telling.erase("1")
    telling.home.clock.advance(LIFE + timedelta(hours=1))
    done = telling.teller.tell(telling.home.brand_id)
    assert (done.told, done.given_up) == (0, 1)
    assert telling.home.all(Notice) == []
    assert telling.receiver.told == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"secrets": {}}, "COPY isn't set"),
        ({"allow_private": False}, "private"),
    ],
)
def test_nothing_leaves_unsigned_or_towards_a_private_network(
    telling: Telling, change: dict[str, object], expected: str
) -> None:
    for name, value in change.items():
        setattr(telling, name, value)
    telling.erase("1")
    assert telling.teller.tell(telling.home.brand_id).waiting == 1
    assert telling.receiver.told == []
    assert expected in _untold(telling)[0].error


def test_nobody_there_is_said(telling: Telling, receiver: Receiver) -> None:
    telling.erase("1")
    profile = telling.home.profiles.current(telling.home.brand_id).profile
    closed = profile.webhooks[0].model_copy(update={"url": "http://127.0.0.1:9/earnest"})
    telling.home.profiles.current(telling.home.brand_id).profile.__dict__["webhooks"] = (closed,)
    assert telling.teller.tell(telling.home.brand_id).waiting == 1
    assert "can't be reached" in _untold(telling)[0].error
    assert receiver.told == []


def test_a_persons_posts_are_told_before_their_ids_go(telling: Telling) -> None:
    home = telling.home
    ada = next(author for author in home.all(Author) if author.handle == "ada")
    assert telling.eraser.erase_person(ada.person_id) == 2
    ListenerEraser(home.database, home.clock).erase_person(ada.person_id)
    telling.teller.tell(home.brand_id)
    assert sorted(telling.receiver.ids) == ["1", "3"]
    assert telling.eraser.erase_person(ada.person_id) == 0  # their ids are gone


def test_a_brand_without_webhooks_writes_nothing(database: Database, clock: ManualClock) -> None:
    home = open_home(database, clock)
    home.intake.save(home.sources["main"], Batch(posts=(post(1),)))
    eraser = NoticeEraser(home.database, home.jobs, home.clock, home.profiles)
    assert eraser.erase_mention(home.all(Mention)[0].id) == 0
    assert home.all(Notice) == []


def _untold(telling: Telling) -> list[Untold]:
    with telling.home.database.read() as session:
        return list_untold(session, brand_id=telling.home.brand_id)


def _run(telling: Telling) -> None:
    for kind in JobKind:
        telling.home.jobs.handlers.setdefault(kind, lambda _ids: None)
    telling.home.jobs.run_due()
