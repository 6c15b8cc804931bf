"""What must hold on Bluesky's own servers; test_bluesky_network.py runs it beside them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import httpx
import pytest

from domain.answers import LookUp, Outcome, OutgoingReply
from domain.labels import Use
from domain.ports import Rechecker, ThreadReader
from domain.states import MentionState, ReplyState
from platforms.bluesky.addresses import POSTS, read_place
from runtime.wiring import build_vault
from storage.tables import Draft, Mention, Reply, Source
from storage.vault import Owner
from tests.e2e.bluesky_box import SERVICE, Desk, Person, Running, arrive, wait_for

pytestmark = pytest.mark.bluesky
TEXT = "Hello @{}, I love my tern kettle. It sings so well!"


@pytest.fixture(scope="module")
def tern() -> Person:
    return arrive("tern")


@pytest.fixture(scope="module")
def desk(tern: Person, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk.open(tmp_path_factory.mktemp("desk") / "home", tern)


@pytest.fixture(scope="module")
def running(desk: Desk) -> Iterator[Running]:
    running = desk.start()
    yield running
    running.parts.close()


@pytest.fixture
def ada() -> Person:
    return arrive("ada")


def hear(running: Running, tern: Person, person: Person, text: str = TEXT) -> Mention:
    """Let somebody call on the brand, and collect it."""
    uri = person.post(text.format(tern.handle), to=tern.called)
    wait_for(lambda: uri in tern.told_of())
    running.collect()
    mention: Mention
    (mention,) = [each for each in running.all(Mention) if each.external_id == uri]
    return mention


def approve(running: Running, mention: Mention) -> Reply:
    """Approve a mention's draft and let it go out."""
    (draft,) = [each for each in running.all(Draft) if each.mention_id == mention.id]
    text = f"Thank you! See https://example.com/care @{str(mention.url).split('/')[4]}"
    running.parts.reviewer.approve(draft_id=draft.id, version=draft.version, user_id=1, text=text)
    running.jobs.run_due()
    reply: Reply
    (reply,) = [each for each in running.all(Reply) if each.mention_id == mention.id]
    return reply


def outgoing(reply: Reply, **changes: Any) -> OutgoingReply:
    return replace(
        OutgoingReply(
            key=reply.key, platform="bluesky", account=reply.account, text=reply.text, in_reply_to=reply.in_reply_to
        ),
        **changes,
    )


def test_the_account_carries_the_label(desk: Desk, tern: Person) -> None:
    labels = wait_for(lambda: tern.ask("app.bsky.actor.getProfile", actor=tern.did).get("labels"))
    assert [label["val"] for label in labels] == ["bot"]
    assert "bot_label" in (desk.folder / "tern.yaml").read_text()


def test_a_mention_is_heard_answered_once_and_read_back(running: Running, tern: Person, ada: Person) -> None:
    mention = hear(running, tern, ada)
    assert (mention.addressed, mention.language) == (True, "en")
    assert mention.url == f"https://bsky.app/profile/{ada.handle}/post/{mention.external_id.rpartition('/')[2]}"
    reply = approve(running, mention)
    assert (reply.state, reply.last_error) == (ReplyState.SENT, None)

    def shown() -> list[dict[str, Any]]:
        thread = ada.ask("app.bsky.feed.getPostThread", uri=mention.external_id)["thread"]
        return [each["post"] for each in thread["replies"]]

    (post,) = wait_for(shown)
    assert post["uri"] == reply.external_id
    assert post["record"]["text"] == reply.text
    links, called = (facet["features"][0] for facet in post["record"]["facets"])
    assert (links["uri"], called["did"]) == ("https://example.com/care", ada.did)
    # Ada is told of it, as of any reply.
    wait_for(lambda: post["uri"] in ada.told_of())
    # What comes back as the account's own post is the reply that is known.
    running.collect()
    assert [each.origin for each in running.all(Reply) if each.external_id == post["uri"]] == ["desk"]


