"""Judging a draft's text by what is known of its mention now: what review asks before it lets a text through."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.answers import Finding
from domain.classification import Classification
from domain.errors import NotFound
from domain.time import Clock
from responders.drafting.names import first_name
from responders.guards import Knowledge, Measure, check_with, measure_on
from responders.waiting import as_classification
from storage.database import Database
from storage.queries.brands import Revision, RevisionCache
from storage.queries.mentions import classification_of
from storage.tables import Author, Draft, Mention

_THREAD = 5
_KEPT = 32


class _Known(NamedTuple):
    """What a draft's text is judged by."""

    revision: Revision
    platform: str
    language: str | None
    said: str
    thread: tuple[str, ...]
    name: str | None
    seen: Classification | None
    short_code: str | None


class DraftGuard:
    """Reads a text as the answer to a draft's mention; call it with a draft's id and the text."""

    def __init__(
        self, *, database: Database, clock: Clock, profiles: RevisionCache, measure: Measure = measure_on
    ) -> None:  # fmt: skip
        """`measure` returns a text's length on a platform and the most that it takes."""
        self._database, self._clock = database, clock
        self._profiles, self._measure = profiles, measure
        self._knowledge: dict[tuple[int, date], Knowledge] = {}

    def __call__(self, draft_id: int, text: str) -> tuple[Finding, ...]:
        """Return what the guards say, under the brand's revision in force; raises NotFound without such a draft."""
        with self._database.read() as session:
            known = self._read(session, draft_id, text)
        return check_with(
            self._know(known.revision), text, platform=known.platform, language=known.language, said=known.said,
            thread=known.thread, author_name=known.name, seen=known.seen, short_code=known.short_code,
            measure=self._measure,
        )  # fmt: skip

    def _know(self, revision: Revision) -> Knowledge:
        """What a revision lets a reply say today, prepared once."""
        today = self._clock.now().astimezone(revision.profile.zone).date()
        key = (revision.id, today)
        if key not in self._knowledge:
            while len(self._knowledge) >= _KEPT:
                self._knowledge.pop(next(iter(self._knowledge)), None)
            self._knowledge[key] = Knowledge.of(revision.profile, today)
        return self._knowledge[key]

    def _read(self, session: Session, draft_id: int, text: str) -> _Known:
        draft = session.get(Draft, draft_id)
        if draft is None:
            raise NotFound(f"There is no draft {draft_id}.")
        mention = session.get_one(Mention, draft.mention_id)
        earlier = session.scalars(
            select(Mention.text)
            .where(Mention.conversation_id == mention.conversation_id, Mention.author_id == mention.author_id)
            .where(Mention.id != mention.id, Mention.posted_at <= mention.posted_at)
            .order_by(Mention.posted_at.desc(), Mention.id.desc())
            .limit(_THREAD)
        )
        seen = classification_of(session, mention.id)
        return _Known(
            revision=self._profiles.current_of(session, draft.brand_id), platform=mention.platform,
            language=draft.language, said=f"{mention.title or ''}\n{mention.text}", thread=tuple(earlier),
            name=first_name(session.get_one(Author, mention.author_id).name),
            seen=as_classification(seen) if seen else None,
            # What a person rewrote is no canned response any more.
            short_code=draft.short_code if text == draft.original_text else None,
        )  # fmt: skip
