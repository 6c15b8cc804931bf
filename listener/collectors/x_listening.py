"""One reading of X's filtered stream: its rules kept in step with the queries, then a while of listening."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.posts import Batch
from domain.time import Clock
from listener.collectors.x_pages import Pager
from listener.collectors.x_spending import Till
from platforms.recordings import Answer, Reading
from platforms.trouble import Trouble
from platforms.x.client import Page, XClient
from platforms.x.documents import Document
from platforms.x.marks import Mark
from platforms.x.reading import read
from platforms.x.streaming import Listening, plan, tags_of
from platforms.x.values import mapping

_KEY: Final = "post_read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """Listens for one source. An app has one connection, so one source an app may listen at a time."""

    client: XClient
    listen: Callable[[int], Listening]
    queries: Sequence[str]
    tag: str
    till: Till
    pager: Pager
    marks: Mapping[str, Mark]
    most: int
    clock: Clock

    def read(self) -> Iterator[Batch]:
        """Yield one batch of what came; the marks stay where paging left them, so nothing in between is passed over."""
        try:
            self._keep_rules()
            size = self.till.set_aside(_KEY, most=self.most)
        except Trouble as trouble:
            yield self.pager.batch(Reading(), trouble=trouble)
            return
        listening = self.listen(size)
        answers = listening.run()
        mark = next(iter(self.marks.values()))
        self.till.settle_stream(_pages(answers), size=size, mark=mark, now=self.clock.now())
        ours = [answer for answer in answers if any(tag.startswith(self.tag) for tag in tags_of(answer.body))]
        readings = [read(answer, viewer=self.pager.viewer) for answer in ours]
        whole = Reading(
            posts=tuple({post.external_id: post for each in readings for post in each.posts}.values()),
            rejects=tuple(reject for each in readings for reject in each.rejects),
            deleted=tuple(gone for each in readings for gone in each.deleted),
        )
        yield self.pager.batch(whole, trouble=listening.trouble)

    def _keep_rules(self) -> None:
        wanted = {self.tag + hashlib.sha256(query.encode()).hexdigest()[:12]: query for query in self.queries}
        self.till.ask()
        new, stale = plan(self.client.rules(), wanted=wanted, prefix=self.tag)
        if stale:
            # A rule that nobody wants any more would go on being charged.
            self.till.ask()
            self.client.delete_rules(stale)
        if new:
            self.till.ask()
            self.client.add_rules(new)


def _pages(answers: Sequence[Answer]) -> list[Page]:
    return [Page(answer=answer, body=mapping(part)) for answer in answers for part in Document.of(answer.body).parts]
