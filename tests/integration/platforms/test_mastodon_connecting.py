"""Connecting a Mastodon account against a server in a box: two sign-ins, two keys, each with its own scopes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from domain.errors import InvalidInput
from platforms.connecting import Ask, Talk
from platforms.credentials import MemoryCredentials, MissingCredential
from platforms.mastodon.connecting import CONNECTOR, READ, WRITE
from platforms.reach import Reach
from platforms.trouble import Trouble, TroubleKind
from simulators.loopback import Answer, Request, serve
from tests.integration.platforms.mastodon_world import INSTANCE, World


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


class Person:
    """Who signs in: opens the addresses that are shown, and types `answers` by name."""

    def __init__(self, answers: Mapping[str, str | Callable[[], str]]) -> None:
        self.answers, self.shown, self.asked = dict(answers), list[str](), list[Ask]()

    @property
    def talk(self) -> Talk:
        return Talk(show=self.shown.append, ask=self._answer)

    def _answer(self, ask: Ask) -> str:
        self.asked.append(ask)
        given = self.answers.get(ask.name, ask.default)
        assert given is not None
        return given() if callable(given) else given


# The server in a box gives a code for any of its accounts.
CODES = {"read_code": "mockcode_kestrel", "write_code": "mockcode_kestrel"}


def test_the_questions_are_few_and_have_defaults() -> None:
    assert [(ask.name, ask.default) for ask in CONNECTOR.asks()] == [
        ("instance", None), ("tags", ""), ("way", "browser"),
    ]  # fmt: skip


def test_signing_in_gives_two_keys_with_the_least_scopes(world: World) -> None:
    person = Person(CODES)
    answers = {"instance": INSTANCE, "tags": "#kestrel, kettles", "way": "browser"}
    connected = CONNECTOR.sign_in(answers, reach=world.reach, talk=person.talk)
    assert (connected.identity.handle, connected.identity.id) == ("@kestrel@mock.local", world.own)
    assert connected.account_options == {"instance": INSTANCE}
    assert connected.sources == ({"type": "mastodon", "options": {"tags": ["kestrel", "kettles"]}},)
    assert connected.read["access_token"] != connected.write["access_token"]
    addresses = [urlsplit(shown) for shown in person.shown if shown.startswith("http")]
    assert [parse_qs(address.query)["scope"] for address in addresses] == [[" ".join(READ)], [" ".join(WRITE)]]
    assert all(scope.startswith("read:") for scope in READ)
    options = connected.account_options
    reads = CONNECTOR.check(MemoryCredentials(dict(connected.read)), options=options, reach=world.reach)
    writes = CONNECTOR.check(MemoryCredentials(dict(connected.write)), options=options, reach=world.reach)
    assert reads.can == ("see whose account it is", "read mentions", "search", "read posts and threads")
    assert "post and edit replies" in writes.can
    assert reads.id == writes.id == world.own


def test_what_is_connected_reads_and_answers(world: World) -> None:
    connected = CONNECTOR.sign_in({"instance": INSTANCE}, reach=world.reach, talk=Person(CODES).talk)
    written = world.add_post("hello")
    collector = world.collector(token=connected.read["access_token"])
    batch = next(collector.collect(cursor=None, since=datetime(2020, 1, 1, tzinfo=UTC)))
    assert [post.external_id for post in batch.posts] == [written]
    assert world.publisher(token=connected.write["access_token"]).platform == "mastodon"


def test_an_empty_second_code_leaves_it_at_reading(world: World) -> None:
    person = Person({"read_code": "mockcode_kestrel"})
    connected = CONNECTOR.sign_in({"instance": INSTANCE, "tags": ""}, reach=world.reach, talk=person.talk)
    assert (bool(connected.read), connected.write, connected.sources) == (
        True, {}, ({"type": "mastodon", "options": {}},),
    )  # fmt: skip


def test_tokens_can_be_pasted(world: World) -> None:
    person = Person({"read_token": "kestrel-token", "write_token": "kestrel-token"})
    connected = CONNECTOR.sign_in({"instance": INSTANCE, "way": "token"}, reach=world.reach, talk=person.talk)
    assert connected.write == {"access_token": "kestrel-token"}
    assert connected.identity.can == ("what its scopes allow, which the server doesn't tell",)
    assert [ask.secret for ask in person.asked] == [True, True]
    assert person.shown[0].endswith(f"https://{INSTANCE}/settings/applications/new, with the scopes {' '.join(READ)}")


@pytest.mark.parametrize(
    ("answers", "typed", "words"),
    [
        ({"instance": "not a server"}, {}, "no Mastodon server"),
        ({"instance": INSTANCE, "way": "pigeon"}, {}, "no way to sign in"),
        ({"instance": INSTANCE, "tags": "two words"}, CODES, "single words"),
        ({"instance": INSTANCE}, {"read_code": ""}, "nothing is connected"),
        ({"instance": INSTANCE}, {"read_code": "mockcode_kestrel", "write_code": "mockcode_ada"}, "different accounts"),
    ],
)
def test_what_goes_wrong_is_said(world: World, answers: dict[str, str], typed: dict[str, str], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        CONNECTOR.sign_in(answers, reach=world.reach, talk=Person(typed).talk)


def test_a_wrong_code_and_a_wrong_key_are_refused(world: World) -> None:
    with pytest.raises(Trouble) as refused:
        CONNECTOR.sign_in({"instance": INSTANCE}, reach=world.reach, talk=Person({"read_code": "guessed"}).talk)
    assert refused.value.kind is TroubleKind.WRONG
    with pytest.raises(Trouble) as unknown:
        CONNECTOR.check(
            MemoryCredentials({"access_token": "stolen"}), options={"instance": INSTANCE}, reach=world.reach
        )
    assert unknown.value.kind is TroubleKind.REFUSED
    with pytest.raises(MissingCredential):
        CONNECTOR.check(MemoryCredentials(), options={"instance": INSTANCE}, reach=world.reach)
    with pytest.raises(InvalidInput, match="names no server"):
        CONNECTOR.check(MemoryCredentials({"access_token": "x"}), options={}, reach=world.reach)


def test_another_site_is_no_server_to_sign_in_to(world: World) -> None:
    def answer(_request: Request) -> Answer:
        return Answer(body=b"<html>Welcome</html>")

    with serve(answer) as address:
        world.address = address
        with pytest.raises(Trouble, match="isn't JSON"):
            CONNECTOR.sign_in({"instance": INSTANCE}, reach=world.reach, talk=Person(CODES).talk)
    with pytest.raises(InvalidInput, match="unencrypted"):
        CONNECTOR.sign_in({"instance": "http://social.example"}, reach=Reach(), talk=Person(CODES).talk)
