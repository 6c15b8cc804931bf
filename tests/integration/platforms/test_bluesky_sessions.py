"""One session of a holder: kept, renewed, taken over from another process, and begun anew only as a last resort."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.answers import Outcome, OutgoingReply
from domain.posts import Batch, SignalKind
from domain.time import ManualClock
from platforms.bluesky.client import Client
from platforms.bluesky.session import SESSION, Session, SessionOwner, read_session
from platforms.credentials import MemoryCredentials
from platforms.reach import Reach
from platforms.trouble import Trouble
from simulators.loopback import Answer
from tests.integration.platforms.bluesky_world import World

SIGN_IN, RENEW = "com.atproto.server.createSession", "com.atproto.server.refreshSession"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(datetime.now(UTC))


@pytest.fixture
def world(clock: ManualClock) -> Iterator[World]:
    with World(clock=clock) as world:
        yield world


def read(world: World, **more: object) -> Batch:
    """Read once with a fresh collector, as the next tick or another process does; return the last batch."""
    collector = world.collector(read=["notifications"], **more)  # type: ignore[arg-type]
    return list(collector.collect(cursor=None, since=world.clock.now() - timedelta(days=1)))[-1]


def test_a_session_is_begun_once_and_kept(world: World) -> None:
    for _ in range(4):
        assert read(world).signal is None
    assert (world.count(SIGN_IN), world.count(RENEW)) == (1, 0)
    kept = read_session(world.read_keys.find(SESSION))
    assert kept
    assert (kept.did, kept.handle, kept.server) == (world.brand.did, "kestrel.test", world.address)


def test_reading_and_answering_have_sessions_of_their_own(world: World) -> None:
    read(world)
    assert world.write_keys.find(SESSION) is None
    world.read_keys.values.clear()
    reply = OutgoingReply(
        key="k", platform="bluesky", account="@kestrel.test", text="Hi", in_reply_to=world.add_post("kestrel")
    )
    assert world.publisher().send(reply).outcome is Outcome.SENT
    assert world.read_keys.values == {}
    assert world.count(SIGN_IN) == 2


def test_a_session_is_renewed_before_it_ends(world: World, clock: ManualClock) -> None:
    read(world)
    before = world.read_keys.get(SESSION)
    clock.advance(timedelta(hours=3))
    asked = world.requests()
    assert read(world).signal is None
    # One request to renew and one to read: none was refused first.
    assert (world.requests() - asked, world.count(SIGN_IN), world.count(RENEW)) == (2, 1, 1)
    assert world.read_keys.get(SESSION) != before


def test_a_token_that_is_not_taken_any_more_is_renewed_once(world: World) -> None:
    read(world)
    world.network.revoked.add(str(read_session(world.read_keys.get(SESSION)).access))  # type: ignore[union-attr]
    assert read(world).signal is None
    assert (world.count(SIGN_IN), world.count(RENEW)) == (1, 1)


def test_what_another_process_renewed_is_taken_over(world: World, clock: ManualClock) -> None:
    collector = world.collector(read=["notifications"])
    list(collector.collect(cursor=None, since=clock.now() - timedelta(days=1)))
    clock.advance(timedelta(hours=3))
    assert read(world).signal is None
    list(collector.collect(cursor=None, since=clock.now() - timedelta(days=1)))
    assert (world.count(SIGN_IN), world.count(RENEW)) == (1, 1)


def test_signing_in_again_comes_last(world: World, clock: ManualClock) -> None:
    read(world)
    clock.advance(timedelta(days=91))
    assert read(world).signal is None
    assert (world.count(SIGN_IN), world.count(RENEW)) == (2, 0)
    kept = read_session(world.read_keys.get(SESSION))
    assert kept
    world.network.revoked.update({kept.access, kept.refresh})
    assert read(world).signal is None
    assert (world.count(SIGN_IN), world.count(RENEW)) == (3, 1)


@pytest.mark.parametrize("spoilt", ["", "nonsense", "[]", '{"did": "d"}', "\ud800"])
def test_a_kept_session_that_cannot_be_read_is_no_session(world: World, spoilt: str) -> None:
    world.read_keys.keep(SESSION, spoilt)
    assert read(world).signal is None
    assert world.count(SIGN_IN) == 1


def test_a_wrong_password_stops_the_source_and_is_tried_once(world: World) -> None:
    world.read_keys = MemoryCredentials({"app_password": "wrong"})
    batch = read(world)
    assert batch.signal
    assert batch.signal.kind is SignalKind.REFUSED
    assert (world.requests(), batch.requests) == (1, 1)


def test_a_session_without_a_password_says_when_it_has_ended(world: World, clock: ManualClock) -> None:
    read(world)
    del world.read_keys.values["app_password"]
    clock.advance(timedelta(days=91))
    batch = read(world)
    assert batch.signal
    assert batch.signal.kind is SignalKind.REFUSED
    assert "earnest connect bluesky" in batch.signal.message


def test_a_limit_on_signing_in_is_obeyed(world: World) -> None:
    world.server.answers.append(Answer(status=429, headers={"ratelimit-reset": "9999999999"}, body=b"{}"))
    batch = read(world)
    assert batch.signal
    assert batch.signal.kind is SignalKind.RATE_LIMITED
    assert batch.signal.retry_after
    assert batch.requests == 1


def test_an_outage_while_renewing_signs_nobody_in(world: World, clock: ManualClock) -> None:
    read(world)
    clock.advance(timedelta(hours=3))
    world.server.answers.append(Answer(status=503, body=b"<html>"))
    batch = read(world)
    assert batch.signal
    assert batch.signal.kind is SignalKind.UNAVAILABLE
    assert world.count(SIGN_IN) == 1
    assert read(world).signal is None
    assert world.count(SIGN_IN) == 1


def test_a_session_in_an_answer_without_tokens_is_an_outage(world: World) -> None:
    world.server.answers.append(Answer(headers={"Content-Type": "application/json"}, body=b'{"did": "did:plc:x"}'))
    batch = read(world)
    assert batch.signal
    assert batch.signal.kind is SignalKind.UNAVAILABLE
    assert world.read_keys.find(SESSION) is None


def test_a_sealed_connection_never_goes_on_in_the_open(world: World, clock: ManualClock) -> None:
    asked: list[str] = []

    def connect(server: str) -> Client:
        asked.append(server)
        return Client(server, reach=world.reach, clock=clock)

    owner = SessionOwner(
        handle="a.test", service="https://kestrel.test", credentials=MemoryCredentials(), clock=clock, connect=connect
    )
    for server in ("http://elsewhere.test", "https://elsewhere.test"):
        owner.client(Session(did="did:plc:a", handle="a.test", access="a", refresh="r", server=server))
    assert asked == ["https://kestrel.test", "https://elsewhere.test"]


class SlowKeys(MemoryCredentials):
    """Keys whose first look finds the session as it was before another process renewed it."""

    before: str | None = None

    def find(self, name: str, /) -> str | None:
        if name == SESSION and self.before is not None:
            found, self.before = self.before, None
            return found
        return super().find(name)


@pytest.mark.parametrize("password", [True, False])
def test_a_renewal_that_another_process_was_faster_with_begins_nothing_anew(
    world: World, clock: ManualClock, *, password: bool
) -> None:
    read(world)
    before = world.read_keys.get(SESSION)
    clock.advance(timedelta(hours=3))
    read(world)
    world.network.revoked.add(str(read_session(before).refresh))  # type: ignore[union-attr]
    values = {SESSION: world.read_keys.get(SESSION)}
    keys = SlowKeys({**values, "app_password": world.brand.password} if password else values)
    keys.before = before
    assert read(world, keys=keys).signal is None
    assert keys.get(SESSION) == values[SESSION]
    assert world.count(SIGN_IN) == 1


def test_tokens_stand_in_no_repr() -> None:
    session = Session(did="did:plc:a", handle="a.test", access="first", refresh="second")
    assert "first" not in repr(session)
    assert "second" not in repr(session)


def test_keys_are_not_sent_in_the_open() -> None:
    client = Client("http://pds.example", reach=Reach(), clock=ManualClock(datetime.now(UTC)))
    with pytest.raises(Trouble, match="unencrypted"):
        client.tell(SIGN_IN, {"password": "secret"})
    with pytest.raises(Trouble, match="unencrypted"):
        client.ask("com.atproto.server.getSession", token="secret")
    assert client.requests == 0
