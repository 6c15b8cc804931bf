"""Connects a Mastodon account: signing in on its own server, once to read and once to answer, or with pasted tokens.

docs.joinmastodon.org/client/authorized: an app is registered, the person opens an address of their server and brings
back a code. Reading and writing are two apps, so that each key can do no more than its part, and either can be taken
back under Preferences, Account, Authorized apps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from domain.errors import InvalidInput
from domain.time import SystemClock
from platforms.connecting import Ask, Connected, Identity, Talk
from platforms.credentials import Credentials
from platforms.mastodon.client import Client
from platforms.mastodon.instances import address_of, host_of
from platforms.mastodon.options import Options
from platforms.mastodon.statuses import PLATFORM, identifier
from platforms.reach import Reach
from platforms.trouble import Trouble, TroubleKind

TOKEN: Final = "access_token"  # noqa: S105 - the name of one
READ: Final = ("read:accounts", "read:notifications", "read:search", "read:statuses")
# Looking a reply up needs to read; the server's whole `write` is never asked for.
WRITE: Final = ("read:accounts", "read:statuses", "write:statuses")
BROWSER, PASTED = "browser", "token"
_CAN: Final = {
    "read:notifications": "read mentions",
    "read:statuses": "read posts and threads",
    "read:search": "search",
    "read:accounts": "see whose account it is",
    "write:statuses": "post and edit replies",
}
_UNTOLD: Final = "what its scopes allow, which the server doesn't tell"


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the two keys: what it is called, what it is for, and its scopes."""

    name: str
    purpose: str
    scopes: tuple[str, ...]


_READING: Final = _Part("read", "read mentions and posts", READ)
_WRITING: Final = _Part("write", "send approved replies", WRITE)


class MastodonConnector:
    """Connects accounts of Mastodon."""

    platform = PLATFORM

    def asks(self) -> Sequence[Ask]:
        """Which server, what to listen for, and how to sign in."""
        return (
            Ask(
                name="instance", question="Which server is the account on?", hint="Such as mastodon.social; the end of "
                "its handle.",
            ),
            Ask(
                name="tags", question="Which hashtags, with commas between?", default="",
                hint="Posts with them are read besides the account's mentions; empty for none.",
            ),
            Ask(
                name="way", question=f"Sign in with the {BROWSER}, or paste a {PASTED}?", default=BROWSER,
                hint="A token is made on the server under Preferences, Development.",
            ),
        )  # fmt: skip

    def sign_in(self, answers: Mapping[str, str], /, *, reach: Reach, talk: Talk) -> Connected:
        """Sign in twice, to read and to write; an empty code or token the second time leaves it at reading."""
        address, tags = address_of(answers["instance"]), tuple(_tags(answers.get("tags", "")))
        way = answers.get("way", BROWSER).strip().casefold() or BROWSER
        if way not in {BROWSER, PASTED}:
            raise InvalidInput(f"“{way[:40]}” is no way to sign in; write {BROWSER} or {PASTED}.")
        get = _with_code if way == BROWSER else _pasted
        read = get(_READING, address=address, reach=reach, talk=talk)
        if not read:
            raise InvalidInput("Without a key to read with nothing is connected; start again, and bring the code back.")
        identity = self._whose(read, address=address, reach=reach)
        write = get(_WRITING, address=address, reach=reach, talk=talk)
        if write and self._whose(write, address=address, reach=reach).id != identity.id:
            raise InvalidInput("The two keys are of different accounts; sign in as the same one both times.")
        options: dict[str, object] = {"tags": list(tags)} if tags else {}
        return Connected(
            identity=identity, read={TOKEN: read}, write={TOKEN: write} if write else {},
            account_options={"instance": _written(address)}, sources=({"type": PLATFORM, "options": options},),
            source_notes=("mentions, answers, own posts" + (", and public posts with the hashtags" if tags else ""),),
        )  # fmt: skip

    def check(self, credentials: Credentials, /, *, options: Mapping[str, object], reach: Reach) -> Identity:
        """Ask the server whose key it is and what it may do."""
        said = options.get("instance")
        if not isinstance(said, str):
            raise InvalidInput("The account names no server; write under its options instance: mastodon.social, say.")
        return self._whose(credentials.get(TOKEN), address=address_of(said), reach=reach)

    def _whose(self, token: str, *, address: str, reach: Reach) -> Identity:
        client = _client(address, token=token, reach=reach)
        account = client.me()
        name, number = account.get("username") or account.get("acct"), identifier(account.get("id"))
        if not isinstance(name, str) or number is None:
            raise InvalidInput(f"{client.host} doesn't say whose key it is; check that it is a Mastodon server.")
        return Identity(handle=f"@{name}@{_domain(client)}", id=number, can=tuple(_abilities(client)))


