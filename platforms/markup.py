"""Turns HTML into plain text: no tag, no script, a line where a page shows one."""

import re
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
_CAP: Final = 400_000


def to_text(markup: str) -> str:
    """Return the words of HTML, or of plain text as they are; any text will do."""
    markup = markup[:_CAP]
    if not _TAG.search(markup):
        return markup.strip()
    parser = _Words()
    parser.feed(markup)
    parser.close()
    text = _SPACES.sub(" ", "".join(parser.parts).replace("\xa0", " "))
    lines = (line.strip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
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
