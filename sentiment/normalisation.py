"""What a post looks like to the model; training and inference share these lines, so both see the same text.

What inference leaves out, the post above a longer one, stands in `prediction` (decision 24).
"""

import html
import re

USER, BRAND, LINK = "@user", "@brand", "http"
_LINK = re.compile(r"(?:https?://|www\.)\S+|\{link\}|\bhttp\b(?!:)", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_HANDLE = re.compile(r"(?<![\w@])@(\w[\w.]*\w|\w)(?:@[\w-]+(?:\.[\w-]+)+)?")
_REDDITOR = re.compile(r"(?<![\w/])/?u/([\w-]{3,20})(?![\w/-])", re.ASCII)
_HASHTAG = re.compile(r"#(\w+)")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Za-z])(?=\d)|_+")
_LONG_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_LONG_MARK = re.compile(r"([^\w\s])\1{3,}")
_INVISIBLE = re.compile("[\u200b\u2060\ufeff\u00ad\u202a-\u202e\x00-\x08\x0b-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_SHOUTED_LETTERS, _SHOUTED_SHARE = 10, 0.7


def normalise_text(text: str, *, brand: str | None = None, limit: int = 2_000) -> str:
    """The post with links, mail addresses and handles masked, hashtags split and noise in letters evened out.

    A handle that holds the brand's name becomes `@brand`, any other `@user`; emoji stay as they are. Only the first
    `limit` characters count: the model reads about 128 pieces. Applying it twice changes nothing more.
    """
    text = _INVISIBLE.sub("", html.unescape(text[:limit])).replace("’", "'")
    text = _LINK.sub(LINK, text)
    # Before mail addresses, since a handle with its server looks like one.
    for handle in (_HANDLE, _REDDITOR):
        text = handle.sub(lambda found: _mask_handle(found.group(1), brand), text)
    text = _MAIL.sub("mail", text)
    text = _HASHTAG.sub(lambda found: "# " + _CAMEL.sub(" ", found.group(1)).strip(), text)
    text = _LONG_LETTER.sub(r"\1\1", text)
    text = _LONG_MARK.sub(r"\1\1\1", text)
    text = _SPACE.sub(" ", text).strip()
    return text.lower() if _is_shouted(text) else text


def _mask_handle(handle: str, brand: str | None) -> str:
    """`@brand` where the handle and the brand's name share their letters, `@user` elsewhere."""
    if handle.casefold() == "brand":
        return BRAND
    name, own = _letters(handle), _letters(brand or "")
    return BRAND if len(own) > 2 and (own in name or (len(name) > 3 and name in own)) else USER


def _letters(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _is_shouted(text: str) -> bool:
    letters = "".join(filter(str.isalpha, text))
    upper = len(list(filter(str.isupper, letters)))
    return len(letters) >= _SHOUTED_LETTERS and upper > _SHOUTED_SHARE * len(letters)


def context_of(*, brand: str | None, parent: str | None, limit: int = 160) -> str | None:
    """The second half of the model's input: the brand's name and the post above, or None where neither is known."""
    parts = []
    if brand and brand.strip():
        parts.append(brand.strip()[:40])
    if parent and parent.strip():
        parts.append("↑ " + normalise_text(parent, brand=brand)[:limit])
    return " ".join(parts) or None
