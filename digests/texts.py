"""Fills a snapshot with customers' words and names when it is shown, so that what was erased is gone there too."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from digests.figures import Figures
from domain.states import MentionState
from people.erasure import GONE
from storage.tables import Author, Mention, Person

LONGEST = 280
# Marks that turn the direction of what follows, or do nothing but hide.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\ufeff\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What somebody said, cut to a length that is read, and where."""

    mention_id: int
    text: str
    who: str
    platform: str
    url: str | None
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """Words by mention and names by person; what isn't here was erased."""

    quotes: dict[int, Quote] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def name(self, person_id: int | None) -> str:
        """Return what a person is called; a person who was erased has no name."""
        return self.names.get(person_id or 0, "somebody")

    def first(self, mention_ids: Collection[int]) -> Quote | None:
        """Return the first of several posts that can still be quoted."""
        return next((self.quotes[key] for key in mention_ids if key in self.quotes), None)


def load_texts(session: Session, figures: Figures) -> Texts:
    """Return the words and names that `figures` point to, as far as they are still kept."""
    return Texts(
        quotes=_quotes(session, figures.brand_id, set(figures.mention_ids())),
        names=_names(session, figures.brand_id, set(figures.person_ids())),
    )


def _quotes(session: Session, brand_id: int, ids: Collection[int]) -> dict[int, Quote]:
    query = (
        select(Mention.id, Mention.text, Mention.platform, Mention.url, Mention.language, Author.name, Author.handle)
        .join(Author, Author.id == Mention.author_id)
        .where(Mention.id.in_(ids), Mention.brand_id == brand_id, Mention.state != MentionState.DELETED)
    )
    return {
        row.id: Quote(
            mention_id=row.id, text=shorten(row.text), who=row.name or row.handle, platform=row.platform,
            url=row.url if _is_web(row.url) else None, language=row.language,
        )
        for row in session.execute(query) if row.text.strip()
    }  # fmt: skip


def _names(session: Session, brand_id: int, ids: Collection[int]) -> dict[int, str]:
    query = (
        select(Person.id, Person.name, Author.name.label("author"), Author.handle)
        .join(Author, Author.person_id == Person.id)
        .where(Person.id.in_(ids), Person.brand_id == brand_id)
        .order_by(Author.id.desc())
    )
    names = {row.id: row.name or row.author or row.handle for row in session.execute(query)}
    return {key: name for key, name in names.items() if name != GONE}


def shorten(text: str, length: int = LONGEST) -> str:
    """Return a text on one line, cut at a word with an ellipsis when it is too long."""
    line = " ".join(_UNSEEN.sub("", text).split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    head, _, _ = cut.rpartition(" ")
    return (head if len(head) > length // 2 else cut).rstrip(" ,.;:") + "…"


def _is_web(url: str | None) -> bool:
    # A customer's platform gives this; nothing but the web is ever linked.
    return bool(url) and str(url).startswith(("https://", "http://"))
