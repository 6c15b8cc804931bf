"""Bluesky: facts from the AT Protocol's lexicons."""

from datetime import timedelta

from platforms.capabilities import Capabilities
from platforms.counting import count_graphemes

FACTS = Capabilities(
    platform="bluesky",
    name="Bluesky",
    can_search=True,
    can_stream=True,
    can_read_threads=True,
    can_delete=True,
    max_length=300,
    count=count_graphemes,
    counted_in="graphemes",
    lag=timedelta(minutes=1),
    must_be_summoned=True,
)
