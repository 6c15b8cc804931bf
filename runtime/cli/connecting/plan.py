"""What connecting an account adds to a brand's file, worked out before anything is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from config.brand.listening import Account
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from config.editing import add_to
from platforms.connecting import Connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An account and its sources as they are to stand in the file; `changes` are the names to set in an old entry.

    `source_records` are records to set in sources that stand there already, by their places.
    """

    platform: str
    handle: str
    reply: bool
    account: Mapping[str, Any] | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    place: int = 0
    sources: tuple[Mapping[str, Any], ...] = ()
    source_records: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    use: Mapping[str, Any] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of the new sources."""
        return tuple(str(source["id"]) for source in self.sources)

    def write_into(self, text: str, *, file: str) -> str:
        """Return the file's text with everything added; raises CannotEdit."""
        if self.account is not None:
            text = add_to(text, ("accounts",), [self.account], file=file)
        for name, value in self.changes.items():
            if isinstance(value, Mapping):
                text = add_to(text, ("accounts", self.place, name), value, file=file)
            else:
                text = add_to(text, ("accounts", self.place), {name: value}, file=file)
        for place, records in self.source_records.items():
            text = add_to(text, ("sources", place, "records"), records, file=file)
        if self.sources:
            text = add_to(text, ("sources",), self.sources, file=file)
        return add_to(text, ("platforms",), {self.platform: self.use}, file=file) if self.use else text


def make_plan(
    profile: Profile,
    connected: Connected,
    *,
    platform: str,
    chosen: Sequence[Mapping[str, Any]],
    reply: bool,
    records: Mapping[str, str],
    read_records: Mapping[str, str],
) -> Plan:
    """Work out what is missing in a profile for an account that was signed in to."""
    identity, options = connected.identity, dict(connected.account_options)
    wanted: dict[str, Any] = {"platform": platform, "handle": identity.handle}
    wanted |= {"id": identity.id} if identity.id else {}
    wanted |= {} if reply else {"publish": False}
    wanted |= {name: dict(held) for name, held in (("options", options), ("records", records)) if held}
    place, known = _find(profile, platform, identity.handle)
    # An account that stands in the file is written there as it is: its credentials are found by that name.
    handle = known.handle if known else identity.handle
    # A source without an account reads as the first there, so that only another one has to be named.
    first = next((each.handle for each in profile.accounts if each.platform == platform), handle)
    reads_as = None if first == handle else handle
    sources = _new_sources(profile, chosen, platform, account=reads_as, records=read_records)
    return Plan(
        platform=platform,
        handle=handle,
        reply=reply,
        account=None if known else wanted,
        changes=_changes(known, wanted, reply=reply) if known else {},
        place=place,
        sources=sources,
        source_records=_missing_records(profile, chosen, platform, account=reads_as, records=read_records),
        use={"answer": "reviewed"} if reply and platform not in profile.platforms else None,
    )


def recorded_by(profile: Profile, platform: str, handle: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the file has on record already: of that account, and of the platform's sources."""
    _, account = _find(profile, platform, handle)
    sources: dict[str, str] = {}
    for source in profile.sources:
        if isinstance(source, OutsideSource) and source.type == platform:
            sources |= _filled(source.records)
    return _filled(account.records) if account else {}, sources


def _filled(records: Mapping[str, str]) -> dict[str, str]:
    return {key: told for key, told in records.items() if told.strip()}


def _find(profile: Profile, platform: str, handle: str) -> tuple[int, Account | None]:
    bare = _bare(handle)
    for place, account in enumerate(profile.accounts):
        if account.platform == platform and _bare(account.handle) == bare:
            return place, account
    return 0, None


def _bare(handle: str) -> str:
    return handle.removeprefix("@").casefold()


def _changes(known: Account, wanted: Mapping[str, Any], *, reply: bool) -> dict[str, Any]:
    """Return what the old entry lacks or says otherwise; a wish not to reply is left to the operator's own line."""
    changes: dict[str, Any] = {}
    if "id" in wanted and known.id != wanted["id"]:
        changes["id"] = wanted["id"]
    if reply and not known.publish:
        changes["publish"] = True
    for name, held in (("options", known.options), ("records", known.records)):
        other = {key: value for key, value in wanted.get(name, {}).items() if held.get(key) != value}
        if other:
            changes[name] = other
    return changes


def _new_sources(
    profile: Profile, chosen: Sequence[Mapping[str, Any]], platform: str, *, account: str | None,
    records: Mapping[str, str],
) -> tuple[Mapping[str, Any], ...]:  # fmt: skip
    """Return the chosen sources that aren't there yet, each with an id that is free.

    `account` is the handle that they read as, None where the brand has no other account there.
    """
    taken = {source.id for source in profile.sources}
    made: list[Mapping[str, Any]] = []
    for offered in chosen:
        entry: dict[str, Any] = {"id": "", "type": platform, **offered}
        if account is not None:
            entry.setdefault("account", account)
        if records:
            entry.setdefault("records", dict(records))
        if any(_is_same(source, entry, reads_as=account) for source in profile.sources):
            continue
        entry["id"] = _free_id(str(offered.get("id") or entry["type"]), taken)
        taken.add(entry["id"])
        made.append(entry)
    return tuple(made)


def _missing_records(
    profile: Profile, chosen: Sequence[Mapping[str, Any]], platform: str, *, account: str | None,
    records: Mapping[str, str],
) -> dict[int, dict[str, str]]:  # fmt: skip
    """Return what the chosen sources that are there already lack of the records, or say otherwise, by their places."""
    entries = [{"type": platform, **offered} for offered in chosen]
    found = {
        place: {key: told for key, told in records.items() if source.records.get(key) != told}
        for place, source in enumerate(profile.sources)
        if isinstance(source, OutsideSource) and any(_is_same(source, entry, reads_as=account) for entry in entries)
    }
    return {place: lacking for place, lacking in found.items() if lacking}


def _is_same(source: object, entry: Mapping[str, Any], *, reads_as: str | None) -> bool:
    return (
        isinstance(source, OutsideSource)
        and source.type == entry["type"]
        and source.options == entry.get("options", {})
        and (reads_as is None or _bare(source.account or "") == _bare(reads_as))
    )


def _free_id(wanted: str, taken: set[str]) -> str:
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)
