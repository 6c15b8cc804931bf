"""Makes a raw post fit to be kept: one spelling of its text, no control characters, nothing too long."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Final

from domain.errors import InvalidInput
from domain.posts import RawAuthor, RawPost
from domain.time import as_utc
from listener.made import LONG

TEXT_CAP: Final = 20_000
TITLE_CAP: Final = 500
NAME_CAP: Final = 200
URL_CAP: Final = 2_000
ID_CAP: Final = 200
_METRICS_CAP: Final = 20

# Control characters but tab and newline, marks that turn the reading direction, and halves of characters, which no
# database takes; joiners stay, since emoji and Hindi need them.
_UNWANTED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BLANK_LINES: Final = re.compile(r"\n[ \t]*\n\s*\n+")
_PLATFORM: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)
_UNKNOWN_LANGUAGES: Final = frozenset({"und", "zxx", "mul", "mis"})


def normalise_post(post: RawPost, *, now: datetime, language: str | None = None) -> RawPost:
    """Return `post` as it is kept; `language` is what its source says all its posts are in.

    A post from the future is dated `now`. Raises InvalidInput for one without an id, a platform or any text.
    """
    platform = post.platform.strip().lower()
    if not _PLATFORM.fullmatch(platform):
        raise InvalidInput("The post names no platform; use small letters and digits, such as forum.")
    text, title = clean(post.text, cap=TEXT_CAP), clean_line(post.title, cap=TITLE_CAP)
    external_id = clean_id(post.external_id)
    if not external_id:
        raise InvalidInput("The post has no id; give each its own, which stays the same.")
    if not text and not title:
        raise InvalidInput("The post has no text.")
    if not text or text == title:
        text, title = title or text, None  # said once is enough
    return replace(
        post,
        platform=platform,
        external_id=external_id,
        text=text,
        title=title,
        author=_author(post.author),
        posted_at=min(as_utc(post.posted_at), now),
        url=clean_url(post.url),
        language=clean_language(language or post.language),
        conversation_id=clean_id(post.conversation_id),
        in_reply_to=clean_id(post.in_reply_to),
        visibility=clean_line(post.visibility, cap=40),
        metrics=_metrics(post.metrics),
    )


def clean(text: str, *, cap: int) -> str:
    """Return text in NFC, without control characters, at most one blank line at a time, cut at `cap` characters."""
    text = text[: cap * 2].replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", _UNWANTED.sub("", text))
    return _BLANK_LINES.sub("\n\n", text).strip()[:cap].rstrip()


def clean_line(text: str | None, *, cap: int) -> str | None:
    """Return text on one line, cut at `cap` characters; None when nothing is left."""
    return " ".join(clean(text, cap=cap).split()) or None if text else None


def clean_id(value: str | None) -> str | None:
    """Return a platform's id; one that is too long to keep is replaced by its hash, which stays the same too."""
    value = _UNWANTED.sub("", value or "").strip()
    if len(value) > ID_CAP:
        return f"{LONG}{sha256(value.encode()).hexdigest()}"
    return value or None


def clean_url(url: str | None) -> str | None:
    """Return a web address, None for anything else: a page links to it."""
    url = _UNWANTED.sub("", url or "").strip()
    return url if url.lower().startswith(("http://", "https://")) and len(url) <= URL_CAP else None


def clean_language(language: str | None) -> str | None:
    """Return a language tag such as `pt-BR`; None for one that says nothing."""
    tag = (language or "").strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(tag) or len(tag) > 16 or tag.lower() in _UNKNOWN_LANGUAGES:
        return None
    first, _, rest = tag.partition("-")
    return f"{first.lower()}-{rest.upper() if len(rest) == 2 else rest.title()}" if rest else first.lower()


def _author(author: RawAuthor) -> RawAuthor:
    handle = clean_line(author.handle, cap=NAME_CAP) or "anonymous"
    followers = author.followers if author.followers is not None and 0 <= author.followers < 2**31 else None
    return replace(
        author,
        external_id=clean_id(author.external_id) or handle,
        handle=handle,
        name=clean_line(author.name, cap=NAME_CAP),
        url=clean_url(author.url),
        followers=followers,
    )


def _metrics(metrics: Mapping[str, int]) -> dict[str, int]:
    return {key[:40]: count for key, count in list(metrics.items())[:_METRICS_CAP] if abs(count) < 2**53}
