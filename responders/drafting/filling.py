"""Filling a canned response's placeholders with what is known, and refusing what isn't."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from config.brand.knowledge import Fact, Promise
from config.brand.placeholders import Placeholder, find_placeholders
from config.brand.profile import Profile

# A greeting that can't stand without a name after it.
_NEEDS_NAME = re.compile(
    r"(?:^|\n|[.!?]\s)(?:dear|liebe[rs]?|sehr geehrte[rs]?|chère?|querid[oa]|estimad[oa]|prezad[oa]|car[oa]"
    r"|beste|liewe|geagte"
    r"|mpendwa|प्रिय|عزيزي|عزيزتي)\s*$", re.IGNORECASE,
)  # fmt: skip
_BEFORE = re.compile(r"[,،、]?[ \u00a0]*$")
_AFTER = re.compile(r"^[ \u00a0]*[,،、:!–—-]?[ \u00a0]*")
_QUOTES = {"en": "“”", "de": "„“", "fr": "«»", "es": "«»", "pt": "“”", "it": "«»", "nl": "“”", "af": "“”", "ar": "«»"}
_OPEN_QUOTES = "“„«「\"'‘‚"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What may be filled in for one mention; None is not known."""

    name: str | None
    product: str | None
    said: str | None
    language: str
    today: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A canned response with everything filled in, and what it states."""

    text: str
    facts: tuple[str, ...]
    promises: tuple[str, ...]


def fill(template: str, *, known: Known, profile: Profile) -> Filled | None:
    """Return `template` filled in, or None when a placeholder can't be filled honestly in that language."""
    out, cited, last = "", _Cited(), 0
    for found in find_placeholders(template):
        out += _unescape(template[last : found.start])
        last = found.end
        if found.name == "name" and known.name is None:
            shortened = _drop_name(out, template[last:])
            if shortened is None:
                return None
            out, last = shortened[0], last + shortened[1]
            continue
        value = _value_of(found, out, known=known, profile=profile, cited=cited)
        if value is None:
            return None
        out += value
    text = _tidy(out + _unescape(template[last:]), capital=known.name is None)
    return Filled(text=text, facts=tuple(dict.fromkeys(cited.facts)), promises=tuple(dict.fromkeys(cited.promises)))


class _Cited:
    """What was cited so far."""

    def __init__(self) -> None:
        self.facts: list[str] = []
        self.promises: list[str] = []


def _value_of(found: Placeholder, before: str, *, known: Known, profile: Profile, cited: _Cited) -> str | None:
    readers: dict[str, Callable[[], str | None]] = {
        "name": lambda: known.name,
        "brand": lambda: profile.name,
        "product": lambda: known.product or profile.name,
        "said": lambda: _quote(known.said, before, known.language),
        "fact": lambda: _cite(profile.facts, found.cited, known, profile, cited.facts),
        "promise": lambda: _cite(profile.promises, found.cited, known, profile, cited.promises),
    }
    reader = readers.get(found.name)
    return reader() if reader else None


def _cite(
    entries: tuple[Fact, ...] | tuple[Promise, ...], wanted: str | None, known: Known, profile: Profile, into: list[str]
) -> str | None:  # fmt: skip
    for entry in entries:
        if entry.id == wanted and may_state(entry, known.today):
            text = entry.in_language(known.language, first=profile.first_language)
            if text:
                into.append(entry.id)
            return text or None
    return None


def may_state(entry: Fact | Promise, today: date | None) -> bool:
    """Say whether a fact or promise may be given on that day; what runs out is never given on an unknown day."""
    return entry.valid_until is None if today is None else entry.holds_on(today)


def _quote(said: str | None, before: str, language: str) -> str | None:
    if said is None or before.rstrip()[-1:] in set(_OPEN_QUOTES):
        return said
    marks = _QUOTES.get(language.partition("-")[0], "“”")
    opening, closing = marks[0], marks[-1]
    inner = "\u202f" if opening == "«" and language.startswith("fr") else ""
    return f"{opening}{inner}{said}{inner}{closing}"


def _drop_name(before: str, after: str) -> tuple[str, int] | None:
    """Take the comma or space of a missing name away too; None where the greeting needs one."""
    if _NEEDS_NAME.search(before):
        return None
    kept = _BEFORE.sub("", before)
    if kept and not kept.endswith("\n"):
        return kept, 0
    found = _AFTER.match(after)
    return kept, found.end() if found else 0


def _unescape(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _tidy(text: str, *, capital: bool) -> str:
    lines = [re.sub(r"[ \t]{2,}", " ", line).strip() for line in text.strip().split("\n")]
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
    return joined[:1].upper() + joined[1:] if capital else joined
