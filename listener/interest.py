"""What one brand wants to hear: its queries, its own accounts, the bots it knows, how it uses each platform."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from config.brand.listening import Answering, Query
from config.brand.profile import Profile
from domain.posts import RawAuthor, RawPost
from listener.matching import Matcher, compile_query

_PREFIXES: Final = ("/u/", "u/", "@")


class Interest:
    """A profile made ready for many posts; immutable, so threads may share it."""

    def __init__(self, profile: Profile) -> None:
        """Understand the profile's queries; raises QueryError for one that can't be parsed."""
        self._profile = profile
        self._queries = {query.name: query for query in profile.queries}
        self._matcher = Matcher(
            [compile_query(brand=profile.slug, name=query.name, text=query.expression) for query in profile.queries]
        )
        # An id outlives a new handle; a file often knows handles alone.
        self._handles = {(account.platform, bare_handle(account.handle)) for account in profile.accounts}
        self._ids = {(account.platform, account.id) for account in profile.accounts if account.id}
        self._bots = {(bot.platform, bare_handle(bot.handle)) for bot in profile.known_bots}

    def match(self, post: RawPost) -> list[str]:
        """Return the names of the queries that the post matches, in the profile's order."""
        found = self._matcher.match(
            text=post.text, title=post.title, language=post.language, platform=post.platform
        )  # fmt: skip
        return [match.query for match in found if _admits(self._queries[match.query], post)]

    def listens_to(self, platform: str) -> bool:
        """Say whether posts from `platform` become mentions."""
        return self._profile.use_of(platform).listen

    def is_own(self, platform: str, author: RawAuthor) -> bool:
        """Say whether the brand itself wrote it."""
        return (platform, author.external_id) in self._ids or (platform, bare_handle(author.handle)) in self._handles

    def is_bot(self, platform: str, author: RawAuthor) -> bool:
        """Say whether the platform or the profile calls the author a bot."""
        return author.is_bot or (platform, bare_handle(author.handle)) in self._bots

    def only_counts(self, post: RawPost, *, queries: Sequence[str], now: datetime) -> bool:
        """Say whether the post is counted and nothing more: too old, on a platform never answered, or only watched."""
        return (
            post.posted_at < now - self._profile.answer_window
            or self._profile.use_of(post.platform).answer is Answering.NEVER
            or (bool(queries) and not any(self._drafts_replies(name) for name in queries))
        )

    def _drafts_replies(self, name: str) -> bool:
        query = self._queries.get(name)
        return query is None or query.drafts_replies


def bare_handle(handle: str) -> str:
    """Return a handle without its sign and in one spelling, for comparing."""
    handle = handle.strip().casefold()
    return next((handle.removeprefix(prefix) for prefix in _PREFIXES if handle.startswith(prefix)), handle)


def _admits(query: Query, post: RawPost) -> bool:
    if query.platforms and post.platform not in query.platforms:
        return False
    if not query.languages or post.language is None:
        return True  # a post in an unknown language is rather heard than lost
    wanted = {language.casefold() for language in query.languages}
    spoken = post.language.casefold()
    return spoken in wanted or spoken.partition("-")[0] in wanted