def test_a_second_try_is_no_second_reply(running: Running, tern: Person, ada: Person) -> None:
    reply = approve(running, hear(running, tern, ada))
    publisher = running.publisher
    again = publisher.send(outgoing(reply))
    assert again.outcome is Outcome.UNKNOWN
    found = publisher.find_reply(outgoing(reply))
    assert (found.found, found.external_id) == (LookUp.FOUND, reply.external_id)
    assert publisher.find_reply(outgoing(reply, key="never sent")).found is LookUp.ABSENT_FOR_CERTAIN
    assert tern.answers_to(reply.in_reply_to) == [reply.external_id]


def test_of_many_tries_at_once_one_is_written(running: Running, tern: Person, ada: Person) -> None:
    mention = hear(running, tern, ada)
    publisher = running.publisher
    reply = OutgoingReply(
        key="at once", platform="bluesky", account=tern.handle, text="Once", in_reply_to=mention.external_id
    )
    outcomes: list[Outcome] = []
    tries = [Thread(target=lambda: outcomes.append(publisher.send(reply).outcome)) for _ in range(6)]
    for each in tries:
        each.start()
    for each in tries:
        each.join()
    assert sorted(outcomes) == [Outcome.SENT, *[Outcome.UNKNOWN] * 5]
    assert len(tern.answers_to(mention.external_id)) == 1


def test_an_answer_stands_below_the_first_post_of_its_thread(running: Running, tern: Person, ada: Person) -> None:
    first = ada.post("A thread about kettles")
    place = read_place(first)
    assert place is not None
    cid = ada.ask("com.atproto.repo.getRecord", repo=place.did, collection=place.collection, rkey=place.key)["cid"]
    above = {"uri": first, "cid": cid}
    called = ada.post(f"and @{tern.handle} of tern", to=tern.called, reply={"root": above, "parent": above})
    wait_for(lambda: called in tern.told_of())
    publisher = running.publisher
    reply = OutgoingReply(key="below", platform="bluesky", account=tern.handle, text="Part one", in_reply_to=called)
    sent = publisher.send(reply)
    # The next part answers a post that the network may not show yet.
    second = publisher.send(replace(reply, key="below 2", text="Part two", in_reply_to=str(sent.external_id)))
    assert (sent.outcome, second.outcome) == (Outcome.SENT, Outcome.SENT)
    for uri, parent in ((sent.external_id, called), (second.external_id, sent.external_id)):
        place = read_place(uri)
        assert place is not None
        record = tern.ask("com.atproto.repo.getRecord", repo=place.did, collection=place.collection, rkey=place.key)
        assert record["value"]["reply"]["root"] == above
        assert record["value"]["reply"]["parent"]["uri"] == parent


def test_301_graphemes_are_refused_and_300_are_taken(running: Running, tern: Person, ada: Person) -> None:
    mention = hear(running, tern, ada)
    publisher = running.publisher
    family = "👨‍👩‍👧‍👦"
    reply = OutgoingReply(
        key="long", platform="bluesky", account=tern.handle, text="x" * 301, in_reply_to=mention.external_id
    )
    refused = publisher.send(reply)
    assert (refused.outcome, refused.requests) == (Outcome.REJECTED, 0)
    assert "301 graphemes" in refused.message
    # The server counts alike.
    record = {"$type": POSTS, "text": "x" * 301, "createdAt": "2026-11-01T00:00:00Z"}
    raw = tern.tell("com.atproto.repo.createRecord", {"repo": tern.did, "collection": POSTS, "record": record})
    assert (raw.status_code, "got 301" in raw.text) == (400, True)
    assert publisher.send(replace(reply, text=family * 100 + "y" * 200)).outcome is Outcome.SENT


def test_a_post_closed_to_replies_is_left_to_a_person(running: Running, tern: Person, ada: Person) -> None:
    mention = hear(running, tern, ada)
    ada.write(
        "app.bsky.feed.threadgate", key=mention.external_id.rpartition("/")[2], post=mention.external_id, allow=[]
    )
    wait_for(lambda: tern.see(mention.external_id)["viewer"].get("replyDisabled"))
    publisher = running.publisher
    sent = publisher.send(
        OutgoingReply(key="gated", platform="bluesky", account=tern.handle, text="Hi", in_reply_to=mention.external_id)
    )
    assert (sent.outcome, "closed" in sent.message) == (Outcome.REJECTED, True)


