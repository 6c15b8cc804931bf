"""Intake saves a batch in one transaction, once, and keeps threads, edits and costs straight."""

from dataclasses import replace
from datetime import timedelta

import pytest

from config.brand.profile import Profile
from domain.errors import NotFound, StaleWrite
from domain.posts import Batch, RawAuthor, Reject, Signal, SignalKind
from domain.states import MentionState, ReplyState, SourceState
from domain.time import ManualClock
from listener.intake import IntakeReport
from storage.database import Database
from storage.queries.brands import apply_profile
from storage.tables import (
    Author,
    DeadLetter,
    LedgerEntry,
    Mention,
    Person,
    Reply,
    Source,
    SourceGap,
)  # fmt: skip
from tests.integration.listener.home import BASE, Home, minutes, open_home, post


def test_a_batch_becomes_mentions_authors_and_jobs(home: Home) -> None:
    posts = [post(number, f"kestrel {number}", author=f"a{number % 50}", ago=minutes(number)) for number in range(130)]
    report = home.save(*posts, post("x", "of no interest"), cursor="7", requests=2)
    assert report == IntakeReport(new=130, unmatched=1)
    mentions = home.all(Mention)
    assert {mention.external_id for mention in mentions} == {str(number) for number in range(130)}
    assert all(mention.state is MentionState.COLLECTED and mention.queries == ["brand"] for mention in mentions)
    assert (len(home.all(Author)), len(home.all(Person))) == (50, 50)
    jobs = home.jobs.waiting
    assert [len(job.ids) for job in jobs] == [64, 64, 2]
    assert sorted(row for job in jobs for row in job.ids) == [mention.id for mention in mentions]
    source = home.source()
    assert (source.cursor, source.collected, source.last_ok_at) == ("7", 130, home.clock.now())
    people = {row.id: row.name for row in home.all(Person)}
    assert all(people[author.person_id] == author.name for author in home.all(Author))


def test_the_same_batch_again_changes_nothing(home: Home) -> None:
    posts = [post(number) for number in range(5)]
    home.save(*posts, post(1))
    before = len(home.jobs.waiting)
    assert home.save(*posts) == IntakeReport(known=5)
    assert len(home.all(Mention)) == 5
    assert len(home.jobs.waiting) == before


def test_one_id_is_a_mention_for_each_platform_and_brand(sqlite_home: Home) -> None:
    home = sqlite_home
    home.save(post(1), replace(post(1), platform="forum"))
    other = open_home(home.database, home.clock, slug="other")
    other.save(post(1))
    assert [(row.brand_id, row.platform) for row in home.all(Mention)] == [
        (home.brand_id, "x"), (home.brand_id, "forum"), (other.brand_id, "x"),
    ]  # fmt: skip
    assert len(home.all(Person)) == 3


