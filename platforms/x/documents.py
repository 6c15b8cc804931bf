"""The JSON of an answer: one value, or one a line as streams and compliance jobs give it."""

import json
from dataclasses import dataclass
from typing import Any, Final

_SHOWN: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a body holds: its values, whether it began as JSON and doesn't end as such, and what else it is."""

    parts: tuple[Any, ...] = ()
    is_broken: bool = False
    note: str = ""
    text: str = ""

    @classmethod
    def of(cls, body: bytes) -> "Document":
        """Read a body of any kind; never raises."""
        text = body.decode("utf-8", "replace").lstrip("\ufeff").strip()
        if not text:
            return cls(note="nothing")
        whole = _parse(text)
        if whole is not _NOTHING:
            return cls(parts=(whole,))
        if text[0] not in "{[":
            return cls(note=_what(text))
        lines = [_parse(line) for line in text.splitlines() if line.strip()]
        good = tuple(line for line in lines if line is not _NOTHING)
        # One broken line among many is the cut-off end of a stream; a page that breaks off has no whole line.
        if good and all(isinstance(line, dict) for line in good) and len(lines) - len(good) <= 1:
            return cls(parts=good)
        return cls(is_broken=True, text=text[:_SHOWN])


_NOTHING: Final = object()


def _parse(text: str) -> Any:  # noqa: ANN401 - whatever JSON held
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _NOTHING


def _what(text: str) -> str:
    start = text[:200].lower()
    if start.startswith(("<!doctype html", "<html", "<?xml", "<")):
        return "a page of HTML"
    return "a token" if start.startswith("oauth_token=") else "text that isn't JSON"
