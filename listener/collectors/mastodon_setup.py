"""What a source's settings and the brand's account say about how Mastodon is read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from config.brand.listening import Account
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from domain.errors import InvalidInput
from listener.context import CollectorContext
from platforms.mastodon.instances import address_of, bare_name, host_of, instance_of
from platforms.mastodon.options import Options
from platforms.mastodon.statuses import PLATFORM, Me
from platforms.reach import Reach

TOKEN = "access_token"  # noqa: S105 - the name of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A server's address, the key if there is one, what is read there, and for which account.

    `own` gives the brand's handles as its profile writes them by the names that their own server shows.
    """

    address: str
    token: str | None = field(repr=False)
    options: Options
    mentions: bool
    me: Me
    own: Mapping[str, str] = field(default_factory=dict)


def set_up(source: OutsideSource, *, context: CollectorContext) -> Setup:
    """Read a source's settings; raises InvalidInput or MissingCredential naming what is wrong and the mend."""
    try:
        options = Options.model_validate(dict(source.options))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "options"
        raise InvalidInput(f"The source {source.id} has wrong options ({place}): {first['msg']}") from None
    account = _account(context.profile, context.account)
    address = _address(source, options, account)
    _check_one_server(context.profile)
    token = context.credentials.get(TOKEN) if options.mentions else context.credentials.find(TOKEN)
    _check_secrecy(address, token, context.reach)
    mentions = token is not None if options.mentions is None else options.mentions
    if not mentions and not options.tags and not options.search:
        raise InvalidInput(
            f"The source {source.id} reads nothing: name tags or words to search for under its options, or run: "
            f"earnest connect mastodon --brand {context.profile.slug}"
        )
    me = Me(id=account.id or "", name=bare_name(account.handle)) if account else Me()
    own = {bare_name(each.handle): each.handle for each in _accounts(context.profile)}
    return Setup(address=address, token=token, options=options, mentions=mentions, me=me, own=own)


def _accounts(profile: Profile) -> list[Account]:
    return [account for account in profile.accounts if account.platform == PLATFORM]


def _account(profile: Profile, handle: str) -> Account | None:
    return next((account for account in _accounts(profile) if account.handle == handle), None)


def _address(source: OutsideSource, options: Options, account: Account | None) -> str:
    if options.instance:
        return options.instance
    found = instance_of(account.handle, account.options) if account else None
    if found is None:
        raise InvalidInput(
            f"The source {source.id} names no server; write under its options where it reads, such as "
            f"instance: mastodon.social."
        )
    return found


def _check_one_server(profile: Profile) -> None:
    """Refuse two servers for one brand: each gives posts and people ids of its own, and they would be mixed up."""
    hosts = {host_of(address) for address in _addresses(profile)}
    if len(hosts) > 1:
        raise InvalidInput(
            f"{profile.name} names several Mastodon servers ({', '.join(sorted(hosts))}), whose ids would be mixed up; "
            "keep one, since it shows the posts of the others too."
        )


def _addresses(profile: Profile) -> Iterator[str]:
    for account in _accounts(profile):
        if found := instance_of(account.handle, account.options):
            yield found
    for source in profile.sources:
        if isinstance(source, OutsideSource) and source.type == PLATFORM:
            said = source.options.get("instance")
            if isinstance(said, str) and said.strip():
                yield address_of(said)


def _check_secrecy(address: str, token: str | None, reach: Reach) -> None:
    if token and address.startswith("http://") and reach.endpoint is None and not reach.allow_private:
        raise InvalidInput(f"The key would be sent to {host_of(address)} unencrypted; write its address with https://.")
