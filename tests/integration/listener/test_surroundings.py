"""The posts around a mention are read when they are wanted, kept once, and marked as what they are."""

from datetime import timedelta
from typing import Any

import pytest

from config.brand.profile import Profile
from domain.posts import RawPost, Signal, SignalKind
from domain.states import SourceState
from listener.collectors.memory import MemoryCollector
from listener.leases import take_lease
from listener.surroundings import ThreadReport, ask_to_read, read_around
from storage.jobs import JobKind
from storage.queries.brands import apply_profile
from storage.queries.threads import parents_of
from storage.tables import Conversation, DeadLetter, LedgerEntry, Mention, Reply, Source, ThreadPost
from tests.integration.listener.home import BASE, Home, minutes, open_home, post

OURS = {"platform": "memory", "handle": "kestrel"}


def said(number: int | str, text: str, **more: Any) -> RawPost:
    return post(number, text, platform="memory", conversation_id="root", **more)


def read(home: Home, collector: object, conversation_id: int = 1) -> ThreadReport:
    return read_around(
        home.database, home.jobs, home.clock, build=lambda _: collector,  # type: ignore[arg-type, return-value]
        intake=home.intake, conversation_id=conversation_id,
    )  # fmt: skip


@pytest.fixture
def talk(home: Home) -> tuple[Home, MemoryCollector]:
    """A mention below somebody's post, with an answer below it that names nobody."""
    mention = said("m", "@bo have you tried kestrel?", in_reply_to="root", ago=minutes(50))
    home.save(mention)
    posts = [
        said("root", "Any advice on kettles?", author="bo", ago=minutes(60)), mention,
        said("below", "No, is it loud?", author="cy", in_reply_to="m", ago=minutes(40)),
    ]  # fmt: skip
    return home, MemoryCollector(posts)


def test_what_is_no_mention_is_kept_as_context(talk: tuple[Home, MemoryCollector]) -> None:
    home, collector = talk
    assert read(home, collector).kept == 2
    rows = home.all(ThreadPost)
    assert [(row.external_id, row.text, row.author_handle, row.is_own) for row in rows] == [
        ("root", "Any advice on kettles?", "bo", False), ("below", "No, is it loud?", "cy", False),
    ]  # fmt: skip
    assert {row.read_at for row in rows} == {home.clock.now()}
    assert home.all(Conversation)[0].thread_read_at == home.clock.now()
    assert len(home.all(Mention)) == 1
    assert home.all(LedgerEntry)[0].calls == 1
    with home.database.read() as session:
        assert parents_of(session, [1]) == {1: "Any advice on kettles?"}


def test_a_thread_is_read_again_only_when_it_is_old(talk: tuple[Home, MemoryCollector]) -> None:
    home, collector = talk
    read(home, collector)
    home.clock.advance(minutes(14))
    assert read(home, collector).skipped is not None
    home.clock.advance(minutes(2))
    collector.posts = [collector.posts[0], collector.posts[1]]
    assert read(home, collector).kept == 1
    # What the whole thread no longer shows is gone.
    assert [row.external_id for row in home.all(ThreadPost)] == ["root"]


def test_what_names_the_brand_becomes_a_mention_and_stands_once(talk: tuple[Home, MemoryCollector]) -> None:
    home, collector = talk
    read(home, collector)
    home.clock.advance(minutes(20))
    collector.posts[2] = said("below", "No, is kestrel loud?", author="cy", in_reply_to="m", ago=minutes(40))
    assert read(home, collector).kept == 1
    assert [row.external_id for row in home.all(ThreadPost)] == ["root"]
    assert [row.external_id for row in home.all(Mention)] == ["m", "below"]


def test_context_that_is_heard_later_stands_once(talk: tuple[Home, MemoryCollector]) -> None:
    home, collector = talk
    read(home, collector)
    home.save(said("root", "Any advice on kestrel kettles?", author="bo"))
    assert [row.external_id for row in home.all(ThreadPost)] == ["below"]


def test_our_own_answers_become_replies_and_our_own_posts_are_marked(home: Home) -> None:
    own = {**BASE, "accounts": [*BASE["accounts"], OURS]}
    with home.database.write() as session:
        apply_profile(session, profile=Profile.model_validate(own), by="test", clock=home.clock)
    home.save(said("m", "kestrel is loud", in_reply_to="root", ago=minutes(50)))
    collector = MemoryCollector(
        [
            said("root", "We sell kettles", author="kestrel", ago=minutes(60)),
            said("m", "kestrel is loud", in_reply_to="root", ago=minutes(50)),
            said("a", "We are sorry", author="kestrel", in_reply_to="m", ago=minutes(30)),
        ]
    )
    read(home, collector)
    assert [(row.external_id, row.is_own) for row in home.all(ThreadPost)] == [("root", True)]
    assert [row.text for row in home.all(Reply)] == ["We are sorry"]


def test_what_cannot_be_read_is_set_aside_and_the_rest_is_kept(talk: tuple[Home, MemoryCollector]) -> None:
    home, collector = talk
    collector.posts.append(said("", "no id", author="dy"))
    assert read(home, collector).kept == 2
    assert [row.payload for row in home.all(DeadLetter)] == ["no id"]


def test_trouble_is_told_and_leaves_the_source_as_it_was(talk: tuple[Home, MemoryCollector]) -> None:
    home, collector = talk
    collector.trouble = Signal(kind=SignalKind.REFUSED, message="No.")
    report = read(home, collector)
    assert (report.kept, report.signal) == (2, Signal(kind=SignalKind.REFUSED, message="No."))
    assert home.source().state is SourceState.ACTIVE
    assert home.all(Conversation)[0].thread_read_at is None


def test_a_post_that_is_deleted_there_is_gone_from_the_context(talk: tuple[Home, MemoryCollector]) -> None:
    home, collector = talk
    read(home, collector)
    home.save(deleted=("root",))
    assert [row.external_id for row in home.all(ThreadPost)] == ["below"]


def test_a_source_that_shows_no_threads_is_left_alone(talk: tuple[Home, MemoryCollector]) -> None:
    class Flat:
        platform = "memory"

    home, _ = talk
    assert read(home, Flat()).skipped == "its platform shows no threads"


def test_a_limited_source_that_is_being_read_is_asked_a_little_later(home: Home) -> None:
    limited = open_home(
        home.database, home.clock, slug="osprey", sources=[{"id": "main", "type": "memory", "calls": 9}]
    )
    limited.save(said("m", "kestrel?", in_reply_to="root"))
    with limited.database.write() as session:
        take_lease(source=session.get_one(Source, limited.sources["main"]), token="other", now=limited.clock.now())
    collector = MemoryCollector([said("root", "Hm", author="bo"), said("m", "kestrel?", in_reply_to="root")])
    assert "put off" in (read(limited, collector).skipped or "")
    (later,) = (job for job in limited.jobs.waiting if job.kind is JobKind.THREAD)
    assert (later.ids, later.delay) == ((1,), timedelta(seconds=30))


def test_asking_twice_is_one_job(home: Home) -> None:
    for _ in range(2):
        with home.database.write() as session:
            ask_to_read(session, home.jobs, conversation_id=7, now=home.clock.now())
    assert [job.ids for job in home.jobs.waiting if job.kind is JobKind.THREAD] == [(7,)]
