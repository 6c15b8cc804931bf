"""The publisher through Mastodon.py against a Mastodon server in a box: sent once, found again, never more public."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from config.brand.listening import Account
from domain.answers import LookUp, Outcome, OutgoingReply
from domain.errors import InvalidInput
from domain.ports import Publisher
from responders.publishers import mastodon as publishing
from responders.publishers.installed import PublisherContext
from simulators.loopback import Answer, Request, serve
from tests.integration.platforms.mastodon_world import BO, World, reads_before_writing

TEXT = "Thank you, Käthe! 🫖 We open at nine."


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture
def publisher(world: World) -> Publisher:
    return world.publisher()


def reply_to(external_id: str, text: str = TEXT, key: str = "ab12" * 8, visibility: str | None = None) -> OutgoingReply:
    return OutgoingReply(
        key=key, platform="mastodon", account="@kestrel", text=text, in_reply_to=external_id, visibility=visibility
    )


def posts_made(world: World) -> list[Request]:
    return [request for request in world.proxy.requests if request.method == "POST"]


def test_a_reply_goes_out_once_and_names_whom_it_answers(world: World, publisher: Publisher) -> None:
    asked = world.add_post("when do you open?")
    sent = publisher.send(reply_to(asked))
    (reply,) = world.replies()
    assert (sent.outcome, sent.external_id, sent.url) == (Outcome.SENT, reply["id"], reply["url"])
    assert sent.sent_at
    assert (reply["in_reply_to_id"], reply["mentions"][0]["acct"]) == (asked, "ada")
    assert world.ask("GET", f"statuses/{reply['id']}/source", who="kestrel")["text"] == f"@ada {TEXT}"
    (made,) = posts_made(world)
    assert made.headers["idempotency-key"] == "ab12" * 8
    assert made.headers["authorization"] == "Bearer kestrel-token"
    assert sent.requests == len(world.proxy.requests) == 3  # the post, the server's limits, the reply
    again = publisher.send(reply_to(world.add_post("and?"), key="cd"))
    assert again.requests == 2  # the limits are known


def test_the_key_makes_a_second_send_the_same_reply(world: World, publisher: Publisher) -> None:
    asked = world.add_post("when do you open?")
    first, second = publisher.send(reply_to(asked)), world.publisher().send(reply_to(asked))
    assert first.external_id == second.external_id
    assert len(world.written()) == 1


@pytest.mark.parametrize("mention", ["@ada", "@Ada, hello:", "Hello @ada!"])
def test_a_draft_that_names_them_already_stays_as_it_is(world: World, publisher: Publisher, mention: str) -> None:
    publisher.send(reply_to(world.add_post("hello"), text=f"{mention} {TEXT}"))
    (reply,) = world.replies()
    source = world.ask("GET", f"statuses/{reply['id']}/source", who="kestrel")["text"]
    assert source == f"{mention} {TEXT}"


@pytest.mark.parametrize(
    ("theirs", "wanted", "seen"),
    [
        ("public", None, "public"), ("public", "unlisted", "unlisted"), ("unlisted", "public", "unlisted"),
        ("private", "public", "private"), ("direct", "public", "direct"), ("direct", None, "direct"),
        ("public", "list", "direct"),
    ],
)  # fmt: skip
def test_a_reply_is_never_more_public_than_the_post(
    world: World, publisher: Publisher, theirs: str, wanted: str | None, seen: str
) -> None:
    asked = world.add_post("between us", visibility=theirs)
    publisher.send(reply_to(asked, visibility=wanted))
    assert [reply["visibility"] for reply in world.replies()] == [seen]


def test_a_content_warning_is_kept(world: World, publisher: Publisher) -> None:
    publisher.send(reply_to(world.add_post("the kettle burst", spoiler_text="Injury")))
    assert [reply["spoiler_text"] for reply in world.replies()] == ["Injury"]


def test_the_second_part_of_a_thread_still_names_the_person(world: World, publisher: Publisher) -> None:
    asked = world.add_post("tell me all", visibility="unlisted")
    first = publisher.send(reply_to(asked, text="One 1/2"))
    assert first.external_id
    publisher.send(reply_to(first.external_id, text="Two 2/2", key="cd"))
    assert world.written() == ["One 1/2", "Two 2/2"]
    assert [(reply["visibility"], len(reply["mentions"])) for reply in world.replies()] == [("unlisted", 1)] * 2


def test_too_long_is_refused_with_the_count_before_anything_is_sent(world: World, publisher: Publisher) -> None:
    asked = world.add_post("hello")
    result = publisher.send(reply_to(asked, text="x" * 496))
    assert result.outcome is Outcome.REJECTED
    assert "501 characters" in result.message
    assert posts_made(world) == []
    assert publisher.send(reply_to(asked, text="x" * 495)).outcome is Outcome.SENT


def test_the_limit_is_the_servers_own(world: World) -> None:
    asked, made = world.add_post("hello"), []
    limits = b'{"configuration": {"statuses": {"max_characters": 1000, "characters_reserved_per_url": 10}}}'

    def answer(request: Request) -> Answer:
        made.append(request)
        if "/instance" in request.path:
            return Answer(body=limits)
        return Answer(body=b'{"id": "77"}') if request.method == "POST" else world.proxy.answer(request)

    with serve(answer) as address:
        world.address = address
        publisher = world.publisher()
        link = f"https://kestrel.example/{'a' * 200}"
        assert publisher.send(reply_to(asked, text=f"{'x' * 984} {link}")).outcome is Outcome.SENT
        assert "1001 characters" in publisher.send(reply_to(asked, text=f"{'x' * 985} {link}")).message


def test_a_server_that_does_not_describe_itself_has_the_usual_limit(world: World) -> None:
    asked = world.add_post("hello")

    def answer(request: Request) -> Answer:
        return Answer(status=404) if "/instance" in request.path else world.proxy.answer(request)

    with serve(answer) as address:
        world.address = address
        publisher = world.publisher()
        assert publisher.send(reply_to(asked, text="x" * 496)).outcome is Outcome.REJECTED
        assert publisher.send(reply_to(asked)).outcome is Outcome.SENT


def test_a_post_that_is_gone_is_not_answered(world: World, publisher: Publisher) -> None:
    asked = world.add_post("never mind")
    world.delete_post(asked)
    result = publisher.send(reply_to(asked))
    assert (result.outcome, result.message) == (
        Outcome.REJECTED, "The post isn't there any more; nothing was sent.",
    )  # fmt: skip
    assert publisher.send(reply_to("../../1")).outcome is Outcome.REJECTED
    assert posts_made(world) == []


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("unauthorised", Outcome.REJECTED), ("forbidden", Outcome.REJECTED),
        ("rate_limit_with_reset", Outcome.REFUSED_BEFORE_ACTING), ("server_error", Outcome.REFUSED_BEFORE_ACTING),
        ("html", Outcome.REFUSED_BEFORE_ACTING), ("html_200", Outcome.REFUSED_BEFORE_ACTING),
        ("cut_body", Outcome.REFUSED_BEFORE_ACTING), ("reset", Outcome.REFUSED_BEFORE_ACTING),
    ],
)  # fmt: skip
def test_a_failure_before_the_post_has_certainly_done_nothing(
    world: World, publisher: Publisher, fault: str, outcome: Outcome
) -> None:
    asked = world.add_post("hello")
    world.proxy.fail_next(fault, reads_before_writing)
    assert publisher.send(reply_to(asked)).outcome is outcome
    assert posts_made(world) == []
    assert publisher.send(reply_to(asked)).outcome is Outcome.SENT
    assert len(world.written()) == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "written"),
    [
        ("unauthorised", Outcome.REJECTED, 0), ("forbidden", Outcome.REJECTED, 0),
        ("rate_limit_with_reset", Outcome.REFUSED_BEFORE_ACTING, 0),
        ("rate_limit_without_reset", Outcome.REFUSED_BEFORE_ACTING, 0), ("server_error", Outcome.UNKNOWN, 0),
        ("html", Outcome.UNKNOWN, 0), ("html_200", Outcome.UNKNOWN, 0), ("cut_body", Outcome.UNKNOWN, 1),
        ("reset", Outcome.UNKNOWN, 0), ("lost_after_write", Outcome.UNKNOWN, 1),
    ],
)  # fmt: skip
def test_a_write_is_never_repeated(
    world: World, publisher: Publisher, fault: str, outcome: Outcome, written: int
) -> None:
    asked = world.add_post("hello")
    world.fail_next(fault)
    result = publisher.send(reply_to(asked))
    assert (result.outcome, len(posts_made(world)), len(world.written())) == (outcome, 1, written)
    found = publisher.find_reply(reply_to(asked))
    assert found.found is (LookUp.FOUND if written else LookUp.NOT_SEEN)
    assert found.external_id == (world.replies()[0]["id"] if written else None)
    if fault == "rate_limit_with_reset":
        assert result.retry_after
        assert timedelta(minutes=3) < result.retry_after < timedelta(minutes=5)


def test_nobody_listening_is_refused_before_acting(world: World) -> None:
    asked = world.add_post("hello")
    with serve(lambda _: Answer()) as closed:
        pass
    world.address = closed
    result = world.publisher().send(reply_to(asked))
    assert result.outcome is Outcome.REFUSED_BEFORE_ACTING


def test_a_reply_is_found_however_the_server_writes_it(world: World, publisher: Publisher) -> None:
    asked = world.add_post("hello")
    text = "Hello @ada@social.example, see https://kestrel.example/a?b=1&c=<2> \u00b7  twice  spaced\n\nBye"
    sent = publisher.send(reply_to(asked, text=text))
    found = world.publisher().find_reply(reply_to(asked, text=text))
    assert (found.found, found.external_id, found.url) == (LookUp.FOUND, sent.external_id, sent.url)
    assert publisher.find_reply(reply_to(asked, text=f"{text}!")).found is LookUp.NOT_SEEN


def test_only_the_brands_own_reply_to_that_post_counts(world: World, publisher: Publisher) -> None:
    asked, other = world.add_post("hello"), world.add_post("hello as well")
    world.write(f"@ada {TEXT}", who=BO, in_reply_to_id=asked)
    publisher.send(reply_to(other))
    assert publisher.find_reply(reply_to(asked)).found is LookUp.NOT_SEEN


def test_a_reply_below_a_deleted_post_is_found_among_the_accounts_own(world: World, publisher: Publisher) -> None:
    asked = world.add_post("hello")
    sent = publisher.send(reply_to(asked))

    def answer(request: Request) -> Answer:
        is_thread = "/context" in request.path
        return Answer(status=404, body=b'{"error": "Record not found"}') if is_thread else world.proxy.answer(request)

    with serve(answer) as address:
        world.address = address
        assert world.publisher().find_reply(reply_to(asked)).external_id == sent.external_id


def test_reads_that_lag_show_it_later(world: World, publisher: Publisher) -> None:
    asked = world.add_post("hello")
    world.fail_next("lost_after_write")
    publisher.send(reply_to(asked))
    world.lag_reads(2)  # the thread and the account's own posts
    assert publisher.find_reply(reply_to(asked)).found is LookUp.NOT_SEEN
    assert publisher.find_reply(reply_to(asked)).found is LookUp.FOUND


@pytest.mark.parametrize("fault", ["unauthorised", "rate_limit_with_reset", "server_error", "html_200", "reset"])
def test_a_look_that_fails_has_not_seen_it(world: World, publisher: Publisher, fault: str) -> None:
    asked = world.add_post("hello")
    publisher.send(reply_to(asked))
    world.fail_next(fault)
    assert publisher.find_reply(reply_to(asked)).found is LookUp.NOT_SEEN


def test_whose_key_it_is_is_asked_where_the_profile_does_not_say(world: World) -> None:
    asked = world.add_post("hello")
    world.own = ""
    publisher = world.publisher()
    sent = publisher.send(reply_to(asked))
    assert publisher.find_reply(reply_to(asked)).external_id == sent.external_id


def test_an_account_must_name_its_server_and_keep_its_key_secret(world: World) -> None:
    context = PublisherContext(clock=world.clock, secrets=None, data_dir=None)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="names no server"):
        publishing.build(Account(platform="mastodon", handle="@kestrel"), context=context)
    open_account = Account(platform="mastodon", handle="@kestrel", options={"instance": "http://social.example"})
    with pytest.raises(InvalidInput, match="unencrypted"):
        publishing.build(open_account, context=context)
    assert publishing.build(open_account, context=replace(context, reach=world.reach)).platform == "mastodon"
