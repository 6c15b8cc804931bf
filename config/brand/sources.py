"""Where posts come from: a union told apart by `type`, open to collectors from outside."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, JsonValue, Tag

from config.base import Part, wrong
from config.durations import Duration, parse_duration
from config.names import Identifier, PlatformName, SecretName
from config.places import Language, Money, WebAddress

BUILT_IN = ("feed", "hackernews", "file", "folder", "webhook")
_CRON_FIELD = r"[0-9a-zA-Z*/,\-]+"


def _check_cron(value: str) -> str:
    if not re.fullmatch(rf"{_CRON_FIELD}(\s+{_CRON_FIELD}){{4}}", value, re.ASCII):
        raise wrong(
            f"“{value}” isn't a schedule.",
            "Write five fields, minute hour day month weekday, such as 0 */2 * * *, or use interval: 2h.",
        )
    return " ".join(value.split())


class SourceBase(Part):
    """What every source has."""

    id: Identifier = Field(description="A short name that stays the same; how far it was read is kept under it.")
    enabled: bool = Field(default=True, description="Whether it is read.")
    language: Language | None = Field(default=None, description="The language of its posts, where all share one.")
    budget: Money | None = Field(default=None, description="The most its platform may charge a month; then it pauses.")
    calls: int | None = Field(default=None, ge=1, description="The most requests it may make a month; then it pauses.")
    match: Literal["queries", "everything"] = Field(
        default="queries",
        description="queries keeps the posts that match one of the brand's; everything keeps all, as for its reviews.",
    )


class Polled(SourceBase):
    """A source that is asked again and again."""

    interval: Duration = Field(default=parse_duration("10m"), description="How long to wait between readings.")
    schedule: Annotated[str, AfterValidator(_check_cron)] | None = Field(
        default=None,
        description="Instead of interval: five cron fields, in the brand's time zone.",
    )
    backfill: Duration = Field(default=parse_duration("7d"), description="How far back the first reading goes.")


class FeedSource(Polled):
    """A feed: RSS, Atom or JSON Feed."""

    type: Literal["feed"]
    url: WebAddress = Field(description="The feed's address.")


class HackerNewsSource(Polled):
    """Stories and comments on Hacker News."""

    type: Literal["hackernews"]
    query: str | None = Field(
        default=None, description="Words to search for; those of the brand's queries when left out."
    )


Format = Literal["auto", "csv", "jsonl", "ndjson"]


class FileSource(Polled):
    """One file of posts, read again when it changes."""

    type: Literal["file"]
    path: str = Field(min_length=1, description="The file, counted from the folder of earnest.yaml.")
    format: Format = Field(default="auto", description="csv, jsonl or ndjson; told by the file's ending when auto.")
    platform: PlatformName = Field(default="file", description="The platform of posts that name none.")
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Your column for each of ours, such as text: Comment, where they differ.",
    )


class FolderSource(Polled):
    """A folder: every file that appears in it is read."""

    type: Literal["folder"]
    path: str = Field(min_length=1, description="The folder, counted from the folder of earnest.yaml.")
    pattern: str = Field(default="*", min_length=1, description="Which files, such as *.csv.")
    format: Format = Field(default="auto", description="csv, jsonl or ndjson; told by each file's ending when auto.")
    platform: PlatformName = Field(default="file", description="The platform of posts that name none.")
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="Your column for each of ours, such as text: Comment, where they differ.",
    )


class WebhookSource(SourceBase):
    """Posts that another system sends, signed, to /hooks/{brand}."""

    type: Literal["webhook"]
    signing_secret: SecretName = Field(description="The name of the secret that both sides sign with.")
    platform: PlatformName = Field(default="webhook", description="The platform of posts that name none.")


class OutsideSource(Polled):
    """A source whose collector is found by its name (x, reddit, mastodon, bluesky or a plug-in's); see its page.

    Its own settings stand under `options`.
    """

    type: PlatformName = Field(
        description="x, reddit, mastodon, bluesky, or the name that a plug-in gives its own.",
        json_schema_extra={"not": {"enum": list(BUILT_IN)}},  # so that one shape fits each source in an editor
    )
    account: str | None = Field(
        default=None, description="The handle of the brand's account that it reads as; the brand's there when left out."
    )
    records: dict[str, str] = Field(
        default_factory=dict,
        description="What its platform demands on record before it may be read, such as approval: when it was given.",
    )
    recheck: Duration | None = Field(
        default=None,
        description="How long after it was posted a post is looked at again for deletions; as long as it is kept when"
        " left out.",
    )
    options: dict[str, JsonValue] = Field(default_factory=dict, description="What the collector wants to know.")
    credentials: dict[str, SecretName] = Field(
        default_factory=dict,
        description="Its keys by what they are, each giving the name of a secret.",
    )


def _tell_type(value: Any) -> str:  # noqa: ANN401  (whatever YAML held, or a model)
    kind = value.get("type") if isinstance(value, dict) else getattr(value, "type", None)
    return kind if kind in BUILT_IN else "outside"


Source = Annotated[
    Annotated[FeedSource, Tag("feed")]
    | Annotated[HackerNewsSource, Tag("hackernews")]
    | Annotated[FileSource, Tag("file")]
    | Annotated[FolderSource, Tag("folder")]
    | Annotated[WebhookSource, Tag("webhook")]
    | Annotated[OutsideSource, Tag("outside")],
    Discriminator(_tell_type),
]
