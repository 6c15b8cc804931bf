"""X to try: an account that people call on, and a new post every now and then."""

from datetime import datetime, timedelta
from functools import partial
from html import unescape
from itertools import cycle
from typing import Final

from simulators.desk import PATH, Desk, Shown
from simulators.trial import Trial
from simulators.x import APP_TOKEN, USER_TOKEN, XSimulator

# Who, what, and how many hours ago; {} is the account.
_POSTS: Final = (
    ("ada_brews", "@{} I love my new kettle, it pours like a dream. Thank you!", 30),
    ("bo_lindqvist", "@{} my order is nine days late and nobody answers my mails.", 26),
    ("cy_at_sea", "Does anybody know whether the {} grinder takes decaf?", 20),
    ("dee_writes", "@{} do you ship to Norway?", 8),
    ("eli_m", "@{} it would be great if the lid came in green too", 5),
    ("fern_k", "The second {} kettle that leaks at the spout. I'm so done.", 2),
)
_NEW: Final = (
    ("gus_p", "@{} is the shop in Gent open on Monday?"),
    ("hana_t", "@{} best coffee I've had all year"),
    ("ivo_r", "@{} the handle came off this morning, with hot water in it!"),
)


def start(*, handle: str = "ploverday") -> Trial:
    """Make one whose account has that handle."""
    simulator = XSimulator(handle=handle)
    state = simulator.state
    for author, text, hours in _POSTS:
        state.add_post(text.format(handle), author=author, at=state.now() - timedelta(hours=hours))
    quoted = state.add_post("New: a kettle for two cups.", author=handle, at=state.now() - timedelta(hours=4))
    state.add_post("Two cups! At last.", author="jo_w", quotes=quoted, at=state.now() - timedelta(hours=3))
    rest = cycle(_NEW)

    def refresh() -> None:
        author, text = next(rest)
        state.add_post(text.format(handle), author=author)

    return Trial(
        platform="x", name="X", handle=handle, refresh=refresh, page=PATH,
        serve=partial(simulator.serve, before=_desk(simulator).before),
        told=(
            f"{len(state.posts)} posts of the last days are in it, and somebody writes to @{handle} once a minute.",
            "Replies go to who called on the account; any other is refused, as X does.",
            "To connect as with the real one, write the endpoint below and run: earnest connect x",
            f"The app's bearer token is “{APP_TOKEN}”, its client id any word. Or write all of this:",
        ),
        read_keys={"bearer_token": APP_TOKEN},
        write_keys={
            "consumer_key": "demo-consumer-key", "consumer_secret": "demo-consumer-secret", "access_token": USER_TOKEN,
            "access_token_secret": "demo-user-secret",
        },
        records={"automated_label": "not needed in a simulator"},
        sources=(
            {"id": "x-mentions", "type": "x", "match": "everything", "interval": "1m",
             "options": {"read": ["mentions", "own"]}},
            {"id": "x-search", "type": "x", "interval": "5m", "options": {"read": ["search"]}},
        ),
    )  # fmt: skip


def _desk(simulator: XSimulator) -> Desk:
    state = simulator.state

    def posts() -> list[Shown]:
        # A request may add one meanwhile.
        return [
            Shown(
                external_id=key, author=f"@{post['_username']}", text=unescape(post["text"]),
                at=datetime.fromisoformat(post["created_at"]), is_own=post["author_id"] == simulator.account_id,
                answers=next((each["id"] for each in post.get("referenced_tweets", ()) if each["type"] == "replied_to"),
                             None),
                is_gone=key in state.gone,
            )
            for key, post in list(state.posts.items())
        ]  # fmt: skip

    return Desk(name="X", posts=posts, delete=state.remove)
