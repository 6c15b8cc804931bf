"""Signed deliveries at the desk's door."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from config.brand.profile import Profile
from console.shared.security import MAX_BODY
from listener.collectors.webhook import BODY_CAP
from listener.signatures import HEADER, sign
from storage.queries.brands import apply_profile
from storage.tables import Mention
from tests.integration.console.conftest import Browser, World
from tests.rows import PROFILE

SECRET = "a secret of both sides"
POST = {
    "external_id": "t-1", "platform": "forum", "author": "ada", "text": "My tern kettle sings!",
    "posted_at": "2026-11-18T09:30:00Z",
}  # fmt: skip


@pytest.fixture
def hook(world: World) -> World:
    """A desk with a third brand that takes deliveries."""
    add_brand(world, [{"id": "push", "type": "webhook", "signing_secret": "HOOK"}])
    return world


def add_brand(world: World, sources: list[dict[str, str]]) -> None:
    """Add a brand with these sources."""
    profile = Profile.model_validate({**PROFILE, "sources": sources})
    with world.database.write() as session:
        apply_profile(session, profile=profile, by="test", clock=world.clock)


def deliver(world: World, body: bytes, *, path: str = "/hooks/tern", signature: str | None = None) -> tuple[int, str]:
    """Send a delivery, signed unless a signature is given; return the status and the sentence."""
    value = sign(secret=SECRET, body=body, at=world.clock.now()) if signature is None else signature
    answer = Browser(world.app).post(path, content=body, headers={HEADER: value})
    found = answer.json()
    return answer.status_code, found.get("error") or found.get("message")


def count(world: World) -> int:
    """Return how many mentions the third brand has."""
    with world.database.read() as session:
        return session.scalar(select(func.count()).where(Mention.text == POST["text"])) or 0


def test_a_signed_delivery_is_saved_once(hook: World) -> None:
    body = json.dumps([POST]).encode()
    signature = sign(secret=SECRET, body=body, at=hook.clock.now())
    assert deliver(hook, body, signature=signature) == (202, "Taken.")
    assert count(hook) == 1
    # A replay is answered kindly and does nothing.
    assert deliver(hook, body, signature=signature)[0] == 200
    assert count(hook) == 1


def test_what_isnt_signed_or_fresh_or_whole_is_refused(hook: World) -> None:
    body = json.dumps([POST]).encode()
    good = sign(secret=SECRET, body=body, at=hook.clock.now())
    stale = sign(secret=SECRET, body=body, at=hook.clock.now() - timedelta(minutes=6))
    other = sign(secret="another secret", body=body, at=hook.clock.now())
    for signature in ("", "t=1,v1=00", stale, other):
        assert deliver(hook, body, signature=signature)[0] == 401
    assert deliver(hook, body + b" ", signature=good)[0] == 401
    assert deliver(hook, b"not json")[0] == 400
    assert deliver(hook, b"x" * (BODY_CAP + 1))[0] == 413
    assert count(hook) == 0


def test_a_delivery_may_be_larger_than_a_form(hook: World) -> None:
    body = json.dumps([POST]).encode() + b" " * MAX_BODY
    assert deliver(hook, body) == (202, "Taken.")


def test_brands_without_a_hook_and_unknown_ones_answer_alike(hook: World) -> None:
    body = json.dumps([POST]).encode()
    assert deliver(hook, body, path="/hooks/ploverday") == deliver(hook, body, path="/hooks/nobody")
    assert deliver(hook, body, path="/hooks/nobody")[0] == 404


def test_a_missing_secret_takes_nothing(make_world: Callable[..., World]) -> None:
    world = make_world(hook_secret=lambda _name: None)
    add_brand(world, [{"id": "push", "type": "webhook", "signing_secret": "HOOK"}])
    assert deliver(world, b"[]")[0] == 503


def test_of_several_hooks_one_is_named(world: World) -> None:
    add_brand(world, [{"id": name, "type": "webhook", "signing_secret": "HOOK"} for name in ("one", "two")])
    body = json.dumps([POST]).encode()
    assert deliver(world, body)[0] == 422
    assert deliver(world, body, path="/hooks/tern?source=two")[0] == 202
    assert deliver(world, body, path="/hooks/tern?source=three")[0] == 404
