"""A draft whose mention answers an unknown post has its thread read; a known one is told to the drafter."""

from collections.abc import Sequence

from sqlalchemy import update

from domain.answers import DraftRequest, ProposedDraft
from domain.labels import Intent
from storage.jobs import JobKind
from storage.tables import Mention, ThreadPost
from tests.integration.responders.scene import Scene


class Listening:
    """A drafter that keeps what it was told."""

    def __init__(self) -> None:
        self.requests: list[DraftRequest] = []

    def draft(self, request: DraftRequest, /) -> ProposedDraft | None:
        self.requests.append(request)
        return ProposedDraft(text="Thank you.", language="en")


def answer(scene: Scene, parent: str | None, intent: Intent = Intent.PRAISE) -> int:
    """Let somebody answer a post."""
    mention_id = scene.hear(intent=intent)
    with scene.database.write() as session:
        session.execute(update(Mention).where(Mention.id == mention_id).values(in_reply_to=parent))
    return mention_id


def asked(scene: Scene) -> Sequence[tuple[int, ...]]:
    return [job.ids for job in scene.jobs.waiting if job.kind is JobKind.THREAD]


def test_an_unknown_parent_is_asked_for_and_nothing_waits(scene: Scene) -> None:
    mention_id = answer(scene, "somewhere")
    report = scene.route(mention_id)
    assert len(report.drafts) == 1
    assert asked(scene) == [(scene.all(Mention)[0].conversation_id,)]


def test_a_post_that_answers_nothing_or_gets_no_draft_asks_for_nothing(scene: Scene) -> None:
    scene.route(answer(scene, None), answer(scene, "x", Intent.OTHER))
    assert asked(scene) == []


def test_a_known_parent_is_told_to_the_drafter(scene: Scene) -> None:
    scene.drafter = listening = Listening()
    mention_id = answer(scene, "root")
    now = scene.clock.now()
    with scene.database.write() as session:
        session.add(
            ThreadPost(
                brand_id=scene.brand_id, conversation_id=1, platform="mastodon", external_id="root",
                author_external_id="u", author_handle="bo", text="Any kettle that isn't loud?", posted_at=now,
                read_at=now, is_own=False,
            )
        )  # fmt: skip
    scene.route(mention_id)
    assert [request.parent for request in listening.requests] == ["Any kettle that isn't loud?"]
    assert asked(scene) == []
