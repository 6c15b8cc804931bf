"""Which publisher sends for a brand: the one installed for the platform, with the account's own settings."""

from pathlib import Path
from typing import Any

from config.brand.listening import Account
from config.brand.profile import Profile
from config.secrets import Secrets
from domain.ports import Publisher
from domain.time import SystemClock
from responders.publishers.file import FilePublisher
from responders.publishers.file import build as build_file
from responders.publishers.installed import InstalledPublishers, PublisherContext, find_factories
from responders.publishers.memory import MemoryPublisher
from tests.rows import PROFILE

CONTEXT = PublisherContext(clock=SystemClock(), secrets=Secrets(environ={}), data_dir=Path("data"))
MASTODON = {"platform": "mastodon", "handle": "@tern"}


class Brands:
    """Brands whose profile may change, and a platform that counts how often a publisher was built."""

    def __init__(self, **profile: Any) -> None:
        self.change(**profile)
        self.built: list[str] = []
        self.publishers = InstalledPublishers(
            profile_of=lambda _slug: self.profile, context=CONTEXT, factories={"mastodon": lambda: self._build}
        )

    def change(self, **profile: Any) -> None:
        self.profile = Profile.model_validate({**PROFILE, **profile})

    def _build(self, account: Account, /, *, context: PublisherContext) -> Publisher:
        assert (context.clock, context.data_dir) == (CONTEXT.clock, CONTEXT.data_dir)
        self.built.append(account.handle)
        return MemoryPublisher()


def test_an_account_s_publisher_is_built_once() -> None:
    brands = Brands(accounts=[MASTODON])
    first = brands.publishers.of(brand="tern", platform="mastodon")
    assert first is not None
    assert brands.publishers.of(brand="tern", platform="mastodon") is first
    assert brands.built == ["@tern"]


def test_new_settings_build_a_new_one() -> None:
    brands = Brands(accounts=[MASTODON])
    first = brands.publishers.of(brand="tern", platform="mastodon")
    brands.change(accounts=[{**MASTODON, "credentials": {"token": "TERN_TOKEN"}}])
    assert brands.publishers.of(brand="tern", platform="mastodon") is not first
    assert len(brands.built) == 2


def test_nobody_sends_without_an_account_that_may_or_a_publisher_that_is_installed() -> None:
    brands = Brands(accounts=[{**MASTODON, "publish": False}, {"platform": "x", "handle": "@tern"}])
    assert brands.publishers.of(brand="tern", platform="mastodon") is None
    assert brands.publishers.of(brand="tern", platform="x") is None
    assert brands.built == []


def test_the_file_is_installed_like_any_other() -> None:
    assert {"file", "memory"} <= set(find_factories())
    assert isinstance(build_file(Account(platform="file", handle="tern"), context=CONTEXT), FilePublisher)
