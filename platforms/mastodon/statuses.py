"""One status of Mastodon's API as a post (docs.joinmastodon.org/entities/Status).

Other servers speak the same API with other ids (Pleroma's flakes, GoToSocial's ULIDs), missing fields and odd types:
what a post can't do without is an id, a time and an author; everything else is taken where it can be read.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from domain.labels import PostKind
from domain.posts import RawAuthor, RawPost
from platforms.markup import to_text
from platforms.mastodon.instances import bare_name

PLATFORM: Final = "mastodon"
Data = Mapping[str, object]
_COUNTS: Final = {
    "replies": "replies_count", "reposts": "reblogs_count", "likes": "favourites_count", "quotes": "quotes_count",
}  # fmt: skip


class Unreadable(Exception):
    """An item that is no post; the text says what it lacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The account that is read for, as its instance knows it; empty where that isn't known."""

    id: str = ""
    name: str = ""

    def is_in(self, account: object) -> bool:
        """Say whether `account` is this one: the same id, or the same name on this very server."""
        if not isinstance(account, dict):
            return False
        if self.id and identifier(account.get("id")) == self.id:
            return True
        acct = account.get("acct") or account.get("username")
        return bool(self.name) and isinstance(acct, str) and "@" not in acct and bare_name(acct) == self.name

    @property
    def is_known(self) -> bool:
        """Whether there is such an account."""
        return bool(self.id or self.name)


NOBODY: Final = Me()


def read_status(item: object, *, me: Me = NOBODY, addressed: bool | None = None) -> RawPost:
    """Return the post that a status shows, for a boost the boosted one; raises Unreadable.

    `addressed` is known from elsewhere, as from a notification; else the status' own marks say whether `me` is called.
    """
    status = original_of(item)
    external_id = identifier(status.get("id"))
    if external_id is None:
        raise Unreadable("The post has no id.")
    posted_at = instant(status.get("created_at"))
    if posted_at is None:
        raise Unreadable("The post has no time that can be read.")
    parent = identifier(status.get("in_reply_to_id"))
    return RawPost(
        platform=PLATFORM,
        external_id=external_id,
        text=text_of(status),
        author=_author(status.get("account")),
        posted_at=posted_at,
        kind=PostKind.REPLY if parent else PostKind.POST,
        url=_address(status.get("url")) or _address(status.get("uri")),
        language=_line(status.get("language")),
        in_reply_to=parent,
        visibility=_line(status.get("visibility")),
        addressed=addressed if addressed is not None or not me.is_known else is_addressed(status, me),
        metrics={ours: count for ours, theirs in _COUNTS.items() if (count := _count(status.get(theirs))) is not None},
    )


def original_of(item: object) -> Data:
    """Return the status that an item shows: what was boosted, since a boost is no post of its own."""
    if not isinstance(item, dict):
        raise Unreadable("The item is no object.")
    inner = item.get("reblog")
    return inner if isinstance(inner, dict) else item


def is_addressed(status: Data, me: Me) -> bool:
    """Say whether a status mentions the account or answers it."""
    mentions = status.get("mentions")
    if isinstance(mentions, list) and any(me.is_in(account) for account in mentions):
        return True
    return bool(me.id) and identifier(status.get("in_reply_to_account_id")) == me.id


def text_of(status: Data) -> str:
    """Return the words of a status: the content warning first, then the text; for pictures alone what they show."""
    content = status.get("content")
    # A deleted status gives its source instead, and only the content is HTML.
    words = to_text(content) if isinstance(content, str) else _line(status.get("text"))
    parts = [part for part in (_line(status.get("spoiler_text")), words) if part]
    return "\n\n".join(parts or _descriptions(status.get("media_attachments")))


def identifier(value: object) -> str | None:
    """Return an id as text; servers give a string, a few a number."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip() or None


def instant(value: object) -> datetime | None:
    """Read a time, ISO 8601 or seconds since 1970, in UTC; None for anything else."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.strip())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _author(account: object) -> RawAuthor:
    if not isinstance(account, dict):
        raise Unreadable("The post has no author.")
    handle = _line(account.get("acct")) or _line(account.get("username"))
    external_id = identifier(account.get("id")) or handle
    if external_id is None:
        raise Unreadable("The post's author has neither an id nor a name.")
    return RawAuthor(
        external_id=external_id,
        handle=handle or external_id,
        name=_line(account.get("display_name")),
        url=_address(account.get("url")) or _address(account.get("uri")),
        followers=_count(account.get("followers_count")),
        is_bot=account.get("bot") is True or account.get("actor_type") in {"Service", "Application"},
    )


def _descriptions(media: object) -> list[str]:
    return list(_described(media)) if isinstance(media, list) else []


def _described(media: list[object]) -> Iterator[str]:
    for attachment in media:
        described = _line(attachment.get("description")) if isinstance(attachment, dict) else None
        if described:
            yield described


def _line(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _address(value: object) -> str | None:
    return value if isinstance(value, str) and value.startswith(("https://", "http://")) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
