"""One life of the program: the real process with its scheduler and workers, and a person who approves every draft."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bench.crashing.scene import LATENCY, PLATFORM, LinePlatform, Scene
from domain.classification import Classification, ClassifierInput
from domain.errors import EarnestError
from domain.states import DraftState, MentionState, ReplyState
from domain.time import Clock
from responders.publishers.finding import OnePublisher
from runtime.application import Application
from runtime.logs import configure
from runtime.process import Process
from runtime.wiring import build
from sentiment.keywords import KeywordClassifier
from storage.tables import Draft, Mention, Reply

UNFINISHED = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN)


class RacingClock:
    """Runs sixty times as fast as time does, so that what a dead process had claimed is soon old enough to take up."""

    def __init__(self, *, speed: int = 60) -> None:
        """Begin at the machine's time."""
        self._began, self._speed = datetime.now(UTC), speed
        self._leapt = timedelta()

    def leap(self, step: timedelta) -> None:
        """Jump ahead."""
        self._leapt += step

    def now(self) -> datetime:
        """Return the simulated time."""
        return self._began + (datetime.now(UTC) - self._began) * self._speed + self._leapt


class Pondering(KeywordClassifier):
    """Sorts by keywords, but takes its time as a model does."""

    def classify(self, posts: Sequence[ClassifierInput], /) -> list[Classification]:
        """Return one classification for each post, in order, after a while."""
        time.sleep(random.uniform(0, LATENCY))
        return super().classify(posts)


def live(
    scene: Scene,
    clock: Clock,
    *,
    until: Callable[[Application], bool] = lambda _parts: False,
    on_start: Callable[[], object] = bool,
) -> None:
    """Work until killed, or until `until` holds; `on_start` is told of the start."""
    configure(level="error")
    application = build(
        scene.load(),
        clock=clock,
        classifier=Pondering(),
        publishers=OnePublisher(LinePlatform(scene.folder / PLATFORM)),
    )
    process = Process(application, serve=False)
    process.start()
    on_start()
    threading.Thread(target=_approve_for_ever, args=[application], daemon=True).start()
    while not until(application):
        time.sleep(0.1)
    process.stop()


def is_finished(application: Application, *, posts: int) -> bool:
    """Say whether every post came the whole way: saved, sorted, routed, approved and answered."""
    with application.database.read() as session:
        moving = Mention.state.in_((MentionState.COLLECTED, MentionState.CLASSIFIED))
        open_drafts = select(func.count()).where(Draft.state == DraftState.PROPOSED)
        return (
            session.scalar(select(func.count(Mention.id))) == posts
            and not session.scalar(select(func.count()).where(moving))
            and not session.scalar(open_drafts)
            and not session.scalar(select(func.count()).where(Reply.state.in_(UNFINISHED)))
        )


def _approve_for_ever(application: Application) -> None:
    while True:
        with application.database.read() as session:
            query = select(Draft.id, Draft.version).where(Draft.state == DraftState.PROPOSED).limit(50)
            waiting = session.execute(query).all()
        for draft_id, version in waiting:
            _decide(application, draft_id, version)
        time.sleep(0.05)


def _decide(application: Application, draft_id: int, version: int) -> None:
    try:
        application.reviewer.approve(draft_id=draft_id, version=version, user_id=1)
    except EarnestError as error:
        application.reviewer.reject(draft_id=draft_id, version=version, user_id=1, reason=type(error).__name__)
