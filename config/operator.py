"""The operator's file, earnest.yaml: where this installation keeps its data, serves, sends mail and works."""

from ipaddress import ip_network
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from config.base import Part, wrong
from config.brand.answers import UnattendedIntent
from config.durations import Duration, parse_duration
from config.names import Email, PlatformName, SecretName, Slug
from config.places import WebAddress
from config.secrets import REFERENCE
from domain.labels import Intent, Sentiment


def _check_database(value: str) -> str:
    if REFERENCE.fullmatch(value):
        return value
    try:
        parts = urlsplit(value)
        passwords = [parts.password or "", *parse_qs(parts.query).get("password", [])]
    except ValueError:
        raise wrong("This isn't a database address.", "Write sqlite:///… or postgresql+psycopg://….") from None
    if any(password and not REFERENCE.fullmatch(password) for password in passwords):
        raise wrong(
            "A password is written into the file.",
            "Put it in the environment as EARNEST_DB_PASSWORD, or in the secrets file, and write ${DB_PASSWORD} here.",
        )
    if parts.scheme not in {"sqlite", "postgresql", "postgresql+psycopg"}:
        raise wrong(f"“{parts.scheme}” isn't a database that Earnest knows.", "Use sqlite or postgresql+psycopg.")
    return value


class Database(Part):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(_check_database)] | None = Field(
        default=None,
        description="SQLite in data_dir when left out; postgresql+psycopg://earnest:${DB_PASSWORD}@host/earnest else.",
    )


def _check_network(value: str) -> str:
    try:
        ip_network(value)
    except ValueError:
        raise wrong(f"“{value}” isn't an address or network.", "Write one such as 127.0.0.1 or 10.0.0.0/8.") from None
    return value


class Server(Part):
    """The desk's web server."""

    host: str = Field(default="127.0.0.1", min_length=1, description="The address it listens on.")
    port: int = Field(default=8765, ge=1, le=65535, description="The port it listens on.")
    public_url: WebAddress | None = Field(
        default=None, description="Where people reach it, for links in mail; http://host:port when left out."
    )
    trusted_proxies: tuple[Annotated[str, AfterValidator(_check_network)], ...] = Field(
        default=(), description="Addresses or networks of reverse proxies whose X-Forwarded headers are believed."
    )
    metrics_secret: SecretName | None = Field(
        default=None,
        description="The name of the secret that other machines send as a bearer to read /metrics.",
    )
    secure_cookies: bool | None = Field(
        default=None, description="Whether cookies travel over TLS alone; follows public_url when left out."
    )

    @property
    def address(self) -> str:
        """Where people reach the desk, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def cookies_are_secure(self) -> bool:
        """Whether cookies are sent over TLS alone."""
        return self.address.startswith("https:") if self.secure_cookies is None else self.secure_cookies


class Smtp(Part):
    """The mail server; without a host nothing is mailed, and digests are pages only."""

    host: str | None = Field(default=None, description="Its name.")
    port: int = Field(default=587, ge=1, le=65535, description="Its port: 587 for starttls, 465 for tls.")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="starttls, tls from the first byte, or none (only on this machine)."
    )
    username: str | None = Field(default=None, description="Whom to log in as, if it asks.")
    password_secret: SecretName | None = Field(default=None, description="The name of the secret that is its password.")
    from_address: Email | None = Field(default=None, description="The address that mail comes from.")
    from_name: str = Field(default="Earnest", description="The name beside that address.")

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.host and not self.from_address:
            raise wrong("The mail server has no sender.", "Add `from_address:` (the address that mail comes from).")
        if self.username and not self.password_secret:
            raise wrong("The mail server has a username but no password.", "Add `password_secret:` (a secret's name).")
        if self.username and self.security == "none" and self.host not in {"localhost", "127.0.0.1", "::1"}:
            raise wrong("The password would travel in the open.", "Write security: starttls, or tls.")
        return self


def _check_model(value: str) -> str:
    if value != "default" and not (value.startswith("hf:") and len(value) > 3):
        raise wrong(f"“{value}” isn't a model.", "Write default, or hf: and a folder with a text-classification model.")
    return value


def _check_label(value: str) -> str:
    known = [*Sentiment, *(intent for intent in Intent if intent is not Intent.ABSTAINED)]
    if value not in known:
        raise wrong(f"“{value}” isn't a label of Earnest's.", f"Write one of {', '.join(known)}.")
    return value


class Understanding(Part):
    """The model that sorts mentions."""

    model: Annotated[str, AfterValidator(_check_model)] = Field(
        default="default", description="default ships with Earnest; hf:PATH is a Hugging Face model in a folder."
    )
    labels: dict[str, Annotated[str, AfterValidator(_check_label)]] = Field(
        default_factory=dict, description="For an hf: model: its label, then ours, such as LABEL_2: positive."
    )
    batch: int = Field(default=32, ge=1, le=1024, description="How many mentions are sorted at once.")
    threads: int = Field(default=0, ge=0, le=256, description="How many threads it uses; 0 for one a core.")


class Network(Part):
    """What may be fetched from addresses that people enter: feeds, link previews."""

    allow_private: bool = Field(default=False, description="Whether such addresses may lie in private networks.")
    timeout: Duration = Field(default=parse_duration("20s"), description="How long one request may take.")
    max_body_mb: int = Field(default=10, ge=1, le=1000, description="The most megabytes that are read of an answer.")
    endpoints: dict[PlatformName, WebAddress] = Field(
        default_factory=dict,
        description="Another address for a platform, such as x: http://127.0.0.1:9001 for a simulator.",
    )


class Outbox(Part):
    """Where approved replies go."""

    to: Literal["platforms", "file"] = Field(
        default="platforms",
        description="platforms, each reply to its own; file, all into outbox.jsonl in data_dir, for trying.",
    )


class AllowedAutoSend(Part):
    """One kind of reply that may go out without a person; the brand's own file must say the same."""

    brand: Slug = Field(description="The brand's slug.")
    intent: UnattendedIntent = Field(description="praise, question or suggestion; a complaint always meets a person.")
    platform: PlatformName = Field(description="The platform.")


