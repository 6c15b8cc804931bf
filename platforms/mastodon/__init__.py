"""Mastodon: facts from docs.joinmastodon.org and its source; servers that speak its API are read alike."""

from datetime import timedelta

from platforms.capabilities import Capabilities, Rate
from platforms.mastodon.limits import DEFAULT_MOST, MENTION, count_by_default

_FIVE_MINUTES = timedelta(minutes=5)

FACTS = Capabilities(
    platform="mastodon",
    name="Mastodon",
    can_search=True,
    can_stream=True,
    can_read_threads=True,
    can_reply=True,
    can_edit=True,
    can_delete=True,
    can_react=True,
    # configuration.statuses.max_media_attachments of /api/v2/instance; 4 unless an instance says otherwise.
    most_media=4,
    # What a draft may hold anywhere: the rest is for the @mention that the publisher puts in front. The publisher
    # checks the instance's own limit, which may be larger.
    max_length=DEFAULT_MOST - MENTION,
    count=count_by_default,
    counted_in="characters",
    # A server shows its own account's posts at once; a read replica may lag.
    lag=timedelta(minutes=1),
    absence_is_certain=False,
    # docs.joinmastodon.org/api/rate-limits
    rates=(
        Rate(what="any request", requests=300, per=_FIVE_MINUTES, of="account"),
        Rate(what="any request without a key", requests=300, per=_FIVE_MINUTES, of="network address"),
        Rate(what="deleting or un-boosting a post", requests=30, per=timedelta(minutes=30), of="account"),
    ),
    delete_sync=(
        "Posts are read again and those that the server no longer has are erased; a stream tells of deletions at once."
    ),
    deleted_within=timedelta(hours=24),
)
