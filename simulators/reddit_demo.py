"""Reddit to try: an account that people mention, a subreddit that talks of it, and a comment every now and then."""

from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from typing import Final

from simulators.desk import PATH, Desk, Shown
from simulators.reddit import RedditSimulator
from simulators.trial import Trial

# Who, what, and how many hours ago; {} is the account's name.
_SUBMISSIONS: Final = (
    ("ada_brews", "A month with the {} kettle", "It pours like a dream, and u/{} answered within the hour.", 30),
    ("bo_lindqvist", "Order from {} nine days late", "Has anybody else waited so long for a {} order?", 26),
    ("cy_at_sea", "Which grinder for decaf?", "I hear the {} one takes it well.", 20),
)
# Who, what, which submission it answers, and how many hours ago.
_COMMENTS: Final = (
    ("dee_writes", "u/{} do you ship to Norway?", 0, 8),
    ("eli_m", "It would be great if the {} lid came in green too.", 0, 5),
    ("fern_k", "u/{} the second kettle that leaks at the spout. I'm so done.", 1, 2),
)
_NEW: Final = (
    ("gus_p", "u/{} is the shop in Gent open on Monday?"),
    ("hana_t", "u/{} best coffee I've had all year"),
    ("ivo_r", "u/{} the handle came off this morning, with hot water in it!"),
)
_READ: Final = "identity read privatemessages history"
_WRITE: Final = "identity submit read history"


def start(*, handle: str = "ploverday") -> Trial:
    """Make one whose account has that name."""
    simulator = RedditSimulator(account=handle)
    now = simulator.now()
    threads = [
        simulator.add_submission(
            title.format(handle), text.format(handle, handle), author=author, at=now - hours * 3600
        )
        for author, title, text, hours in _SUBMISSIONS
    ]  # fmt: skip
    for author, text, place, hours in _COMMENTS:
        simulator.add_comment(threads[place], text.format(handle), author=author, at=now - hours * 3600)
    rest = cycle(_NEW)

    def refresh() -> None:
        author, text = next(rest)
        simulator.add_comment(threads[0], text.format(handle), author=author)

    app = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    record = {"approval": "not needed in a simulator"}
    return Trial(
        platform="reddit", name="Reddit", handle=handle, refresh=refresh, page=PATH,
        serve=partial(simulator.serve, before=_desk(simulator).before),
        told=(
            f"{len(simulator.things)} posts of the last days are in it, and u/{handle} is mentioned once a minute.",
            "The real Reddit must approve your use first; the record of that is made up here.",
            f"To connect as with the real one, write the endpoint and run: earnest connect reddit, as {handle}.",
            f"The app's id is “{simulator.client_id}”, its secret “{simulator.client_secret}”. Or write all of this:",
        ),
        read_keys={**app, "refresh_token": simulator.grant(_READ)},
        write_keys={**app, "refresh_token": simulator.grant(_WRITE)},
        records=record,
        sources=(
            {"id": "reddit-inbox", "type": "reddit", "match": "everything", "interval": "1m", "records": dict(record),
             "options": {"search": False, "inbox": True}},
            {"id": "reddit-coffee", "type": "reddit", "interval": "5m", "records": dict(record),
             "options": {"subreddits": ["coffee"], "inbox": False}},
        ),
    )  # fmt: skip


def _desk(simulator: RedditSimulator) -> Desk:
    def posts() -> list[Shown]:
        # A request may add one meanwhile.
        return [
            Shown(
                external_id=name, author=f"u/{thing.author}", text="\n".join(filter(None, (thing.title, thing.text))),
                at=datetime.fromtimestamp(thing.created, UTC), is_own=thing.author == simulator.account,
                answers=thing.parent or None, is_gone=bool(thing.taken),
            )
            for name, thing in list(simulator.things.items())
        ]  # fmt: skip

    return Desk(name="Reddit", posts=posts, delete=simulator.delete)
