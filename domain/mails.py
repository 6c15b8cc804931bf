"""A mail to send, and what became of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Inline:
    """A picture inside a mail, referred to as cid:`content_id`."""

    content_id: str
    content: bytes
    subtype: str = "png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A multipart mail; `message_id` is fixed, so that a second copy can be told from a first.

    On its `last_try` who can't take it now goes without, so that the others get theirs: rather some than nobody.
    """

    message_id: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    images: tuple[Inline, ...] = ()
    last_try: bool = False
