"""The label “bot” that an account puts on itself: com.atproto.label.defs#selfLabels on its profile's record."""

from typing import Any, Final

from platforms.bluesky.client import NoRecord
from platforms.bluesky.session import SessionOwner
from platforms.bluesky.values import Json, items, mapping, text

BOT: Final = "bot"
_PROFILE: Final = "app.bsky.actor.profile"
_LABELS: Final = "com.atproto.label.defs#selfLabels"


def read_profile(owner: SessionOwner) -> Json:
    """Return the account's profile record with its version, an empty one where it has none; raises Trouble."""
    query = {"repo": owner.current().did, "collection": _PROFILE, "rkey": "self"}
    try:
        return owner.ask("com.atproto.repo.getRecord", query)
    except NoRecord:
        return {}


def is_labelled(profile: Json) -> bool:
    """Say whether a profile's record carries the label."""
    labels = mapping(mapping(profile.get("value")).get("labels"))
    return any(mapping(label).get("val") == BOT for label in items(labels.get("values")))


def put_label(owner: SessionOwner, profile: Json) -> None:
    """Write the label on the profile and leave everything else there as it is; raises Trouble.

    Somebody's change since it was read is not written over: the server then refuses.
    """
    record: dict[str, Any] = {"$type": _PROFILE, **mapping(profile.get("value"))}
    others = items(mapping(record.get("labels")).get("values"))
    record["labels"] = {"$type": _LABELS, "values": [*others, {"val": BOT}]}
    session = owner.current()
    data = {
        "repo": session.did, "collection": _PROFILE, "rkey": "self", "record": record,
        "swapRecord": text(profile.get("cid")),
    }  # fmt: skip
    owner.tell_once("com.atproto.repo.putRecord", data, session=session)
