"""Connecting an account on X: the least rights, nobody else's answer, and whose keys they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from domain.errors import InvalidInput
from platforms.connecting import Ask, Talk
from platforms.credentials import MemoryCredentials, MissingCredential
from platforms.trouble import Trouble, TroubleKind
from platforms.x.connecting import CONNECTOR, REDIRECT
from platforms.x.options import Options
from simulators.x import APP_TOKEN, REFRESH_TOKEN, USER_TOKEN
from tests.integration.platforms.x_world import BRAND, SIGNED, World

ANSWERS = {"bearer_token": APP_TOKEN, "client_id": "app", "client_secret": "hush"}


@dataclass
class Person:
    """Opens the address that is shown and brings back what the browser ends at."""

    code: str = "demo-code"
    state: str | None = None
    shown: list[str] = field(default_factory=list)
    asked: list[Ask] = field(default_factory=list)
    # Whether the page that is shown is really opened.
    opens: bool = False

    @property
    def talk(self) -> Talk:
        return Talk(show=self.shown.append, ask=self.answer)

    def answer(self, ask: Ask) -> str:
        self.asked.append(ask)
        if ask.name == "handle":
            return f"@{BRAND}"
        if self.opens:
            return requests.get(self.address, allow_redirects=False, timeout=5).headers["Location"]
        return f"{REDIRECT}?state={self.state or self.query['state'][0]}&code={self.code}"

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.address).query)

    @property
    def address(self) -> str:
        (address,) = (each for each in self.shown if each.startswith("http"))
        return address


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def sign_in(world: World, person: Person, **answers: str) -> Any:
    return CONNECTOR.sign_in({**ANSWERS, **answers}, reach=world.reach, talk=person.talk)


def test_signing_in_gives_two_sets_of_keys_with_the_least_rights(world: World) -> None:
    person = Person()
    done = sign_in(world, person)
    assert (done.identity.handle, done.identity.id) == (f"@{BRAND}", world.own)
    assert done.read == {"bearer_token": APP_TOKEN}
    assert {*done.write} == {"client_id", "client_secret", "access_token", "access_token_expires_at", "refresh_token"}
    assert person.query["scope"] == ["tweet.read tweet.write users.read offline.access"]
    assert person.query["code_challenge_method"] == ["S256"]
    assert person.asked[0].secret
    # The code is traded with the proof that only this sign-in has.
    (traded,) = (request for request in world.simulator.requests if request.path == "/2/oauth2/token")
    assert len(traded.form["code_verifier"]) > 43
    assert traded.headers["authorization"].startswith("Basic ")
    for source in done.sources:
        Options.model_validate(source["options"])
    # The cheap one first, by the names that the documentation has.
    assert [source["id"] for source in done.sources] == ["x-mentions", "x-search"]


def test_signing_in_happens_where_the_settings_say(world: World) -> None:
    """The simulator's own page sends the browser back as X's does, so that it can be tried from end to end."""
    person = Person(opens=True)
    done = sign_in(world, person)
    assert person.address.startswith(f"{world.simulator.address}/i/oauth2/authorize?")
    assert done.identity.id == world.own
    assert requests.get(person.address.replace("localhost", "evil.example"), timeout=5).status_code == 400


def test_an_app_without_a_secret_names_itself(world: World) -> None:
    done = sign_in(world, Person(), client_secret="")
    (traded,) = (request for request in world.simulator.requests if request.path == "/2/oauth2/token")
    assert (traded.form["client_id"], "authorization" in traded.headers) == ("app", False)
    assert "client_secret" not in done.write


def test_reading_alone_asks_whose_mentions(world: World) -> None:
    done = sign_in(world, Person(), client_id="")
    assert (done.identity.handle, dict(done.write)) == (f"@{BRAND}", {})


@pytest.mark.parametrize("person", [Person(state="somebody-elses"), Person(code="")])
def test_an_answer_that_is_not_to_this_sign_in_is_refused(world: World, person: Person) -> None:
    with pytest.raises(InvalidInput):
        sign_in(world, person)
    assert all(request.path != "/2/oauth2/token" for request in world.simulator.requests)


def test_a_wrong_token_ends_it_before_a_person_is_sent_to_x(world: World) -> None:
    person = Person()
    with pytest.raises(Trouble) as caught:
        sign_in(world, person, bearer_token="wrong")
    assert (caught.value.kind, person.shown) == (TroubleKind.REFUSED, [])
    with pytest.raises(InvalidInput):
        sign_in(world, person, bearer_token=" ")


def test_keys_are_checked_for_whose_they_are(world: World) -> None:
    def check(**keys: str) -> Any:
        return CONNECTOR.check(MemoryCredentials(dict(keys)), options={}, reach=world.reach)

    assert check(bearer_token=APP_TOKEN).id == ""
    assert check(**SIGNED).id == world.own
    assert check(access_token=USER_TOKEN, refresh_token=REFRESH_TOKEN, client_id="app").handle == f"@{BRAND}"
    with pytest.raises(Trouble):
        check(access_token="wrong")
    with pytest.raises(MissingCredential):
        check()
