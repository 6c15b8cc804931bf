"""What an edit newly reaches outside the desk is found; what it merely moves or drops isn't."""

from typing import Any

import pytest

from config.brand.profile import Profile
from config.brand.reach import find_new_reach

BASE: dict[str, Any] = {
    "slug": "tern", "name": "Tern", "time_zone": "UTC", "queries": [{"name": "name", "expression": "tern"}],
    "sources": [
        {"id": "box", "type": "folder", "path": "inbox", "pattern": "*.csv"},
        {"id": "hook", "type": "webhook", "signing_secret": "HOOK"},
        {"id": "server", "type": "mastodon", "options": {"instance": "a.example"}, "credentials": {"token": "T"}},
        {"id": "news", "type": "feed", "url": "https://a.example/feed"},
    ],
    "accounts": [{"platform": "x", "handle": "tern", "credentials": {"access_token": "X"}}],
    "webhooks": [{"id": "crm", "url": "https://crm.example/in", "signing_secret": "CRM"}],
}  # fmt: skip


def _with(**changes: Any) -> Profile:
    return Profile.model_validate({**BASE, **changes})


def _source(place: int, **changes: Any) -> list[dict[str, Any]]:
    sources = [dict(each) for each in BASE["sources"]]
    sources[place] |= changes
    return sources


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"sources": _source(0, path="../secrets.env")}, "sources.box"),
        ({"sources": _source(0, pattern="*")}, "sources.box"),
        ({"sources": _source(1, signing_secret="OTHER")}, "sources.hook"),
        ({"sources": _source(2, options={"instance": "evil.example"})}, "sources.server"),
        ({"sources": _source(2, credentials={"access_token": "OTHER_TOKEN"})}, "sources.server"),
        ({"sources": [*BASE["sources"], {"id": "leak", "type": "file", "path": "secrets.env"}]}, "sources.leak"),
        (
            {"accounts": [{"platform": "x", "handle": "tern", "credentials": {"access_token": "OTHER"}}]},
            "accounts.tern",
        ),
        (
            {"webhooks": [{"id": "crm", "url": "https://evil.example/", "signing_secret": "CRM"}]},
            "webhooks.crm",
        ),
    ],
)
def test_a_new_reach_is_named(changes: dict[str, Any], place: str) -> None:
    assert find_new_reach(_with(**changes), known=_with()) == [place]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Tern & Co"},
        {"sources": BASE["sources"][1:]},
        {"sources": _source(0, id="letters", interval="1h", enabled=False)},
        {"sources": _source(3, url="https://b.example/feed")},
        {"accounts": [], "webhooks": []},
    ],
)
def test_what_reaches_no_further_is_allowed(changes: dict[str, Any]) -> None:
    assert find_new_reach(_with(**changes), known=_with()) == []
