"""Each platform is connected by `earnest connect` itself, against its server or simulator, then checked and read."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.loading import load
from runtime.cli.checkups.accounts import look_at_accounts
from runtime.cli.checkups.finding import Health
from runtime.cli.main import app
from runtime.cli.workplace import known_parts
from runtime.durable import migrate
from simulators.x import APP_TOKEN
from storage.database import Database
from storage.migration import upgrade
from tests.integration.platforms.bluesky_world import World as BlueskyWorld
from tests.integration.platforms.mastodon_world import INSTANCE
from tests.integration.platforms.mastodon_world import World as MastodonWorld
from tests.integration.platforms.reddit_world import BRAND as REDDIT_BRAND
from tests.integration.platforms.reddit_world import World as RedditWorld
from tests.integration.platforms.x_world import BRAND as X_BRAND
from tests.integration.platforms.x_world import World as XWorld

BRAND = "slug: kestrel\nname: Kestrel\ntime_zone: UTC\nqueries:\n  - {name: brand, expression: kestrel}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How one platform is connected: its world, what is said, its account's handle then, and what nobody may see."""

    world: Callable[[], Any]
    words: Callable[[Any, Path], list[str]]
    handle: str
    secrets: Callable[[Any], list[str]]
    uses: tuple[str, ...] = ("The read", "The write")


def _mastodon(_world: MastodonWorld, folder: Path) -> list[str]:
    (folder / "token").write_text("kestrel-token")
    tokens = [word for use in ("read", "write") for word in ("--set", f"{use}_token=@{folder / 'token'}")]
    return ["--set", f"instance={INSTANCE}", "--set", "tags=kestrel", "--set", "way=token", *tokens]


def _bluesky(world: BlueskyWorld, folder: Path) -> list[str]:
    (folder / "password").write_text(world.brand.password)
    where = ["--set", "handle=kestrel.test", "--set", f"service={world.address}", "--sources", "1"]
    return [*where, "--set", f"app_password=@{folder / 'password'}"]


def _reddit(_world: RedditWorld, folder: Path) -> list[str]:
    (folder / "secret").write_text("app-secret")
    (folder / "password").write_text("app-password")
    app_of = ["--set", "client_id=app", "--set", f"client_secret=@{folder / 'secret'}", "--set", "record.approval=2026"]
    return [*app_of, "--set", f"username={REDDIT_BRAND}", "--set", f"password=@{folder / 'password'}"]


def _x(_world: XWorld, folder: Path) -> list[str]:
    (folder / "bearer").write_text(APP_TOKEN)
    return ["--set", f"bearer_token=@{folder / 'bearer'}", "--set", f"handle=@{X_BRAND}", "--sources", "1"]


CASES = {
    "mastodon": Case(
        world=MastodonWorld, words=_mastodon, handle="@kestrel@mock.local", secrets=lambda _world: ["kestrel-token"]
    ),
    "bluesky": Case(
        world=BlueskyWorld, words=_bluesky, handle="@kestrel.test", secrets=lambda world: [world.brand.password]
    ),
    "reddit": Case(
        world=RedditWorld, words=_reddit, handle=REDDIT_BRAND, secrets=lambda _world: ["app-secret", "app-password"]
    ),
    "x": Case(
        world=XWorld, words=_x, handle=f"@{X_BRAND}", secrets=lambda _world: [APP_TOKEN], uses=("The read",)
    ),
}  # fmt: skip


@pytest.fixture(params=CASES)
def connected(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, str, Any, str]]:
    """A folder in which the account of one platform was connected, with the platform, and what was printed."""
    case = CASES[request.param]
    with case.world() as world:
        endpoint = world.reach.endpoint
        network = f"{{allow_private: true, endpoints: {{{request.param}: '{endpoint}'}}}}" if endpoint else "{}"
        network = network if endpoint else "{allow_private: true}"
        (tmp_path / "earnest.yaml").write_text(f"brands: [kestrel.yaml]\nnetwork: {network}\n")
        (tmp_path / "kestrel.yaml").write_text(BRAND)
        database = Database(f"sqlite:///{tmp_path}/data/earnest.db")
        upgrade(database)
        migrate(database)
        database.close()
        world.add_post("the kestrel kettle sings")
        words = ["connect", request.param, "--yes", "--apply", *case.words(world, tmp_path)]
        done = CliRunner().invoke(app, [*words, "--config", str(tmp_path / "earnest.yaml")])
        assert done.exit_code == 0, done.output
        yield tmp_path, request.param, world, done.stdout


def test_it_is_shown_saved_checked_and_read_and_gives_no_key_away(connected: tuple[Path, str, Any, str]) -> None:
    folder, platform, world, told = connected
    assert "the kestrel kettle sings" in told
    assert "Connected." in told
    settings = folder / "earnest.yaml"
    loaded = load(settings, checks=known_parts())
    profile = loaded.brands["kestrel"].profile
    assert [account.handle for account in profile.accounts] == [CASES[platform].handle]
    assert {source.type for source in profile.sources} == {platform}
    assert all(source.id.startswith(platform) for source in profile.sources)
    findings = look_at_accounts(loaded)
    assert [found for found in findings if found.health in {Health.WRONG, Health.WARNING}] == [
        found for found in findings if "one token" in found.message
    ]
    asked = [found.message for found in findings if found.about == f"kestrel {platform}"]
    assert [line.partition(" keys of")[0] for line in asked] == list(CASES[platform].uses)
    read = CliRunner().invoke(app, ["collect", "--config", str(settings), "--json"])
    assert sum(reading["posts"]["new"] for reading in json.loads(read.stdout)["items"]) == 1

    secrets = CASES[platform].secrets(world)
    files = [path for path in (folder / "data").rglob("*") if path.is_file() and path.suffix != ".key"]
    held = b"".join(path.read_bytes() for path in [*files, folder / "kestrel.yaml"]) + (told + read.output).encode()
    assert [secret for secret in secrets if secret.encode() in held] == []
