"""What the guards judge a draft by: the draft, the brand's knowledge, and what the customer wrote."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from config.brand.knowledge import Fact, Promise
from config.brand.profile import Profile
from domain.answers import Finding, Severity
from domain.classification import Classification
from responders.texts import fold

_NUMBER = re.compile(r"(?<![0-9])[0-9]+(?:[.,'’\u00a0\u202f ][0-9]{3})*(?:[.,][0-9]+)?(?![0-9])")
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'“”«»()\[\]]+", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|co|eu|de|fr|es|pt|it|nl|in|br|app|shop|store|dev|me|ly|gl"
    r"|uk|za|example)"
    r"(?![\w-])(?:/[^\s<>\"'“”«»()\[\]]*)?", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What a brand's profile lets a reply say on one day, prepared for reading many drafts."""

    profile: Profile
    statements: tuple[str, ...]
    expired: tuple[tuple[str, str], ...]
    numbers: frozenset[str]
    stated: str
    hosts: frozenset[str]
    own: str

    @classmethod
    def of(cls, profile: Profile, today: date | None) -> "Knowledge":
        """Read a profile; on an unknown day nothing that runs out may be said."""
        statements, expired = [], []
        entries: tuple[Fact | Promise, ...] = (*profile.facts, *profile.promises)
        for entry in entries:
            holds = entry.valid_until is None if today is None else entry.holds_on(today)
            texts = [text for text in (entry.text, *entry.texts.values()) if text]
            if holds:
                statements += texts
            else:
                expired += [(entry.id, fold(text)) for text in texts]
        names = [profile.name, *profile.voice.sign_offs.values(), profile.voice.sign_off]
        for product in profile.products:
            names += [product.name, *product.aliases, product.url or ""]
        own = "\n".join((*statements, *names, *(account.handle for account in profile.accounts)))
        return cls(
            profile=profile, statements=tuple(fold(text) for text in statements), expired=tuple(expired),
            numbers=frozenset(number for _, _, forms in find_numbers(own) for number in forms),
            stated="\n".join(fold(text) for text in statements), own=fold(own),
            hosts=frozenset(filter(None, (host_of(address) for _, _, address in find_links(own)))),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One draft as the guards see it.

    `said` and `thread` are the customer's words, `recent` our latest texts as `skeleton_of` returns them,
    `author_name` the first name that the draft uses; `seen` is what the model says of the post, `short_code` the canned
    response that the text is, word for word.
    """

    text: str
    folded: str
    knowledge: Knowledge
    platform: str
    language: str | None
    said: str = ""
    thread: tuple[str, ...] = ()
    author_name: str | None = None
    recent: tuple[str, ...] = ()
    seen: Classification | None = None
    short_code: str | None = None
    covered: list[tuple[int, int]] = field(default_factory=list)

    @property
    def profile(self) -> Profile:
        """The brand's profile."""
        return self.knowledge.profile

    @property
    def heard(self) -> str:
        """All that the customer wrote, folded."""
        return fold("\n".join((self.said, *self.thread)))

    def is_stated(self, start: int, end: int) -> bool:
        """Say whether the stretch lies inside a fact or promise that the draft gives word for word."""
        return any(first <= start and end <= last for first, last in self.covered)


def find_covered(folded: str, statements: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return where a draft gives a fact or promise word for word."""
    spans = []
    for statement in statements:
        bare = statement.strip().rstrip(".!")
        start = folded.find(bare) if bare else -1
        while start >= 0:
            spans.append((start, start + len(bare)))
            start = folded.find(bare, start + len(bare))
    return spans


def find_numbers(text: str) -> list[tuple[int, int, frozenset[str]]]:
    """Return the numbers of `text` in any script's digits: where they stand, and what they may mean.

    `1.000` may be a thousand or one; `12,50` is `12.5`.
    """
    plain = text if text.isascii() else "".join(_as_ascii(letter) for letter in text)
    return [(*found.span(), _meanings(found.group())) for found in _NUMBER.finditer(plain)]


def _as_ascii(letter: str) -> str:
    if letter.isascii():
        return letter
    value = unicodedata.digit(letter, None)
    return letter if value is None else str(value)


def _meanings(number: str) -> frozenset[str]:
    parts = re.split(r"[.,'’\u00a0\u202f ]", number)
    whole = "".join(parts).lstrip("0") or "0"
    if len(parts) == 1:
        return frozenset({whole})
    decimal = ("".join(parts[:-1]).lstrip("0") or "0") + "." + parts[-1]
    decimal = decimal.rstrip("0").rstrip(".")
    return frozenset({whole, decimal} if len(parts[-1]) == 3 else {decimal})


def find_links(text: str) -> list[tuple[int, int, str]]:
    """Return the web addresses in `text`, those without a scheme too, and where they stand."""
    found = [(*match.span(), match.group()) for match in _LINK.finditer(text)]
    for match in _BARE_HOST.finditer(text):
        if not any(start <= match.start() < end for start, end, _ in found):
            found.append((*match.span(), match.group()))
    return sorted(found)


def host_of(address: str) -> str | None:
    """Return an address's host without `www.`, or None when it can't be read."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def found_at(rule: str, severity: Severity, message: str, span: tuple[int, int] | None = None) -> Finding:
    """Return a finding about one place, or about the whole."""
    start, end = span or (None, None)
    return Finding(rule=rule, severity=severity, message=message, start=start, end=end)
