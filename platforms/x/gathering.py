"""Collects what an answer brings: each post once, and what couldn't be read beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.posts import RawPost, Reject
from platforms.recordings import Reading
from platforms.x.problems import names_gone_post, sentence_of
from platforms.x.values import Unreadable, as_id, reject


@dataclass(slots=True)
class Gathering:
    """Posts by id, in the order they came."""

    posts: dict[str, RawPost] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    deleted: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def add(self, read: Callable[[], RawPost | None], item: object, place: str) -> None:
        """Add what `read` returns, or the item as a reject; a repost without its original leaves a note."""
        if not isinstance(item, dict):
            self.rejects.append(reject(place, "The item isn't an object.", item))
            return
        try:
            post = read()
        except Unreadable as error:
            self.rejects.append(reject(place, str(error), item))
            return
        if post is None:
            self.note("a repost without its original")
        else:
            self.posts.setdefault(post.external_id, post)

    def gone(self, external_id: str | None) -> None:
        """Note that a post is gone."""
        if external_id:
            self.deleted[external_id] = None

    def complied(self, line: Mapping[str, Any]) -> None:
        """Read one line of a compliance job's result: a place that was taken out of a post leaves the post there."""
        if line.get("reason") != "scrub_geo":
            self.gone(as_id(line.get("id")))

    def problem(self, error: Mapping[str, Any], *, of_lookup: bool) -> None:
        """Read one of the errors that stand beside the posts of a success."""
        if external_id := names_gone_post(error, of_lookup=of_lookup):
            self.gone(external_id)
        elif not self.posts:
            self.note(f"an error: {sentence_of(error)}")

    def note(self, text: str) -> None:
        """Say why there is nothing, or nothing more."""
        if text:
            self.notes[text] = None

    def reading(self) -> Reading:
        """Return all of it; a note only where no post came."""
        note = "; ".join(self.notes) if not self.posts else ""
        return Reading(
            posts=tuple(self.posts.values()), rejects=tuple(self.rejects), deleted=tuple(self.deleted), note=note
        )
