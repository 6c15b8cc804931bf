"""Words by which a post or a person is recognised where nothing can be looked up: in what couldn't be read."""

import json
import re
from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import Author, Mention, Person

# Shorter ids, such as a file's line numbers, occur anywhere.
SHORTEST_ID: Final = 5
SHORTEST_NAME: Final = 2
_NOBODY: Final = frozenset({"anonymous", "[erased]", "[deleted]", "[removed]"})


class Needles:
    """Whole words to look for, whatever their case, also as JSON writes them."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words as they are; with none, nothing is found."""
        self.words = frozenset(word for word in words if word)
        spelt = sorted({spelling for word in self.words for spelling in _spellings(word)}, key=len, reverse=True)
        joined = "|".join(map(re.escape, spelt))
        self._pattern = re.compile(rf"(?<!\w)(?:{joined})(?!\w)", re.IGNORECASE) if spelt else None

    def found_in(self, text: str) -> bool:
        """Say whether one of the words stands in `text`."""
        return self._pattern is not None and self._pattern.search(text) is not None


def needles_of_posts(ids: Iterable[str]) -> Needles:
    """Return what posts are recognised by: those of their ids that are long enough."""
    return Needles(each for each in ids if len(each) >= SHORTEST_ID)


def needles_of_person(session: Session, person_id: int) -> Needles:
    """Return what a person is recognised by: their names, handles and addresses, and their posts' ids and addresses."""
    words: set[str] = {session.scalar(select(Person.name).where(Person.id == person_id)) or ""}
    authors = session.scalars(select(Author).where(Author.person_id == person_id)).all()
    for author in authors:
        words |= {author.external_id, author.handle, author.handle.lstrip("@"), author.name or "", author.url or ""}
    posts = select(Mention.external_id, Mention.url).where(Mention.author_id.in_([author.id for author in authors]))
    for external_id, url in session.execute(posts):
        words |= {external_id if len(external_id) >= SHORTEST_ID else "", url or ""}
    return Needles(word for word in words if len(word) >= SHORTEST_NAME and word.casefold() not in _NOBODY)


def _spellings(word: str) -> set[str]:
    return {word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}
