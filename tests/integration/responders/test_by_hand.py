"""An answer that a person typed on the platform and recorded is one answer, though a collector meets it too."""

import pytest

from domain.posts import Batch, RawAuthor, RawPost
from domain.time import ManualClock
from listener.intake import Intake
from responders.review import Reviewer
from responders.upkeep import keep_up
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.tables import Person, Reply, Source
from tests.integration.responders.scene import Scene

URL = "https://example.social/@plover/77"


@pytest.fixture
def scene(database: Database, clock: ManualClock, jobs: MemoryJobs) -> Scene:
    """A brand that listens, on either database."""
    return Scene(database, clock, jobs, sources=[{"id": "main", "type": "memory"}])


def meet(scene: Scene, external_id: str, text: str, url: str | None = URL) -> None:
    """Let a collector bring an answer of the brand's own account."""
    post = RawPost(
        platform="mastodon", external_id=external_id, text=text, posted_at=scene.clock.now(), url=url,
        author=RawAuthor(external_id="us", handle="@plover@example.social"), in_reply_to="m1", conversation_id="c1",
    )  # fmt: skip
    (source,) = scene.all(Source)
    Intake(scene.database, scene.jobs, scene.clock, scene.profiles).save(source.id, Batch(posts=(post,)))


def record(scene: Scene, url: str | None = URL) -> None:
    """Record the answer to the only draft by hand."""
    (draft,) = scene.drafts()
    reviewer = Reviewer(
        database=scene.database, jobs=scene.jobs, clock=scene.clock, profiles=scene.profiles, guard=lambda *_: ()
    )
    user = scene.add_user()
    reviewer.record_by_hand(draft_id=draft.id, version=draft.version, user_id=user, text="Thanks, Ana!", url=url)


def upkeep(scene: Scene) -> list[tuple[str, str | None]]:
    """Let time do its work; return every reply's origin and id on the platform."""
    for _ in range(2):
        keep_up(scene.database, scene.clock, scene.profiles, scene.brand_id)
    return [(reply.origin, reply.external_id) for reply in scene.all(Reply)]


@pytest.mark.parametrize("url", [URL, None])
def test_an_answer_by_hand_that_a_collector_meets_is_one_contact(scene: Scene, url: str | None) -> None:
    scene.say()
    record(scene, url)
    meet(scene, "77", "Thanks,  Ana!")
    assert upkeep(scene) == [("by_hand", "77")]
    (reply,), (person,) = scene.all(Reply), scene.all(Person)
    assert (reply.url, person.contacts, person.last_contacted_at) == (URL, 1, scene.clock.now())


def test_other_words_elsewhere_in_the_thread_are_an_answer_of_their_own(scene: Scene) -> None:
    scene.say()
    record(scene)
    meet(scene, "78", "And a good week!", "https://example.social/@plover/78")
    assert upkeep(scene) == [("by_hand", None), ("native", "78")]
    assert scene.all(Person)[0].contacts == 2
