"""An account on Reddit is connected in the browser, with rights to read and rights to write apart, or by password."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from config.brand.sources import OutsideSource
from domain.errors import InvalidInput
from platforms.connecting import Ask, Talk, find_connectors
from platforms.credentials import MemoryCredentials, MissingCredential
from platforms.reddit.connecting import CONNECTOR
from platforms.trouble import Trouble, TroubleKind
from tests.integration.platforms.reddit_world import BRAND, World

READ = {"identity", "read", "privatemessages", "history"}
WRITE = {"identity", "submit", "read", "history"}
ANSWERS = {
    "client_id": "app", "client_secret": "app-secret", "username": f"u/{BRAND}", "password": "",
    "redirect_uri": "http://localhost:8080",
}  # fmt: skip


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


class Browser:
    """A person who allows what the page asks for, and pastes the address that follows."""

    def __init__(self, world: World, *, leave_out: str = "", instead: str | None = None) -> None:
        self.world, self.leave_out, self.instead = world, leave_out, instead
        self.shown: list[str] = []
        self.asked: list[Ask] = []

    def show(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, ask: Ask) -> str:
        self.asked.append(ask)
        if ask.name == self.leave_out:
            return ask.default or ""
        page = next(word for word in self.shown[-1].split() if word.startswith(f"{self.world.address}/"))
        answer = requests.get(page, allow_redirects=False, timeout=5)
        return self.instead if self.instead is not None else f" {answer.headers['Location']} \n"

    @property
    def talk(self) -> Talk:
        return Talk(show=self.show, ask=self.ask)


def test_it_is_found_and_asks_for_what_it_needs() -> None:
    assert find_connectors()["reddit"]() is CONNECTOR
    asks = {ask.name: ask for ask in CONNECTOR.asks()}
    assert set(asks) == set(ANSWERS)
    assert [name for name, ask in asks.items() if ask.secret] == ["client_secret", "password"]


def test_the_browser_grants_two_sets_of_keys_that_work(world: World) -> None:
    browser = Browser(world)
    connected = CONNECTOR.sign_in(ANSWERS, reach=world.reach, talk=browser.talk)
    asked = [parse_qs(urlsplit(text.split()[-1]).query) for text in browser.shown]
    assert [set(query["scope"][0].split()) for query in asked] == [READ, WRITE]
    assert {query["duration"][0] for query in asked} == {"permanent"}
    assert asked[0]["state"] != asked[1]["state"]
    # So no script can know the address, and is told of its own way.
    assert all("--set password=@FILE" in ask.fresh for ask in browser.asked)
    assert connected.identity.handle == BRAND
    assert connected.identity.id.startswith("t2_")
    assert set(connected.read) == set(connected.write) == {"client_id", "client_secret", "refresh_token"}
    assert connected.read["refresh_token"] != connected.write["refresh_token"]
    assert world.reddit.grants[connected.write["refresh_token"]].split() == ["identity", "submit", "read", "history"]
    for keys, can in ((connected.read, "read its inbox"), (connected.write, "write comments")):
        identity = CONNECTOR.check(MemoryCredentials(dict(keys)), options={}, reach=world.reach)
        assert (identity.handle, identity.id) == (BRAND, connected.identity.id)
        assert can in identity.can
    assert "write comments" not in connected.identity.can
    inbox, search = (OutsideSource.model_validate(source) for source in connected.sources)
    assert (inbox.match, search.match) == ("everything", "queries")
    mention = world.add_post("any words")
    options: dict[str, Any] = dict(inbox.options)
    found = world.collector(**options).collect(cursor=None, since=datetime.now(UTC) - timedelta(days=1))
    assert [post.external_id for batch in found for post in batch.posts] == [mention]


def test_without_the_second_address_nothing_can_be_written(world: World) -> None:
    connected = CONNECTOR.sign_in(ANSWERS, reach=world.reach, talk=Browser(world, leave_out="write_address").talk)
    assert (dict(connected.write), "refresh_token" in connected.read) == ({}, True)


@pytest.mark.parametrize(("address", "words"), [
    ("http://localhost:8080/?error=access_denied&state=x", "access_denied"),
    ("http://localhost:8080/", "no code"),
    ("", "no code"),
    ("http://localhost:8080/?state=other&code=c", "another sign-in"),
])  # fmt: skip
def test_an_address_that_is_not_the_one_is_refused(world: World, address: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        CONNECTOR.sign_in(ANSWERS, reach=world.reach, talk=Browser(world, instead=address).talk)
    assert not any(request.path == "/api/v1/access_token" for request in world.reddit.requests)


def test_a_password_gives_two_sets_of_keys_with_the_same_rights_as_the_browser(world: World) -> None:
    connected = CONNECTOR.sign_in({**ANSWERS, "password": "app-password"}, reach=world.reach, talk=Browser(world).talk)
    assert [set(keys["scopes"].split()) for keys in (connected.read, connected.write)] == [READ, WRITE]
    identity = CONNECTOR.check(MemoryCredentials(dict(connected.write)), options={}, reach=world.reach)
    assert "write comments" in identity.can
    assert "read its inbox" not in identity.can


def test_wrong_keys_are_refused_with_what_to_do(world: World) -> None:
    with pytest.raises(Trouble, match="invalid_grant") as caught:
        CONNECTOR.sign_in({**ANSWERS, "password": "wrong"}, reach=world.reach, talk=Browser(world).talk)
    assert caught.value.kind is TroubleKind.REFUSED
    with pytest.raises(InvalidInput, match="prefs/apps"):
        CONNECTOR.sign_in({**ANSWERS, "client_id": " "}, reach=world.reach, talk=Browser(world).talk)
    with pytest.raises(MissingCredential):
        CONNECTOR.check(MemoryCredentials(), options={}, reach=world.reach)


def test_an_app_alone_is_nobody(world: World) -> None:
    keys = MemoryCredentials({"client_id": "app", "client_secret": "app-secret"})
    identity = CONNECTOR.check(keys, options={}, reach=world.reach)
    assert (identity.handle, identity.can) == ("", ("read submissions and comments",))
