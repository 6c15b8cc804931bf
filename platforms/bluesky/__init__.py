"""Bluesky: facts from the AT Protocol's lexicons and Bluesky's developer documentation.

Length: app.bsky.feed.post (300 graphemes, 3000 bytes). Rates: docs.bsky.app/docs/advanced-guides/rate-limits. Who may
be answered, and the label: docs.bsky.app/docs/starter-templates/bots. Deletions: getPosts leaves out what is deleted,
taken down or of an account that is gone; Jetstream tells of each deletion.
"""

from datetime import timedelta
from typing import Final

from platforms.capabilities import Capabilities, Demand, Rate
from platforms.counting import count_graphemes

BOT_LABEL: Final = "bot_label"

FACTS = Capabilities(
    platform="bluesky",
    name="Bluesky",
    can_search=True,
    can_stream=True,
    can_read_threads=True,
    can_reply=True,
    # A record can be changed, but the network shows a post as it was written first.
    can_edit=False,
    can_delete=True,
    can_react=True,
    most_media=4,
    max_length=300,
    count=count_graphemes,
    counted_in="graphemes",
    # A reply is looked up in the account's own repository, where it stands at once.
    lag=timedelta(minutes=1),
    # The record's key is our own choice, so a second try of a reply can't become a second reply.
    absence_is_certain=True,
    must_be_summoned=True,
    demands_to_answer=(
        Demand(
            key=BOT_LABEL,
            sentence=(
                "Bluesky wants an account that a program answers from to carry the label “bot”; "
                "earnest connect bluesky sets it on the account's profile."
            ),
        ),
    ),
    rates=(
        Rate(what="requests", requests=3_000, per=timedelta(minutes=5), of="address"),
        Rate(what="sign-ins", requests=30, per=timedelta(minutes=5)),
        Rate(what="sign-ins", requests=300, per=timedelta(hours=24)),
        # 5000 points an hour and 35000 a day, and a new record is three of them.
        Rate(what="replies", requests=1_666, per=timedelta(hours=1)),
        Rate(what="replies", requests=11_666, per=timedelta(hours=24)),
    ),
    delete_sync="delete events of the stream, and looking posts up by their addresses",
    deleted_within=timedelta(hours=24),
)
