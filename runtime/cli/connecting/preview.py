"""A look at what a source would bring: its first pages, read with the keys at hand; nothing is saved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from config.brand.profile import Profile
from domain.errors import EarnestError
from domain.posts import Batch, RawPost, Signal, SignalKind
from domain.time import Clock
from listener.context import Collectors
from listener.interest import Interest
from listener.sieve import Rule, Sieved, sieve
from listener.sources import SourceView
from platforms.allowance import Allowance
from platforms.credentials import Credentials
from runtime.cli.connecting.plain import one_line, plain

POSTS, BATCHES = 5, 3
# What a preview may ask a platform for at most, whatever the source may later.
CALLS = 20


class PreviewFailed(EarnestError):
    """The source can't be read with these keys and settings; nothing was saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What the first pages of a source hold: posts that would be kept, and how many would not."""

    source: str
    kept: tuple[RawPost, ...]
    unmatched: int
    rejects: int
    signal: Signal | None

    def show(self) -> None:
        """Print up to five posts, and what became of the others."""
        count = len(self.kept)
        print(f"\n{self.source} would bring{':' if count else ' nothing yet.'}")
        for post in self.kept[:POSTS]:
            handle = plain(post.author.handle.removeprefix("@"))
            print(f"  {post.posted_at:%Y-%m-%d %H:%M}  @{handle}: {one_line(post.text)}")
        if count > POSTS:
            print(f"  … and {count - POSTS} more on the pages that were read.")
        if self.unmatched:
            print(f"  {self.unmatched} posts match none of the brand's queries and would not be kept.")
        if self.rejects:
            print(f"  {self.rejects} posts couldn't be read and would be set aside.")
        if self.signal is not None:
            print(f"  {plain(self.signal.message)}")


def preview_source(
    profile: Profile, key: str, *, collectors: Collectors, credentials: Credentials, clock: Clock
) -> Preview:  # fmt: skip
    """Read the first pages of a source of `profile`; raises PreviewFailed where the platform says no."""
    settings = next(source for source in profile.sources if source.id == key)
    view = SourceView(id=0, brand_id=0, revision_id=0, key=key, kind=settings.type, settings=settings, profile=profile)
    build = replace(
        collectors,
        keyring=lambda _holder, _names: credentials,
        allowance_of=lambda _view: Allowance(calls=CALLS),
    )
    collector = build(view)
    batches = list(_pages(collector.collect(cursor=None, since=clock.now() - view.backfill)))
    rule = Rule(interest=Interest(profile), everything=view.keeps_everything, language=view.language)
    parts = sieve([post for batch in batches for post in batch.posts], rule=rule, now=clock.now())
    return Preview(
        source=key, kept=_newest(parts), unmatched=len(parts.unmatched),
        rejects=len(parts.rejects) + sum(len(batch.rejects) for batch in batches),
        signal=_said(key, batches),
    )  # fmt: skip


def _pages(reading: Iterator[Batch]) -> Iterator[Batch]:
    """Yield pages until there are enough posts, or the reading ends."""
    found = 0
    for batch in islice(reading, BATCHES):
        yield batch
        found += len(batch.posts)
        if batch.signal is not None or found >= POSTS:
            return


def _newest(parts: Sieved) -> tuple[RawPost, ...]:
    return tuple(sorted((heard.post for heard in parts.heard), key=lambda post: post.posted_at, reverse=True))


def _said(key: str, batches: list[Batch]) -> Signal | None:
    signal = next((batch.signal for batch in batches if batch.signal is not None), None)
    if signal is not None and signal.kind in {SignalKind.REFUSED, SignalKind.MISCONFIGURED}:
        raise PreviewFailed(f"{key} can't be read: {signal.message}")
    # Having asked often enough for a preview is no news.
    return None if signal is None or signal.kind is SignalKind.BUDGET_SPENT else signal