def _with_code(part: _Part, *, address: str, reach: Reach, talk: Talk) -> str:
    client = _client(address, token=None, reach=reach)
    app = client.whole(
        client.read(
            lambda library: library.create_app(
                f"Earnest ({part.name})", scopes=list(part.scopes), api_base_url=address, session=library.session,
            )
        )
    )  # fmt: skip
    number, secret = app.get("client_id"), app.get("client_secret")
    if not isinstance(number, str) or not isinstance(secret, str):
        raise InvalidInput(f"{client.host} registers no app; check that it is a Mastodon server.")
    talk.show(f"To {part.purpose}, open this address, allow it, and copy the code that is shown:")
    talk.show(client.sign_in_address(number, scopes=part.scopes))
    code = talk.ask(
        Ask(
            name=f"{part.name}_code", question=f"The code to {part.purpose}",
            default=None if part is _READING else "", hint="" if part is _READING else "Empty to read only.",
            fresh=f"A script gives a token: --set way={PASTED} --set {part.name}_token=@FILE",
        )
    ).strip()  # fmt: skip
    if not code:
        return ""
    token = client.whole(client.json_of(client.sign_in(number, secret, code=code, scopes=part.scopes)))
    granted = token.get(TOKEN)
    if not isinstance(granted, str) or not granted:
        raise InvalidInput(f"{client.host} took the code but gave no key; start again with a fresh code.")
    return granted


def _pasted(part: _Part, *, address: str, reach: Reach, talk: Talk) -> str:  # noqa: ARG001 - as the other way
    talk.show(f"To {part.purpose}: {address}/settings/applications/new, with the scopes {' '.join(part.scopes)}")
    ask = Ask(
        name=f"{part.name}_token", question=f"The access token to {part.purpose}", secret=True,
        default=None if part is _READING else "", hint="" if part is _READING else "Empty to read only.",
    )  # fmt: skip
    return talk.ask(ask).strip()


def _client(address: str, *, token: str | None, reach: Reach) -> Client:
    if address.startswith("http://") and reach.endpoint is None and not reach.allow_private:
        raise InvalidInput(f"Keys would be sent to {host_of(address)} unencrypted; write its address with https://.")
    return Client(address, token=token, reach=reach, clock=SystemClock())


def _domain(client: Client) -> str:
    """Return what handles of the server end in, which may differ from where its interface is."""
    try:
        instance = client.instance()
    except Trouble:
        return client.host
    said = instance.get("domain") or instance.get("uri")
    return said.removeprefix("https://") if isinstance(said, str) and said else client.host


def _abilities(client: Client) -> Iterator[str]:
    """Yield what a key can do in plain words; servers before 4.3 don't say."""
    try:
        app = client.whole(client.read(lambda library: library.app_verify_credentials()))
    except Trouble as trouble:
        if trouble.kind not in {TroubleKind.REFUSED, TroubleKind.GONE, TroubleKind.WRONG, TroubleKind.UNAVAILABLE}:
            raise
        yield _UNTOLD
        return
    scopes: Any = app.get("scopes")
    if not isinstance(scopes, list):
        yield _UNTOLD
        return
    for scope in scopes:
        yield _CAN.get(scope, f"{scope} as well, which isn't needed")


def _tags(written: str) -> Iterator[str]:
    given = [tag.strip() for tag in written.split(",") if tag.strip()]
    try:
        yield from Options.model_validate({"tags": given}).tags
    except ValueError:
        raise InvalidInput(
            "Hashtags are single words; write them with commas between, such as tern, ternkettles."
        ) from None


def _written(address: str) -> str:
    """Return an address as people write it in settings: the scheme only where it isn't the usual one."""
    return address.removeprefix("https://")


CONNECTOR: Final = MastodonConnector()
