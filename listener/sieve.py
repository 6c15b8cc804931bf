"""Parts a batch, before any transaction: mentions, the brand's own posts, what matched nothing, what can't be read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.errors import InvalidInput
from domain.posts import RawPost, Reject
from listener.interest import Interest
from listener.normalisation import normalise_post

PostKey = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A post that becomes a mention: the queries it matched, and whether it is only counted."""

    post: RawPost
    queries: tuple[str, ...]
    counted_only: bool

    @property
    def key(self) -> PostKey:
        """The platform and the post's id there."""
        return key_of(self.post)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one source is heard."""

    interest: Interest
    everything: bool = False
    language: str | None = None


@dataclass(slots=True, kw_only=True)
class Sieved:
    """A batch in its parts, each in the order of writing; `repeated` counts posts that stood in it twice."""

    heard: list[Heard] = field(default_factory=list)
    own: list[RawPost] = field(default_factory=list)
    unmatched: list[RawPost] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    repeated: int = 0


def key_of(post: RawPost) -> PostKey:
    """Return what a post is told apart by within its brand."""
    return post.platform, post.external_id


def sieve(posts: Sequence[RawPost], *, rule: Rule, now: datetime) -> Sieved:
    """Part `posts`; of two with one id the later one counts."""
    parts = Sieved()
    clean = _normalise(posts, rule=rule, now=now, rejects=parts.rejects)
    once = {key_of(post): post for post in clean}
    parts.repeated = len(clean) - len(once)
    for post in sorted(once.values(), key=lambda post: post.posted_at):
        if rule.interest.is_own(post.platform, post.author):
            parts.own.append(post)
        elif heard := _hear(post, rule=rule, now=now):
            parts.heard.append(heard)
        else:
            parts.unmatched.append(post)
    return parts


def _normalise(posts: Iterable[RawPost], *, rule: Rule, now: datetime, rejects: list[Reject]) -> list[RawPost]:
    clean = []
    for post in posts:
        try:
            clean.append(normalise_post(post, now=now, language=rule.language))
        except InvalidInput as error:
            rejects.append(Reject(place=f"post {post.external_id[:200]}", reason=str(error), payload=post.text))
    return clean


def _hear(post: RawPost, *, rule: Rule, now: datetime) -> Heard | None:
    if not rule.interest.listens_to(post.platform):
        return None
    queries = tuple(rule.interest.match(post))
    # Whoever calls on the account speaks to the brand, whatever the words.
    everything = rule.everything or post.addressed is True
    if not queries and not everything:
        return None
    # What a source brings about the brand alone is answered whatever else it names.
    deciding = () if everything else queries
    only_counted = rule.interest.only_counts(post, queries=deciding, now=now)
    return Heard(post=_mark_bot(post, rule), queries=queries, counted_only=only_counted)


def follow(post: RawPost, *, rule: Rule, now: datetime) -> Heard:
    """Return a post that matched nothing but goes on with a thread as one that is heard."""
    only_counted = rule.interest.only_counts(post, queries=(), now=now)
    return Heard(post=_mark_bot(post, rule), queries=(), counted_only=only_counted)


def _mark_bot(post: RawPost, rule: Rule) -> RawPost:
    if post.author.is_bot or not rule.interest.is_bot(post.platform, post.author):
        return post
    return replace(post, author=replace(post.author, is_bot=True))
