"""Mastodon: facts from its API documentation; an instance may allow more than 500 characters."""

from datetime import timedelta

from platforms.capabilities import Capabilities
from platforms.counting import count_with_links_at_23

FACTS = Capabilities(
    platform="mastodon",
    name="Mastodon",
    can_search=True,
    can_stream=True,
    can_read_threads=True,
    can_edit=True,
    can_delete=True,
    max_length=500,
    count=count_with_links_at_23,
    lag=timedelta(minutes=1),
)
