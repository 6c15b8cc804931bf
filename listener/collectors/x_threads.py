"""Reads the thread around a post of X: the post, what it refers to, and what search still finds of the conversation."""

import json
from dataclasses import replace
from typing import Final

from domain.posts import Batch, RawPost, Reject
from domain.time import Clock
from listener.collectors.x_pages import Pager
from listener.collectors.x_spending import PAGE, Till
from platforms.recordings import Reading
from platforms.trouble import Trouble, TroubleKind
from platforms.x import modern
from platforms.x.client import Page, XClient
from platforms.x.reading import read
from platforms.x.values import Unreadable

_MOST_PAGES: Final = 3


class _Thread:
    """Gathers a thread's posts by id."""

    def __init__(self, client: XClient, pager: Pager, till: Till, clock: Clock) -> None:
        self._client, self._pager, self._till, self._clock = client, pager, till, clock
        self.posts: dict[str, RawPost] = {}
        self.deleted: dict[str, None] = {}
        self.rejects: list[Reject] = []

    def look_up(self, *ids: str) -> None:
        """Read posts by their ids, with those that they refer to."""
        size = self._till.set_aside("post_read", most=len(ids), least=len(ids))
        page = None
        try:
            page = self._client.posts(ids)
        finally:
            self._till.settle("post_read", page, size=size, now=self._clock.now())
        self._keep(page)

    def search(self, conversation_id: str) -> None:
        """Read what recent search finds of a conversation."""
        token = None
        for _ in range(_MOST_PAGES):
            size = self._till.set_aside("post_read", most=PAGE, least=10)
            page = None
            try:
                page = self._client.search(f"conversation_id:{conversation_id}", size=size, token=token)
            finally:
                self._till.settle("post_read", page, size=size, now=self._clock.now())
            self._keep(page)
            token = page.next_token
            if token is None:
                return

    def reading(self) -> Reading:
        """Return all of it."""
        return Reading(
            posts=tuple(self.posts.values()), rejects=tuple(self.rejects), deleted=tuple(self.deleted)
        )  # fmt: skip

    def _keep(self, page: Page) -> None:
        found = read(page.answer, viewer=self._pager.viewer)
        self.deleted.update(dict.fromkeys(found.deleted))
        along, unread = _along(page, self._pager)
        self.rejects += [*found.rejects, *unread]
        for post in (*found.posts, *along):
            self.posts.setdefault(post.external_id, post)


def read_thread(external_id: str, *, client: XClient, pager: Pager, till: Till, clock: Clock) -> Batch:
    """Return a post's thread in one batch; one that is gone is empty but for its id."""
    thread = _Thread(client, pager, till, clock)
    trouble: Trouble | None = None
    try:
        thread.look_up(external_id)
        post = thread.posts.get(external_id)
        if post is not None and post.conversation_id:
            thread.search(post.conversation_id)
            missing = {post.conversation_id, post.in_reply_to or external_id} - thread.posts.keys()
            missing -= thread.deleted.keys()
            if missing:
                thread.look_up(*sorted(missing))
    except Trouble as found:
        trouble = found if found.kind is not TroubleKind.GONE else None
    batch = pager.batch(thread.reading(), trouble=trouble)
    return replace(batch, cursor=None)


def _along(page: Page, pager: Pager) -> tuple[list[RawPost], list[Reject]]:
    """Return the posts that came along with others, such as the one that is quoted, and what couldn't be read."""
    along = modern.beside(page.body.get("includes"))
    posts, rejects = [], []
    for key, item in along.posts.items():
        try:
            post = modern.read(item, along=along, viewer=pager.viewer)
        except Unreadable as error:
            rejects.append(Reject(place=f"includes {key}", reason=str(error), payload=json.dumps(item)))
            continue
        if post is not None:
            posts.append(post)
    return posts, rejects
