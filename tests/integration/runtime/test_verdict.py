"""The count after the killing notices what is lost and what is doubled."""

from pathlib import Path

import pytest

from bench.crashing.scene import PLATFORM, LinePlatform, Scene
from bench.crashing.verdict import judge
from domain.answers import LookUp, OutgoingReply
from domain.states import MentionState
from domain.time import SystemClock
from storage.database import Database
from storage.queries.brands import current_revision
from tests.rows import add_author, add_mention


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene.make(tmp_path / "scene")


def test_posts_that_never_became_mentions_are_lost(scene: Scene) -> None:
    scene.write_posts(3, first=0)
    verdict = judge(scene)
    assert verdict.faults == {"posts_lost": 3}
    assert (verdict.posts, verdict.mentions) == (3, 0)


def test_mentions_on_their_way_and_unsorted_are_left_behind(scene: Scene) -> None:
    scene.write_posts(1, first=0)
    database = Database(scene.load().database_url)
    at = SystemClock().now()
    with database.write() as session:
        revision = current_revision(session, 1)
        add_mention(session, add_author(session, revision, at), "post-0", "tern", at, state=MentionState.COLLECTED)
    database.close()
    faults = judge(scene).faults
    assert faults["mentions_left_behind"] == faults["sorted_never_or_twice"] == faults["miscounted_people"] == 1
    assert "posts_lost" not in faults


def test_a_reply_that_reached_the_platform_twice_is_doubled(scene: Scene) -> None:
    platform = LinePlatform(scene.folder / PLATFORM)
    reply = OutgoingReply(key="k", platform="mastodon", account="@tern", text="Thanks!", in_reply_to="post-0")
    assert platform.find_reply(reply).found is LookUp.ABSENT_FOR_CERTAIN
    platform.send(reply)
    assert platform.find_reply(reply).found is LookUp.FOUND
    platform.send(reply)
    # Nobody in the database knows of it, so both are too many.
    assert judge(scene).faults == {"replies_doubled": 2}
