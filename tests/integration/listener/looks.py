"""Looking again at posts of a platform that lies in memory."""

from datetime import timedelta
from typing import Any

from domain.posts import RawPost
from listener.overdue import sources_due
from listener.rechecks import RecheckReport, recheck_source
from tests.integration.listener.home import Home, post

HOUR = timedelta(hours=1)


def heard(number: int | str, text: str = "I like kestrel", **more: Any) -> RawPost:
    return post(number, text, platform="memory", **more)


def look(home: Home, collector: object, **more: Any) -> RecheckReport:
    return recheck_source(
        home.database, home.clock, build=lambda _: collector, source_id=home.sources["main"],  # type: ignore[arg-type, return-value]
        intake=home.intake, **more,
    )  # fmt: skip


def due(home: Home) -> list[int]:
    with home.database.read() as session:
        return sources_due(session, home.profiles, now=home.clock.now())