def test_a_deletion_is_followed_and_a_block_is_none(running: Running, tern: Person, ada: Person) -> None:
    bo = arrive("bo")
    gone, hidden = hear(running, tern, ada, "@{} tern, planted-word-in-a-post"), hear(running, tern, bo)
    tern.write("app.bsky.graph.block", subject=bo.did)
    ada.delete(gone.external_id)
    wait_for(lambda: not tern.ask("app.bsky.feed.getPosts", uris=[gone.external_id, hidden.external_id])["posts"])
    running.clock.advance(timedelta(hours=23))
    running.recheck()
    states = {each.external_id: (each.state, each.text) for each in running.all(Mention)}
    assert states[gone.external_id] == (MentionState.DELETED, "")
    assert states[hidden.external_id][0] is not MentionState.DELETED


def test_a_suspended_account_is_gone(running: Running, tern: Person, ada: Person) -> None:
    mention = hear(running, tern, ada)
    subject = {"$type": "com.atproto.admin.defs#repoRef", "did": ada.did}
    done = httpx.post(
        f"{SERVICE}/xrpc/com.atproto.admin.updateSubjectStatus", auth=("admin", "admin-pass"), timeout=30,
        json={"subject": subject, "takedown": {"applied": True}},
    )  # fmt: skip
    assert done.status_code == 200
    collector = running.collector()
    assert isinstance(collector, Rechecker)
    wait_for(lambda: collector.recheck([mention.external_id]).deleted == (mention.external_id,))


def test_a_thread_is_read_around_a_post(running: Running, tern: Person, ada: Person) -> None:
    mention = hear(running, tern, ada)
    collector = running.collector()
    assert isinstance(collector, ThreadReader)
    sent = approve(running, mention)
    batch = wait_for(lambda: (found := collector.read_thread(mention.external_id)) and len(found.posts) == 2 and found)
    assert [(post.external_id, post.in_reply_to) for post in batch.posts] == [
        (mention.external_id, None), (sent.external_id, mention.external_id),
    ]  # fmt: skip


def test_a_search_finds_who_calls_nobody(running: Running, tern: Person, ada: Person) -> None:
    uri = ada.post('My "tern" kettle, and nobody is called')
    wait_for(lambda: tern.ask("app.bsky.feed.searchPosts", q='"tern"')["posts"])
    running.collect()
    (mention,) = [each for each in running.all(Mention) if each.external_id == uri]
    assert mention.addressed is False


def test_a_session_is_kept_and_renewed_and_never_begun_again(running: Running, desk: Desk) -> None:
    vault = build_vault(running.parts.loaded, running.parts.database, running.clock)
    owner = Owner(brand="tern", platform="bluesky", account=f"@{desk.account.handle}", use=Use.READ)
    before = vault.find(owner, "session")
    running.clock.advance(timedelta(hours=3))
    running.collect()
    after = vault.find(owner, "session")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    # A wrong password now would show if anybody signed in.
    vault.keep(owner, "app_password", "wrong")
    running.collect()
    assert [str(each.state) for each in running.all(Source)] == ["active"]


def test_somebody_is_forgotten(running: Running, desk: Desk, tern: Person, ada: Person) -> None:
    hear(running, tern, ada, "@{} the tern kettle of Forgettable Lane")
    desk.run("forget", f"bluesky:@{ada.handle}", "--yes")
    assert not [each for each in running.all(Mention) if "Forgettable" in each.text]
    running.collect()
    assert not [each for each in running.all(Mention) if "Forgettable" in each.text]
    kept = b"".join(path.read_bytes() for path in (desk.folder / "data").rglob("*") if path.is_file())
    assert b"Forgettable" not in kept
