"""What a source on Bluesky, and an account there, want to know."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from config.base import Part, wrong
from config.brand.profile import Profile
from config.durations import Duration, parse_duration
from config.places import WebAddress

SERVICE: Final = "https://bsky.social"
APPVIEW: Final = "https://public.api.bsky.app"
JETSTREAM: Final = "wss://jetstream.us-east.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents"


class Listing(StrEnum):
    """What is read."""

    NOTIFICATIONS = "notifications"
    OWN = "own"
    SEARCH = "search"
    STREAM = "stream"


def _check_stream(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname:
        raise wrong("This isn't a stream's address.", f"Write it in full, such as {JETSTREAM}.")
    return value


class Options(Part):
    """Its settings under `options:`."""

    read: tuple[Listing, ...] | None = Field(
        default=None,
        min_length=1,
        description="notifications of the account, its own posts, a search, the stream; the first three with an account"
        " and the stream without one when left out.",
    )
    queries: tuple[str, ...] = Field(
        default=(), description="What to search for, in Bluesky's own words; the words of the brand's queries else."
    )
    service: WebAddress | None = Field(
        default=None, description=f"The account's server, as its own options say, or {SERVICE}, when left out."
    )
    appview: WebAddress = Field(default=APPVIEW, description="Where posts are looked up without an account.")
    jetstream: Annotated[str, AfterValidator(_check_stream)] = Field(
        default=JETSTREAM, description="The stream's address."
    )
    overlap: Duration = Field(
        default=parse_duration("10m"), description="How much is read again each time, for posts that show up late."
    )
    stream_for: Duration = Field(
        default=parse_duration("20s"), description="How long one reading listens to the stream at most."
    )

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.stream_for > timedelta(minutes=2):
            raise wrong("Listening for so long keeps other sources waiting.", "Write at most 2m.")
        return self


def service_of(options: Mapping[str, object]) -> str:
    """Return the server that an account's `options:` name, Bluesky's own when they name none."""
    named = options.get("service")
    return str(named).rstrip("/") if named else SERVICE


def service_for(profile: Profile, *, handle: str, named: str | None) -> str:
    """Return the server of the brand's account of that handle; `named` is what the source says itself."""
    if named:
        return named.rstrip("/")
    named_so = bare(handle)
    ours = (each for each in profile.accounts if each.platform == "bluesky" and bare(each.handle) == named_so)
    return service_of(next((account.options for account in ours), {}))


def bare(handle: str) -> str:
    """Return a handle as Bluesky writes it: without the sign, in small letters."""
    return handle.strip().removeprefix("@").lower()