class Retention(Part):
    """How long things are kept; what a platform deletes goes at once, whatever is written here."""

    mentions: Duration = Field(default=parse_duration("730d"), description="Mentions and what grew from them.")
    filed: Duration = Field(default=parse_duration("90d"), description="Mentions of intent other that nobody used.")
    threads: Duration = Field(default=parse_duration("1d"), description="Posts around a mention, kept as context.")
    rejects: Duration = Field(default=parse_duration("30d"), description="Rows that couldn't be read.")
    jobs: Duration = Field(default=parse_duration("14d"), description="The engine's finished jobs.")
    audit: Duration = Field(default=parse_duration("1825d"), description="Who did what; ids and hashes, never text.")


class Logging(Part):
    """What is logged; never customers' text, never secrets."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="The least that is logged.")
    format: Literal["console", "json"] = Field(default="console", description="console for people, json for programs.")


class Workers(Part):
    """How much is done at once."""

    concurrency: int = Field(default=8, ge=1, le=256, description="How many jobs run at once in one process.")
    polling_interval_ms: int = Field(default=50, ge=10, le=60_000, description="How often the queue is looked at.")


def _one_or_more(value: Any) -> Any:  # noqa: ANN401  (whatever YAML held)
    return (value,) if isinstance(value, str) else value


PathText = Annotated[str, Field(min_length=1)]


class Settings(Part, BaseSettings):
    """The operator's file; EARNEST__SERVER__PORT=9000 in the environment goes before server.port here."""

    model_config = SettingsConfigDict(env_prefix="EARNEST__", env_nested_delimiter="__", extra="forbid", frozen=True)

    data_dir: PathText = Field(default="data", description="The folder that holds everything, from this file's folder.")
    secrets_file: PathText | None = Field(
        default=None, description="A file of NAME=value lines that only its owner can read (chmod 600)."
    )
    brands: Annotated[tuple[PathText, ...], NoDecode, BeforeValidator(_one_or_more)] = Field(
        default=("brands",), min_length=1, description="Brand files, or folders of them, from this file's folder."
    )
    database: Database = Field(default=Database(), description="Where everything is kept.")
    server: Server = Field(default=Server(), description="The desk's web server.")
    smtp: Smtp = Field(default=Smtp(), description="The mail server.")
    sentiment: Understanding = Field(default=Understanding(), description="The model that sorts mentions.")
    network: Network = Field(default=Network(), description="What may be fetched.")
    outbox: Outbox = Field(default=Outbox(), description="Where approved replies go.")
    auto_send: tuple[AllowedAutoSend, ...] = Field(
        default=(), description="What may go out without a person; nothing by default."
    )
    retention: Retention = Field(default=Retention(), description="How long things are kept.")
    logging: Logging = Field(default=Logging(), description="What is logged.")
    workers: Workers = Field(default=Workers(), description="How much is done at once.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  (the library's signature)
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read nothing behind the caller's back: `config.loading` brings the environment in, and says so."""
        return (init_settings,)
