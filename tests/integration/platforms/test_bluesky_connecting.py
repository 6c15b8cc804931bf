"""Connecting an account: two sessions, the label with the person's yes, and what the keys can do."""

from collections.abc import Iterator
from typing import Any

import pytest

from domain.errors import InvalidInput
from platforms.bluesky import BOT_LABEL, connecting
from platforms.bluesky.connecting import CONNECTOR
from platforms.connecting import Ask, Connected, Talk
from platforms.credentials import MemoryCredentials, MissingCredential
from platforms.reach import Reach
from platforms.trouble import Trouble
from tests.integration.platforms.bluesky_world import World

PROFILE = "app.bsky.actor.profile"


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def connect(world: World, *, says: str = "yes", **answers: str) -> tuple[Connected, list[str]]:
    """Sign in as a person does; also what was asked and shown."""
    told: list[str] = []

    def ask(question: Ask) -> str:
        told.append(question.name)
        return says

    given = {"handle": "@Kestrel.test", "app_password": "app-pass-word", "reply_password": "", "service": world.address}
    talk = Talk(show=told.append, ask=ask)
    return CONNECTOR.sign_in({**given, **answers}, reach=world.reach, talk=talk), told


def profile(world: World) -> dict[str, Any]:
    found = world.network.find(f"at://{world.brand.did}/{PROFILE}/self")
    return found.value if found else {}


def test_both_sessions_are_begun_apart_and_the_label_is_set(world: World) -> None:
    connected, told = connect(world)
    assert (connected.identity.handle, connected.identity.id) == ("@kestrel.test", world.brand.did)
    assert connected.read["session"] != connected.write["session"]
    assert connected.account_options == {"service": world.address}
    assert set(connected.records) == {BOT_LABEL}
    assert told == ["label", "The account's profile carries the label “bot” now."]
    assert profile(world)["labels"] == {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "bot"}]}
    assert world.network.sign_ins == 2
    assert connected.sources[0]["type"] == "bluesky"


def test_the_profile_keeps_what_else_it_says(world: World) -> None:
    labels = {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "!no-unauthenticated"}]}
    held = {"$type": PROFILE, "displayName": "Kestrel", "description": "Kettles", "labels": labels}
    world.network.write(world.brand, PROFILE, held, key="self")
    connect(world)
    assert {name: profile(world)[name] for name in ("displayName", "description")} == {
        "displayName": "Kestrel", "description": "Kettles",
    }  # fmt: skip
    assert [value["val"] for value in profile(world)["labels"]["values"]] == ["!no-unauthenticated", "bot"]
    # Another time nothing is asked and nothing written.
    connected, told = connect(world)
    assert (told, set(connected.records)) == ([], {BOT_LABEL})


def test_a_no_leaves_the_profile_alone(world: World) -> None:
    connected, _ = connect(world, says="no")
    assert profile(world) == {}
    assert connected.records == {}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"handle": "kestrel"}, "whole handle"),
        ({"app_password": ""}, "No app password"),
        ({"service": "ftp://kestrel.test"}, "isn't a server's address"),
    ],
)
def test_what_cannot_be_right_is_said_before_anybody_is_asked(world: World, answers: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        connect(world, **answers)
    assert world.requests() == 0


def test_the_account_s_own_password_is_not_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a session's tokens say that it may do, when nobody made an app password.
    monkeypatch.setattr(connecting, "_WHOLE", "com.atproto.appPass")
    with pytest.raises(InvalidInput, match="own password"):
        connect(world)


def test_a_wrong_password_for_replies_is_found_at_once(world: World) -> None:
    with pytest.raises(Trouble, match="Invalid identifier or password"):
        connect(world, reply_password="wrong")


@pytest.mark.parametrize(("scheme", "reason"), [("http", "unencrypted"), ("https", "private network")])
def test_a_private_or_open_server_is_out_of_reach_unless_allowed(world: World, scheme: str, reason: str) -> None:
    service = world.address.replace("http:", f"{scheme}:")
    with pytest.raises(Trouble, match=reason):
        CONNECTOR.sign_in(
            {"handle": "kestrel.test", "app_password": "app-pass-word", "service": service},
            reach=Reach(), talk=Talk(show=print, ask=lambda _: ""),
        )  # fmt: skip
    assert world.requests() == 0


def test_keys_are_checked_and_say_what_they_can_do(world: World) -> None:
    connected, _ = connect(world)
    sign_ins = world.network.sign_ins
    for keys in (connected.read, connected.write):
        identity = CONNECTOR.check(MemoryCredentials(dict(keys)), options=connected.account_options, reach=world.reach)
        assert (identity.id, identity.can[-1]) == (world.brand.did, "carries the label bot")
    assert world.network.sign_ins == sign_ins


def test_keys_that_are_not_there_say_so(world: World) -> None:
    with pytest.raises(MissingCredential):
        CONNECTOR.check(MemoryCredentials(), options={"service": world.address}, reach=world.reach)


def test_every_question_has_a_name_of_its_own_and_secrets_are_marked() -> None:
    asks = {ask.name: ask for ask in CONNECTOR.asks()}
    assert list(asks) == ["handle", "app_password", "reply_password", "service"]
    assert [name for name, ask in asks.items() if ask.secret] == ["app_password", "reply_password"]