def test_a_failure_inside_leaves_nothing(home: Home) -> None:
    def fail(_session: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        home.intake.save(home.sources["main"], Batch(posts=(post(1),), cursor="9"), extra=fail)
    assert home.all(Mention) == home.all(Author) == []
    assert home.source().cursor is None
    assert home.jobs.waiting == ()


def test_a_lease_that_passed_on_saves_nothing_but_what_it_cost(home: Home) -> None:
    with home.database.write() as session:
        session.get_one(Source, home.sources["main"]).lease = "theirs"
    with pytest.raises(StaleWrite):
        home.intake.save(home.sources["main"], Batch(posts=(post(1),), requests=1, cost_micros=500), lease="ours")
    assert home.all(Mention) == []
    assert [(row.calls, row.micros) for row in home.all(LedgerEntry)] == [(1, 500)]


def test_an_unknown_source_is_not_found(sqlite_home: Home) -> None:
    home = sqlite_home
    with pytest.raises(NotFound, match="no source 99"):
        home.intake.save(99, Batch())


def test_old_watched_and_bot_posts_are_marked(sqlite_home: Home) -> None:
    home = sqlite_home
    home.save(
        post("old", ago=timedelta(days=8)), post("rival", "osprey is fine"), post("both", "osprey or kestrel"),
        post("bot", author="DealBot"),
    )  # fmt: skip
    rows = {row.external_id: row for row in home.all(Mention)}
    assert {key for key, row in rows.items() if row.counted_only} == {"old", "rival"}
    assert rows["both"].queries == ["brand", "rival"]
    bots = {row.handle for row in home.all(Author) if row.is_bot}
    assert bots == {"DealBot"}
    states = {key: state for key, (state, _) in home.threads().items()}
    assert states == {"old": "resolved", "rival": "resolved", "both": "open", "bot": "open"}


def test_a_source_that_keeps_everything(sqlite_home: Home) -> None:
    home = sqlite_home
    assert home.save(post(1, "Slow but kind"), source="reviews").new == 1
    assert home.save(post(2, "Slow but kind"), source="main").unmatched == 1


def test_a_new_revision_is_heard_at_once(sqlite_home: Home) -> None:
    home = sqlite_home
    assert home.save(post(1, "merlin is great")).unmatched == 1
    queries = [{"name": "brand", "expression": "kestrel OR merlin"}]
    with home.database.write() as session:
        profile = Profile.model_validate({**BASE, "queries": queries})
        apply_profile(session, profile=profile, by="test", clock=home.clock)
    assert home.save(post(1, "merlin is great")).new == 1


def test_what_is_known_of_an_author_is_renewed(home: Home) -> None:
    home.save(post(1))
    known = RawAuthor(external_id="id-ada", handle="ada_new", name=None, followers=12)
    home.save(replace(post(2), author=known))
    (author,) = home.all(Author)
    assert (author.handle, author.name, author.followers) == ("ada_new", "Ada", 12)


def test_rejects_are_kept_once(home: Home) -> None:
    bad = Reject(place="f:3", reason="The row has no text.", payload="3,,")
    assert home.save(post("empty", " "), rejects=(bad,)).rejected == 2
    home.save(rejects=(bad,))
    letters = [(row.place, row.reason, row.payload) for row in home.all(DeadLetter)]
    assert letters == [("f:3", "The row has no text.", "3,,"), ("post empty", "The post has no text.", "")]


def test_costs_add_up_by_day_and_currency(home: Home) -> None:
    home.save(requests=2, cost_micros=500)
    home.save(requests=1, cost_micros=250)
    home.save(requests=1, cost_micros=1, currency="EUR")
    home.clock.advance(timedelta(hours=14))  # past midnight in Berlin, not yet in UTC's
    home.save(requests=1)
    rows = [(row.calls, row.micros, row.currency, row.kind) for row in home.all(LedgerEntry)]
    kind = "platform_calls"
    assert rows == [(3, 750, "USD", kind), (1, 1, "EUR", kind), (1, 0, "USD", kind)]


def test_a_thread_is_one_conversation_whatever_its_order(home: Home) -> None:
    home.save(post(3, in_reply_to="2", ago=minutes(10)))
    home.save(post(4, in_reply_to="3", ago=minutes(5)))
    assert home.threads() == {"2": ("open", ["3", "4"])}
    home.save(post(2, in_reply_to="1", ago=minutes(20)))
    assert {key: sorted(ids) for key, (_, ids) in home.threads().items()} == {"1": ["2", "3", "4"]}
    home.save(post(1, ago=minutes(30)))
    assert {key: sorted(ids) for key, (_, ids) in home.threads().items()} == {"1": ["1", "2", "3", "4"]}


def test_a_thread_in_one_batch_backwards_is_one_conversation(home: Home) -> None:
    posts = [
        post(number, in_reply_to=str(number - 1) if number else None, ago=minutes(60 - number)) for number in range(9)
    ]
    home.save(*reversed(posts))
    assert {key: len(ids) for key, (_, ids) in home.threads().items()} == {"0": 9}


def test_posts_that_answer_each_other_in_a_circle_are_saved(home: Home) -> None:
    report = home.save(
        post("a", in_reply_to="b"), post("b", in_reply_to="a"),
        post("p", conversation_id="q"), post("q", conversation_id="p"), post("r", in_reply_to="r"),
    )  # fmt: skip
    assert report.new == 5
    home.save(post("a2", in_reply_to="a"), post("q2", conversation_id="q"))
    assert len(home.all(Mention)) == 7


def test_a_customer_who_writes_again_opens_the_conversation(sqlite_home: Home) -> None:
    home = sqlite_home
    for number, state in enumerate(("pending", "snoozed", "resolved")):
        home.save(post(f"{number}-1", ago=minutes(60)))
        _set_state(home, f"{number}-1", state)
        home.save(post(f"{number}-2", in_reply_to=f"{number}-1", ago=minutes(5)))
    assert {state for state, _ in home.threads().values()} == {"open"}


def test_an_old_post_does_not_open_what_was_answered_since(sqlite_home: Home) -> None:
    home = sqlite_home
    home.save(post(1, ago=minutes(60)), post("r", "Hello!", author="kestrel", in_reply_to="1", ago=minutes(30)))
    assert home.threads()["1"][0] == "pending"
    home.save(post(2, in_reply_to="1", ago=minutes(45)))
    assert home.threads()["1"][0] == "pending"
    home.save(post(3, in_reply_to="1", ago=minutes(20)))
    assert home.threads()["1"][0] == "open"


def _set_state(home: Home, external_id: str, state: str) -> None:
    from storage.tables import Conversation

    with home.database.write() as session:
        row = next(row for row in session.query(Conversation) if row.external_id == external_id)
        row.state = type(row.state)(state)


def test_own_posts_become_replies_and_answer(home: Home) -> None:
    report = home.save(
        post(1, ago=minutes(60)), post("r1", "We look into it", author="Kestrel", in_reply_to="1", ago=minutes(50)),
        post("ad", "Buy kestrel!", author="kestrel"),
    )  # fmt: skip
    assert report == IntakeReport(new=1, own=2)
    (reply,) = home.all(Reply)
    (mention,) = home.all(Mention)
    assert (reply.mention_id, reply.origin, reply.state, reply.external_id) == (
        mention.id,
        "native",
        ReplyState.SENT,
        "r1",
    )
    (person,) = home.all(Person)
    assert (person.contacts, person.last_contacted_at) == (1, reply.sent_at)
    assert home.threads() == {"1": ("pending", ["1"])}
    home.save(post("r1", "We look into it", author="Kestrel", in_reply_to="1", ago=minutes(50)))
    assert len(home.all(Reply)) == 1


def test_an_own_reply_that_comes_before_its_mention_is_tied_to_it(home: Home) -> None:
    home.save(post("r", "Sorry!", author="kestrel", in_reply_to="1", ago=minutes(10)))
    home.save(post(1, ago=minutes(20)))
    (reply,), (mention,) = home.all(Reply), home.all(Mention)
    assert (reply.mention_id, reply.person_id is not None) == (mention.id, True)
    assert home.threads() == {"1": ("pending", ["1"])}


def test_an_answer_to_us_is_heard_though_it_names_nobody(sqlite_home: Home) -> None:
    home = sqlite_home
    home.save(
        post(1, conversation_id="1", ago=minutes(60)),
        post("r", "Which order?", author="kestrel", in_reply_to="1", conversation_id="1", ago=minutes(50)),
    )  # fmt: skip
    report = home.save(
        post(2, "7731", in_reply_to="r", conversation_id="1", ago=minutes(40)),
        post(3, "and the street is Elm", in_reply_to="2", conversation_id="1", ago=minutes(30)),
        post(4, "me too", author="bo", in_reply_to="1", conversation_id="1", ago=minutes(20)),
    )  # fmt: skip
    assert report == IntakeReport(new=2, unmatched=1)
    assert home.threads() == {"1": ("open", ["1", "2", "3"])}


def test_a_signal_is_saved_with_the_posts_it_came_with(home: Home) -> None:
    signal = Signal(kind=SignalKind.RATE_LIMITED, message="Wait.", retry_after=timedelta(seconds=90))
    home.save(post(1), cursor="3", signal=signal)
    source, (gap,) = home.source(), home.all(SourceGap)
    assert (source.state, source.cursor, source.failures) == (SourceState.BACKING_OFF, "3", 1)
    assert source.retry_at == home.clock.now() + timedelta(seconds=90)
    assert (gap.reason, gap.ended_at) == ("Wait.", None)
    assert len(home.all(Mention)) == 1


def test_two_intakes_at_once_double_nothing(database: Database, clock: ManualClock) -> None:
    from concurrent.futures import ThreadPoolExecutor

    home = open_home(database, clock)
    posts = [post(number, author=f"a{number % 7}", in_reply_to=str(number - 1)) for number in range(1, 60)]

    def save(start: int) -> IntakeReport:
        part = posts[start:] + posts[:start]
        return home.intake.save(home.sources["main" if start % 2 else "reviews"], Batch(posts=tuple(part)))

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(save, (0, 11, 22, 33)))
    assert sum(report.new for report in reports) == 59
    assert len(home.all(Mention)) == 59
    assert (len(home.all(Author)), len(home.all(Person))) == (7, 7)
    assert len(home.threads()) == 1
