"""What the publisher for Mastodon sends nowhere: a reply that would be carried elsewhere, or without its key."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.brand.listening import Account
from config.secrets import Secrets
from domain.answers import LookUp, Outcome, OutgoingReply
from domain.errors import InvalidInput
from platforms.credentials import MemoryCredentials
from responders.publishers import mastodon as publishing
from responders.publishers.installed import PublisherContext
from simulators.loopback import Answer, Request, serve
from tests.integration.platforms.mastodon_world import World


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        yield world


def reply_to(external_id: str) -> OutgoingReply:
    return OutgoingReply(key="ab12", platform="mastodon", account="@kestrel", text="Hello", in_reply_to=external_id)


@pytest.mark.parametrize("status", [302, 307, 308])
def test_a_reply_is_not_carried_to_another_address(world: World, status: int) -> None:
    asked, went = world.add_post("hello"), list[str]()

    def answer(request: Request) -> Answer:
        if request.path == "/elsewhere":
            went.append(request.method)
            return Answer(body=b"{}")
        if request.method == "POST":
            return Answer(status=status, headers={"Location": "/elsewhere"})
        return world.proxy.answer(request)

    with serve(answer) as address:
        world.address = address
        sent = world.publisher().send(reply_to(asked))
    assert (sent.outcome, went) == (Outcome.REJECTED, [])
    assert "options.instance" in (sent.message or "")


def test_a_key_that_cannot_be_opened_sends_nothing_and_says_so(world: World) -> None:
    class Locked(MemoryCredentials):
        def get(self, name: str, /) -> str:
            raise InvalidInput(f"{name} can't be opened; put the key back.")

    context = PublisherContext(
        clock=world.clock, secrets=Secrets(environ={}), data_dir=Path(), reach=world.reach, credentials=Locked()
    )  # fmt: skip
    publisher = publishing.build(Account.model_validate(world.account), context=context)
    sent = publisher.send(reply_to("7"))
    assert (sent.outcome, sent.message, sent.requests) == (
        Outcome.REJECTED, "access_token can't be opened; put the key back.", 0
    )  # fmt: skip
    assert publisher.find_reply(reply_to("7")).found is LookUp.NOT_SEEN
