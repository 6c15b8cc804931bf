"""Reddit: facts from its API documentation."""

from datetime import timedelta

from platforms.capabilities import Capabilities

FACTS = Capabilities(
    platform="reddit",
    name="Reddit",
    can_search=True,
    can_read_threads=True,
    can_edit=True,
    can_delete=True,
    max_length=10_000,
    lag=timedelta(minutes=5),
)
