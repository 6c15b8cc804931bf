"""Careful reading of single values: whatever JSON held comes out as what it should be, or as nothing."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from domain.errors import EarnestError
from domain.posts import RawAuthor, Reject
from platforms.x.snowflake import time_of

PLATFORM: Final = "x"
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Wed Aug 27 13:08:45 +0000 2008, in English whatever the machine's language.
_OLD: Final = re.compile(r"\w{3} (\w{3}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) ([+-]\d{4}) (\d{4})", re.ASCII)
# X's own codes for no language (docs.x.com, lang), and two that ISO has renamed.
_NO_LANGUAGE: Final = frozenset({"und", "zxx", "art", "qam", "qct", "qht", "qme", "qst"})
_RENAMED: Final = {"in": "id", "iw": "he"}
_PAYLOAD_CAP: Final = 20_000


class Unreadable(EarnestError):
    """An item has no id, no text or no time; the sentence says which."""


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return a list, an empty one for anything else."""
    return value if isinstance(value, list) else []


def as_id(*values: object) -> str | None:
    """Return the first value that is an id, a number or text, as text."""
    for value in values:
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return str(value)
    return None


def as_text(value: object) -> str | None:
    """Return a text as a person would read it: X escapes three characters; None for no text."""
    if not isinstance(value, str):
        return None
    return value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def as_word(value: object) -> str:
    """Return a short text, an empty one for anything else."""
    return value.strip() if isinstance(value, str) else ""


def as_language(value: object) -> str | None:
    """Return a language code; None where X doesn't know."""
    code = as_word(value).lower()
    return None if not code or code in _NO_LANGUAGE else _RENAMED.get(code, code)


def as_time(value: object, external_id: str) -> datetime:
    """Return a time in either of X's spellings, else the one inside the id; raises Unreadable when there is none."""
    found = _written(value) if isinstance(value, str) else None
    found = found or time_of(external_id)
    if found is None:
        raise Unreadable("The post has no time that can be read.")
    return found


def counts(source: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, int]:
    """Return figures by our names for theirs; what isn't a whole number is left out."""
    found = {ours: source.get(theirs) for theirs, ours in names.items()}
    return {name: value for name, value in found.items() if isinstance(value, int) and not isinstance(value, bool)}


def author(external_id: str | None, user: Mapping[str, Any], *, handle: str, followers: object) -> RawAuthor:
    """Return who wrote a post; what isn't told is empty."""
    return RawAuthor(
        external_id=external_id or "",
        handle=handle,
        name=as_word(user.get("name")) or None,
        url=f"https://x.com/{handle}" if handle else None,
        followers=followers if isinstance(followers, int) and not isinstance(followers, bool) else None,
    )


def link_to(external_id: str, handle: str) -> str:
    """Return a post's address; X finds it under any name."""
    return f"https://x.com/{handle or 'i'}/status/{external_id}"


def reject(place: str, reason: str, item: object) -> Reject:
    """Return what is kept of an item that can't be read."""
    return Reject(place=place, reason=reason, payload=json.dumps(item, ensure_ascii=False)[:_PAYLOAD_CAP])


def _written(value: str) -> datetime | None:
    try:
        if old := _OLD.fullmatch(value.strip()):
            month, day, hour, minute, second, offset, year = old.groups()
            text = f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{hour}:{minute}:{second}{offset}"
            return datetime.fromisoformat(text).astimezone(UTC)
        moment = datetime.fromisoformat(value.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
