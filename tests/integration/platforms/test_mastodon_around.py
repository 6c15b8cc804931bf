"""What goes on beside a source's listings: threads, posts read again, the stream, and addresses that users give."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests

from domain.posts import SignalKind
from listener.collectors.mastodon_setup import Setup
from platforms.mastodon.client import Client
from platforms.mastodon.options import Options
from platforms.mastodon.statuses import NOBODY
from platforms.mastodon.streams import Ear
from platforms.reach import Reach
from platforms.trouble import Trouble, TroubleKind
from simulators.loopback import Answer, Request, serve
from tests.integration.platforms.mastodon_world import BRAND, LONG_AGO, World, read


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def test_a_thread_is_read_above_and_below(world: World) -> None:
    root = world.write("When do you open?")
    middle = world.write("@ada At nine.", who=BRAND, in_reply_to_id=root)
    last = world.write(f"@{BRAND} Thanks", in_reply_to_id=middle)
    batch = world.collector().read_thread(middle)
    assert {post.external_id for post in batch.posts} == {root, last}
    assert (batch.signal, batch.requests) == (None, 1)
    assert world.collector().read_thread("404404").posts == ()
    assert world.collector().read_thread("404404").signal is None
    assert world.collector().read_thread("../../admin").requests == 0


def test_what_is_deleted_is_found_and_what_is_edited_read_again(world: World) -> None:
    kept, edited, gone = (world.write(f"#kestrel {number}") for number in range(3))
    world.delete_post(gone)
    world.ask("PUT", f"statuses/{edited}", who="ada", data={"status": "#kestrel otherwise"})
    batch = world.collector().recheck([kept, edited, gone])
    assert batch.deleted == (gone,)
    assert {post.external_id: post.text for post in batch.posts} == {kept: "#kestrel 0", edited: "#kestrel otherwise"}
    assert batch.requests == 2  # one for all, one for the one that was left out


def test_what_is_no_servers_id_is_not_gone(world: World) -> None:
    made = (f"row-{'0f' * 12}", f"sha256:{'0f' * 32}", "https://example.social/1")
    batch = world.collector().recheck(made)
    assert (batch.deleted, batch.standing, batch.requests) == ((), made, 0)


def test_rechecking_asks_alone_where_the_server_knows_no_better(world: World) -> None:
    kept, gone = world.write("#kestrel kept"), "404404"

    def answer(request: Request) -> Answer:
        of_several = request.path == "/api/v1/statuses"
        return Answer(status=404, body=b'{"error": "Not Found"}') if of_several else world.proxy.answer(request)

    with serve(answer) as address:
        world.address = address
        batch = world.collector().recheck([kept, gone])
    assert (batch.deleted, [post.external_id for post in batch.posts]) == ((gone,), [kept])


def test_a_page_that_says_404_deletes_nothing() -> None:
    """Where another server answers in place of ours, every post would seem gone."""
    with World() as world, serve(lambda _: Answer(status=404, body=b"<html>Not found</html>")) as address:
        world.address = address
        batch = world.collector().recheck(["1", "2"])
    assert batch.deleted == ()
    assert batch.signal
    assert batch.signal.kind is SignalKind.UNAVAILABLE


def test_a_stream_tells_of_new_and_deleted_posts(world: World) -> None:
    gone = world.write("#kestrel soon gone")
    reading = world.collector(tags=["kestrel"], mentions=False, stream="2s").collect(cursor=None, since=LONG_AGO)
    assert [post.external_id for post in next(reading).posts] == [gone]
    written: list[str] = []

    def while_listening(request: Request) -> bool:
        """Something happens once the stream is open: the proxy asks this of each request first."""
        if "/streaming/hashtag" in request.path:
            threading.Timer(0.7, lambda: written.append(world.write("#kestrel heard"))).start()
            threading.Timer(0.9, lambda: world.delete_post(gone)).start()
        return False

    world.proxy.fail_next("reset", while_listening)
    (heard,) = list(reading)
    assert [post.external_id for post in heard.posts] == written
    assert heard.deleted == (gone,)
    assert heard.signal is None


def test_a_server_without_streams_is_read_all_the_same(world: World) -> None:
    def answer(request: Request) -> Answer:
        missing = Answer(status=404, body=b'{"error": "Not found"}')
        return missing if "/streaming/" in request.path else world.proxy.answer(request)

    with serve(answer) as address:
        world.address = address
        batches = read(world.collector(tags=["kestrel"], stream="1s"))
    assert [batch.signal for batch in batches] == [None] * len(batches)


def test_a_stream_ends_though_it_never_falls_silent() -> None:
    def answer(request: Request) -> Answer:
        without_end = iter([b"event: delete\ndata: 7\n\n"] * 100_000)
        return Answer(parts=without_end) if "/streaming/" in request.path else Answer(status=404)

    with World() as world, serve(answer) as address:
        client = Client("https://social.example", token=None, reach=Reach(endpoint=address), clock=world.clock)
        heard = client.listen(lambda library, ear: library.stream_public(ear), ear=Ear(length=timedelta(seconds=5)))
    assert heard.body.count(b"event: delete") == 200


def test_a_private_address_is_out_of_reach_unless_it_is_allowed() -> None:
    with World() as world:
        open_reach = Reach(allow_private=True, timeout=world.timeout)
        client = Client(world.address, token=None, reach=Reach(timeout=world.timeout), clock=world.clock)
        with pytest.raises(Trouble, match="private network") as refused:
            client.instance()
        assert (refused.value.kind, world.requests()) == (TroubleKind.REFUSED, 0)
        assert "domain" in Client(world.address, token=None, reach=open_reach, clock=world.clock).instance()


def test_a_body_without_end_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platforms.mastodon.client.MOST_BYTES", 100_000)
    with World() as world, serve(lambda _: Answer(parts=iter([b"[" + b" " * 65_536] * 10_000))) as address:
        world.address = address
        (batch,) = read(world.collector(token=None, tags=["kestrel"]))
    assert batch.signal
    assert batch.signal.kind is SignalKind.UNAVAILABLE


def test_a_post_that_lost_its_words_stands() -> None:
    status: dict[str, object] = {
        "id": "7", "content": "", "created_at": "2026-11-01T09:00:00Z", "account": {"id": "2", "acct": "ada"},
        "visibility": "public", "spoiler_text": "", "in_reply_to_id": None, "media_attachments": [],
    }  # fmt: skip
    world = World()
    world.own = "5"
    with serve(lambda _: Answer(body=json.dumps([status]).encode())) as world.address:
        batch = world.collector().recheck(["7"])
    assert (batch.posts, batch.deleted, batch.standing) == ((), (), ("7",))


def test_what_is_known_of_one_server_is_nothing_on_another(world: World) -> None:
    kept = json.loads(read(world.collector())[-1].cursor or "")
    elsewhere = json.dumps({**kept, "at": "elsewhere.example", "me": {"id": "404404", "name": "stranger"}})
    asked = world.add_post("hello")
    batches = read(world.collector(), elsewhere)
    assert [post.external_id for batch in batches for post in batch.posts] == [asked]
    assert json.loads(batches[-1].cursor or "")["me"] == kept["me"]


def test_a_key_stands_in_no_repr(world: World) -> None:
    setup = Setup(address=world.address, token="secret", options=Options(), mentions=True, me=NOBODY)
    assert "secret" not in repr(setup)


def test_a_line_without_end_is_listened_to_no_longer_than_any_other() -> None:
    def drip() -> Iterator[bytes]:
        for _ in range(60):
            yield b"x"
            time.sleep(0.05)

    began = time.monotonic()
    with serve(lambda _: Answer(headers={"Content-Type": "text/event-stream"}, parts=drip())) as address:
        ear = Ear(length=timedelta(seconds=0.2))
        ear.handle_stream(requests.get(address, stream=True, timeout=5))
    assert time.monotonic() - began < 2
    assert ear.heard == b""
