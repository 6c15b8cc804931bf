"""Names and references inside settings: slugs, ids, logins, platforms, secrets, addresses."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from config.base import wrong


def _shaped(pattern: str, what: str, mend: str) -> Callable[[str], str]:
    """Return a validator that lets through what matches `pattern` in full."""
    shape = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not shape.fullmatch(value):
            raise wrong(f"“{value}” isn't {what}.", mend)
        return value

    return check


_SLUG = r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_WORD = r"[a-z0-9][a-z0-9_-]{0,31}"
_SECRET = r"[A-Z][A-Z0-9_]{0,127}"  # noqa: S105  (the shape of a name)
_MAIL = r"[^@\s,;<>]+@[^@\s,;<>.]+(?:\.[^@\s,;<>.]+)*"

Slug = Annotated[
    str,
    AfterValidator(_shaped(_SLUG, "a slug", "Use small letters, digits and hyphens, such as kestrel-coffee.")),
    WithJsonSchema({"type": "string", "pattern": f"^{_SLUG}$"}),
]
Identifier = Annotated[
    str,
    AfterValidator(_shaped(_ID, "an id", "Use letters, digits, hyphens, underscores and dots, such as return-window.")),
    WithJsonSchema({"type": "string", "pattern": f"^{_ID}$"}),
]
PlatformName = Annotated[
    str,
    AfterValidator(_shaped(_WORD, "a platform's name", "Use small letters and digits, such as hackernews.")),
    WithJsonSchema({"type": "string", "pattern": f"^{_WORD}$"}),
]
ShortCode = Annotated[
    str,
    AfterValidator(lambda value: value.removeprefix("/")),
    AfterValidator(
        _shaped(_WORD, "a short code", "Use small letters, digits, hyphens and underscores, such as thanks.")
    ),
    WithJsonSchema({"type": "string", "pattern": f"^/?{_WORD}$"}),
]
Email = Annotated[
    str,
    AfterValidator(_shaped(_MAIL, "a mail address", "Write one address, such as desk@example.com.")),
    WithJsonSchema({"type": "string", "format": "email"}),
]


def name_secret(value: str) -> str:
    """Return the bare name in `NAME`, `${NAME}` or `EARNEST_NAME`; an inline secret is refused and never echoed."""
    bare = value.removeprefix("${").removesuffix("}") if value.startswith("${") else value
    if not re.fullmatch(_SECRET, bare, re.ASCII):
        raise wrong(
            "A secret is written into the file.",
            "Put it in the environment as EARNEST_NAME, or as NAME=... in the secrets file, and write only NAME here"
            " (capital letters, digits and underscores).",
        )
    return bare.removeprefix("EARNEST_") or bare


SecretName = Annotated[
    str,
    AfterValidator(name_secret),
    WithJsonSchema({"type": "string", "pattern": rf"^(\$\{{{_SECRET}\}}|{_SECRET})$"}),
]
