"""The demo's five weeks: the product's own stages under a simulated clock, read from the brands' files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from config.brand.profile import Profile
from digests.due import due_at
from domain.time import ManualClock, Week
from listener.collectors.files import FileCollector
from listener.sources import view_source
from runtime.application import Application
from runtime.demo.agenda import Agenda
from runtime.demo.stopwatch import Stopwatch
from runtime.demo.team import Horizon, Team
from runtime.stages import bind
from storage import audit
from storage.jobs import JobKind, MemoryJobs
from storage.queries.brands import find_brand
from storage.tables import Source, User

LENGTH = timedelta(days=35)
# In the history a source is read when it has news, looked at so often, and time is let pass so often.
_READING, _UPKEEP = timedelta(hours=1), timedelta(hours=6)
# Before this the team has done everything; up to the other at least what presses.
_DONE, _PRESSING = timedelta(days=6, hours=12), timedelta(hours=30)
_STAGES = {
    JobKind.COLLECT: "reading and saving",
    JobKind.CLASSIFY: "sorting (the model)",
    JobKind.ROUTE: "routing, drafting, cases",
    JobKind.SEND: "writing replies",
    JobKind.SLA: "clocks and follow-ups",
    JobKind.FOLLOW_UP: "clocks and follow-ups",
    JobKind.DIGEST: "digests",
}
TEAM = "the team at the desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """When the history begins and ends; `now` is what the posts' relative times count from."""

    begins: datetime
    ends: datetime
    now: datetime


class History:
    """Plays what happened to brands that were applied already."""

    def __init__(
        self, parts: Application, jobs: MemoryJobs, clock: ManualClock, *, era: Era, watch: Stopwatch
    ) -> None:  # fmt: skip
        """`parts` were built with `jobs` and `clock`; its handlers are bound anew so that times count from now."""
        self._parts = replace(parts, collectors=replace(parts.collectors, today=era.now))
        self._jobs, self._clock, self._era, self._watch = jobs, clock, era, watch
        handlers = bind(self._parts)
        jobs.handlers.update(
            {kind: watch.timed(_STAGES.get(kind, "other"), handler) for kind, handler in handlers.items()}
        )
        self._agenda = Agenda(clock)

    def play(self, profiles: Sequence[Profile], *, passed: Callable[[datetime], None]) -> None:
        """Let the era happen to these brands."""
        for profile in profiles:
            self._plan(profile)
        with self._watch.time(TEAM):
            self._agenda.play(until=self._era.ends, passed=passed)

    def _plan(self, profile: Profile) -> None:
        era, parts = self._era, self._parts
        with parts.database.read() as session:
            brand_id = find_brand(session, profile.slug).id
            sources = session.scalars(select(Source.id).where(Source.brand_id == brand_id, Source.enabled)).all()
            users = dict(session.execute(select(User.login, User.id)).all())
        horizon = Horizon(everything=era.now - _DONE, pressing=era.now - _PRESSING)
        team = Team(
            parts, self._agenda, brand_id=brand_id, profile=profile, users=users, horizon=horizon,
            ran=self._jobs.run_due,
        )  # fmt: skip
        for source_id in sources:
            for at in self._readings(source_id):
                self._agenda.plan(at, lambda source_id=source_id: self._read(source_id, team))  # type: ignore[misc]
        at = era.begins
        while at <= era.ends:
            self._agenda.plan(at, lambda: self._let_time_pass(brand_id, team))
            at += _UPKEEP
        week = Week.of(era.begins, profile.zone)
        while (at := due_at(profile.digest, profile.zone, week)) <= era.ends:
            self._agenda.plan(at, self._make_digests)
            week = week.shift(1)
        self._note(brand_id)

    def _readings(self, source_id: int) -> list[datetime]:
        """Return the moments at which a source has news, on a grid, found by reading its file through once."""
        view = view_source(self._parts.database, self._parts.profiles, source_id)
        ahead = replace(self._parts.collectors, clock=ManualClock(self._era.now))
        collector = ahead(view)
        if not isinstance(collector, FileCollector):
            return []
        times = (
            post.posted_at for batch in collector.collect(cursor=None, since=self._era.begins) for post in batch.posts
        )
        return sorted({_round_up(at) for at in times if at <= self._era.ends} | {self._era.ends})

    def _read(self, source_id: int, team: Team) -> None:
        self._jobs.handlers[JobKind.COLLECT]((source_id,))
        self._jobs.run_due()
        team.look()

    def _let_time_pass(self, brand_id: int, team: Team) -> None:
        self._jobs.handlers[JobKind.SLA]((brand_id,))
        self._jobs.run_due()
        team.look()

    def _make_digests(self) -> None:
        with self._parts.database.read() as session:
            due = self._parts.mailing.due(session, up_since=None)
        for brand_id, week in due:
            self._jobs.handlers[JobKind.DIGEST]((brand_id, week))

    def _note(self, brand_id: int) -> None:
        with self._parts.database.write() as session:
            audit.record(
                session, at=self._clock.now(), action="demo.history", object_kind="brand", object_id=brand_id,
                brand_id=brand_id, details={"until": self._era.ends.isoformat()},
            )  # fmt: skip


def _round_up(at: datetime) -> datetime:
    grid = int(_READING.total_seconds())
    return at + timedelta(seconds=-int(at.timestamp()) % grid, microseconds=-at.microsecond)
