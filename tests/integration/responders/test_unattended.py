"""Auto-send: off unless both files name it, and then only for what nobody has to look at."""

from threading import Barrier, Thread
from typing import Any

import pytest

from config.operator import AllowedAutoSend
from domain.answers import Finding, Severity
from domain.errors import EarnestError
from domain.labels import Intent, Sentiment
from domain.states import DraftState, ReplyState
from domain.time import ManualClock
from responders.errors import LimitReached
from responders.review import Reviewer
from responders.unattended import send_unattended
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.queries.brands import RevisionCache
from storage.tables import ClassificationRow, Draft, Mention
from tests.integration.responders.desk import Desk
from tests.integration.responders.scene import Scene

OPERATOR = AllowedAutoSend(brand="tern", intent=Intent.PRAISE, platform="mastodon")
BRAND = {"intent": "praise", "platform": "mastodon", "min_confidence": 0.9, "max_per_day": 1}


@pytest.fixture
def desk(database: Database, jobs: MemoryJobs, clock: ManualClock) -> Desk:
    """A desk on either database."""
    return Desk(database, jobs, clock)


def _send(
    desk: Desk, *, sure: float = 0.97, allowed: tuple[AllowedAutoSend, ...] = (OPERATOR,), **profile: Any
) -> list:  # type: ignore[type-arg]
    draft_id = desk.add_draft(**{"auto_send": [BRAND], **profile})
    with desk.database.write() as session:
        mention = session.query(Mention).one()
        session.add(
            ClassificationRow(
                mention_id=mention.id,
                model="m",
                intent=Intent.PRAISE,
                sentiment=Sentiment.POSITIVE,
                intent_scores={"praise": sure},
                sentiment_scores={"positive": 1.0},
                also=[],
                urgency=0.0,
                toxicity=0.0,
                urgent=False,
                toxic=False,
                language="en",
                themes=[],
                created_at=desk.clock.now(),
            )
        )
    return _again(desk, draft_id, allowed)


def _again(desk: Desk, draft_id: int, allowed: tuple[AllowedAutoSend, ...]) -> list[int]:
    refusals: list[EarnestError] = []
    sent = send_unattended(
        desk.database, desk.clock, RevisionCache(desk.database), reviewer=desk.reviewer, allowed=allowed,
        draft_ids=[draft_id], refused=lambda _draft, error: refusals.append(error),
    )  # fmt: skip
    desk.jobs.run_due()
    return sent


def _state(desk: Desk) -> DraftState:
    with desk.database.read() as session:
        return session.query(Draft).one().state


def test_what_both_files_name_goes_out_once_and_says_so(desk: Desk) -> None:
    assert len(_send(desk)) == 1
    (reply,) = desk.replies()
    assert (reply.state, reply.origin, reply.approved_by) == (ReplyState.SENT, "auto", None)
    assert _again(desk, 1, (OPERATOR,)) == []
    assert len(desk.publisher.posts) == 1


@pytest.mark.parametrize(
    "why",
    [
        {"allowed": ()},
        {"auto_send": []},
        {"sure": 0.8},
        {"auto_send": [{**BRAND, "platform": "reddit"}]},
        {"auto_send": [{**BRAND, "short_codes": ["thanks"]}]},
        {"auto_send": [{**BRAND, "languages": ["de"]}]},
        {"allowed": (AllowedAutoSend(brand="other", intent=Intent.PRAISE, platform="mastodon"),)},
        {"platforms": {"mastodon": {"answer": "by_hand"}}},
    ],
)
def test_anything_else_waits_for_a_person(desk: Desk, why: dict[str, Any]) -> None:
    assert _send(desk, **why) == []
    assert (_state(desk), desk.replies()) == (DraftState.PROPOSED, [])


@pytest.mark.parametrize("severity", [Severity.BLOCK, Severity.WARN])
def test_whatever_a_guard_has_to_say_is_for_a_person(desk: Desk, severity: Severity) -> None:
    desk.findings = (Finding(rule="figures", severity=severity, message="“3 days” isn't among the facts."),)
    assert _send(desk) == []
    assert _state(desk) is DraftState.PROPOSED


def test_a_text_that_changed_after_it_was_queued_is_not_sent(desk: Desk) -> None:
    desk.publisher.before_answer = None
    draft_id = desk.add_draft(auto_send=[BRAND])
    desk.reviewer.approve_unattended(draft_id=draft_id, version=1)
    with desk.database.write() as session:
        session.query(Draft).one().text = "Have a free kettle!"
    desk.jobs.run_due()
    assert (desk.replies()[0].state, desk.publisher.requests) == (ReplyState.FAILED, 0)


def test_jobs_at_once_keep_to_the_days_limit(database: Database, jobs: MemoryJobs, clock: ManualClock) -> None:
    scene = Scene(database, clock, jobs, auto_send=[{**BRAND, "min_confidence": 0.5}])
    heard = [scene.hear(handle=f"h{each}", name=f"Nam{each} Lopez", conversation=f"k{each}") for each in range(3)]
    together, refusals, sent = Barrier(3, timeout=20), [], []

    def guard(_draft_id: int, _text: str) -> tuple[Finding, ...]:
        together.wait()  # all three found room before any of them is queued
        return ()

    reviewer = Reviewer(database=database, jobs=jobs, clock=clock, profiles=scene.profiles, guard=guard)
    allowed = (AllowedAutoSend(brand="plover", intent=Intent.PRAISE, platform="mastodon"),)

    def run(draft_id: int) -> None:
        sent.extend(
            send_unattended(
                database, clock, scene.profiles, reviewer=reviewer, allowed=allowed, draft_ids=[draft_id],
                refused=lambda _draft, error: refusals.append(type(error)),
            )
        )  # fmt: skip

    threads = [Thread(target=run, args=(draft_id,)) for draft_id in scene.route(*heard).drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(sent), refusals) == (1, [LimitReached, LimitReached])
