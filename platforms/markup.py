"""Turns HTML into plain text: no tag, no script, a line where a page shows one."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Final

_BLOCKS: Final = frozenset(
    {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"}
    | {"section", "article", "header", "footer", "hr", "dt", "dd", "figure"}
)
_SILENT: Final = frozenset({"script", "style", "head", "template", "noscript", "iframe", "object", "svg"})
_TAG: Final = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z]")
_SPACES: Final = re.compile(r"[ \t\f\v]+")
_EMPTY_LINES: Final = re.compile(r"\n\s*\n\s*")
# Ten times what intake keeps of a post.
_CAP: Final = 200_000
_DECLARATION: Final = re.compile(r"<!(?:(--)|(\[CDATA\[)|\[(?:if|else|endif)|[a-zA-Z])", re.IGNORECASE)


def to_text(markup: str) -> str:
    """Return the words of HTML, or of plain text as they are; any text will do."""
    markup = markup[:_CAP]
    if not _TAG.search(markup):
        return markup.strip()
    # Behind the last > stands no whole tag, and the parser would look for the end of each anew.
    end = markup.rfind(">") + 1
    parser = _Words()
    parser.feed(markup[:end])
    parser.close()
    parser.handle_data(unescape(markup[end:]))
    text = _SPACES.sub(" ", "".join(parser.parts).replace("\xa0", " "))
    lines = (line.strip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


class LenientParser(HTMLParser):
    """A parser that any text can be fed to: Python's own raises at `<![` before an unknown name.

    Comments and declarations are passed over; one that has no end, or is none, is text.
    """

    def __init__(self) -> None:
        """Start with nothing read."""
        super().__init__(convert_charrefs=True)
        # What was looked for once and isn't there isn't looked for again: that would take the square of the time.
        self._missing: set[str] = set()

    def parse_comment(self, i: int, report: bool = True) -> int:  # noqa: ARG002, FBT001, FBT002 - the parser's own
        """Return where the comment at `i` ends."""
        return self.parse_html_declaration(i)

    def parse_html_declaration(self, i: int) -> int:
        """Return where the comment or declaration at `i` ends."""
        found = _DECLARATION.match(self.rawdata, i)
        close = _close_of(found) if found else ""
        end = -1 if not found or close in self._missing else self.rawdata.find(close, i + 2)
        if end >= 0:
            return end + len(close)
        if close:
            self._missing.add(close)
        self.handle_data("<!")
        return i + 2


def _close_of(declaration: re.Match[str]) -> str:
    if declaration[1]:
        return "-->"
    return "]]>" if declaration[2] else ">"


class _Words(LenientParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")
        elif tag == "img":
            self._say(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        elif tag in _BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def _say(self, words: str) -> None:
        if not self._silent:
            self.parts.append(words)
