"""What a reply on Mastodon owes the post that it answers: whom it names, how public it is, and its content warning."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from unicodedata import normalize

from platforms.markup import to_text
from platforms.mastodon.statuses import Me

# From the most public to the least; one that we don't know, as other software has, counts as the least.
_VISIBILITIES: Final = ("public", "unlisted", "private", "direct")
_LEADING: Final = re.compile(r"^(?:@[\w.-]+(?:@[\w.-]+)?\s+)+")
_SERVER: Final = re.compile(r"(?<![\w/])(@[\w.-]+)@[\w-]+(?:\.[\w-]+)*(?::\d+)?")


class Answered:
    """The status that is answered, read no further than a reply needs."""

    def __init__(self, status: Mapping[str, Any]) -> None:
        """Take it as the server gives it."""
        self._status = status

    @property
    def visibility(self) -> str:
        """Who sees it."""
        return str(self._status.get("visibility") or "public")

    @property
    def warning(self) -> str:
        """Its content warning, which answers keep as Mastodon's own programs do."""
        said = self._status.get("spoiler_text")
        return said.strip() if isinstance(said, str) else ""

    def callees(self, me: Me) -> tuple[str, ...]:
        """Return whom an answer must name to reach them: the author, or below a post of `me` whom that one named."""
        author = self._status.get("account")
        if not me.is_in(author):
            return _accts([author])
        mentions = self._status.get("mentions")
        return _accts([account for account in mentions if not me.is_in(account)] if isinstance(mentions, list) else [])


def with_mention(text: str, callees: Sequence[str]) -> str:
    """Return a text that names each of `callees`, in front where it doesn't yet: only who is named is notified."""
    missing = [acct for acct in callees if not _names(text, acct)]
    return " ".join([*(f"@{acct}" for acct in missing), text])


def narrower(*visibilities: str | None) -> str:
    """Return the least public of some visibilities; those that are None say nothing."""
    ranks = [
        _VISIBILITIES.index(each) if each in _VISIBILITIES else len(_VISIBILITIES) - 1
        for each in visibilities
        if each is not None
    ]
    return _VISIBILITIES[max(ranks, default=0)]


def same_words(status: Mapping[str, Any], text: str) -> bool:
    """Say whether a status is a reply that was sent with `text`, whatever the server made of its handles and spaces."""
    content = status.get("content")
    return isinstance(content, str) and _bare(to_text(content)) == _bare(text)


def _accts(accounts: Sequence[object]) -> tuple[str, ...]:
    found = (account.get("acct") for account in accounts if isinstance(account, dict))
    return tuple(dict.fromkeys(acct for acct in found if isinstance(acct, str) and acct))


def _names(text: str, acct: str) -> bool:
    name, _, server = acct.partition("@")
    # A name alone is one of this server; for another's, the server must be there.
    ending = rf"@{re.escape(server)}(?![\w.-]*\w)" if server else r"(?![\w-])(?!@\w)"
    return re.search(rf"(?<![\w/@])@{re.escape(name)}{ending}", text, re.IGNORECASE) is not None


def _bare(text: str) -> str:
    shown = _SERVER.sub(r"\1", normalize("NFC", text))
    return " ".join(_LEADING.sub("", f"{' '.join(shown.split())} ").split())
