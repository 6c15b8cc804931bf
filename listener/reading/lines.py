"""Cuts bytes into lines, each with where it begins and ends, whatever the encoding; never holds a whole file."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

# A line longer than this is no row of a post; it is passed over without being held.
LINE_CAP: Final = 4 * 2**20
_BLOCK: Final = 2**18
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How a file's text is written: the codec, and how many bytes its mark takes at the start."""

    codec: str
    mark: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `start` and `end` are byte offsets, the newline within; `text` has no newline.

    `ended` is False for a last line without one, `whole` False for one that is too long to be kept, `clean` False
    for one that isn't in its file's encoding and was read as Windows-1252 or Latin-1.
    """

    start: int
    end: int
    raw: bytes
    text: str
    ended: bool
    whole: bool
    clean: bool


def detect_encoding(head: bytes) -> Encoding:
    """Return the encoding that a file's first bytes announce; UTF-8 without a mark otherwise."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, len(mark))
    return Encoding("utf-8", 0)


def read_lines(stream: BinaryIO, *, encoding: Encoding, start: int, base: int = 0) -> Iterator[Line]:
    """Yield the lines of `stream`, which stands at byte `start`; `base` is where whole characters are counted from."""
    newline = "\n".encode(encoding.codec)
    held, at, skipping = bytearray(), start, 0
    while block := stream.read(_BLOCK):
        held += block
        while (cut := _find(held, newline, at - base)) >= 0:
            raw = bytes(held[:cut])
            del held[:cut]
            yield _line(raw, at - skipping, at + cut, encoding, ended=True, whole=not skipping)
            at, skipping = at + cut, 0
        if len(held) > LINE_CAP:
            # Keep what may be half a newline.
            dropped = len(held) - len(held) % len(newline) - len(newline)
            del held[:dropped]
            at, skipping = at + dropped, skipping + dropped
    if held or skipping:
        yield _line(bytes(held), at - skipping, at + len(held), encoding, ended=False, whole=not skipping)


def _find(held: bytearray, newline: bytes, phase: int) -> int:
    """Return where the first line of `held` ends, with its newline; -1 when it doesn't. Only whole characters count."""
    width = len(newline)
    cut = held.find(newline)
    while cut >= 0 and (cut + phase) % width:
        cut = held.find(newline, cut + 1)
    return cut + width if cut >= 0 else -1


def _line(raw: bytes, start: int, end: int, encoding: Encoding, *, ended: bool, whole: bool) -> Line:
    try:
        text, clean = raw.decode(encoding.codec), True
    except UnicodeDecodeError:
        text, clean = _decode_anyhow(raw, encoding.codec), False
    return Line(start, end, raw, text.rstrip("\n"), ended, whole, clean)


def _decode_anyhow(raw: bytes, codec: str) -> str:
    if codec != "utf-8":
        return raw.decode(codec, "replace")
    try:
        # What Windows writes; its quotes, dashes and euro are control characters in Latin-1.
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
