"""What a profile reaches outside the desk: files of the server, secrets, and where those secrets go.

Whoever may edit one brand may not reach further by it than the operator let that brand: another brand's secrets lie in
the same file (decision 25).
"""

import json
from collections.abc import Iterator
from typing import NamedTuple

from config.base import Part
from config.brand.profile import Profile
from config.brand.sources import FileSource, FolderSource, OutsideSource, WebhookSource


class Connection(NamedTuple):
    """Something outside that a profile reaches: where the profile says so, and all that decides what is reached."""

    place: str
    content: str


def find_new_reach(profile: Profile, *, known: Profile) -> list[str]:
    """Return the places in `profile` that reach for what `known` doesn't, such as `sources.reviews`."""
    granted = {connection.content for connection in _connections(known)}
    return [each.place for each in _connections(profile) if each.content not in granted]


def _connections(profile: Profile) -> Iterator[Connection]:
    for source in profile.sources:
        place = f"sources.{source.id}"
        if isinstance(source, FileSource | FolderSource):
            yield Connection(place, _tell(source, "type", "path", "pattern"))
        elif isinstance(source, WebhookSource):
            yield Connection(place, _tell(source, "type", "signing_secret"))
        elif isinstance(source, OutsideSource):
            yield Connection(place, _tell(source, "type", "account", "options", "credentials"))
    for account in profile.accounts:
        place = f"accounts.{account.handle}"
        yield Connection(place, _tell(account, "platform", "handle", "id", "options", "credentials"))
    for webhook in profile.webhooks:
        yield Connection(f"webhooks.{webhook.id}", _tell(webhook, "url", "signing_secret"))


def _tell(part: Part, *fields: str) -> str:
    kept = part.model_dump(mode="json", include=set(fields))
    return json.dumps([type(part).__name__, kept], sort_keys=True)
