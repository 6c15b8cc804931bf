"""Accounts: their keys open here, still hold, can do what they are for, and everything that is demanded is recorded."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from config.brand.listening import Account, Answering
from config.brand.profile import Profile
from config.brand.sources import OutsideSource
from config.loading import Loaded
from config.mistakes import write_path
from config.validation import explain
from domain.errors import EarnestError
from domain.labels import Use
from domain.time import SystemClock
from listener.checks import source_types
from platforms.connecting import find_connectors
from platforms.credentials import Credentials, Holder
from platforms.extras import how_to_install
from platforms.registry import capabilities_of
from platforms.trouble import Trouble, TroubleKind
from runtime.accounts import ask_account, names_of
from runtime.cli.checkups.finding import Finding, note, warning, well, wrong
from runtime.cli.checkups.missing import look_for_missing_keys
from runtime.cli.connecting.installed import missing_libraries
from runtime.cli.connecting.kept import by_owner
from runtime.cli.connecting.plain import plain
from runtime.cli.connecting.saving import ABOUT
from runtime.keyring import keyring_of, owner_of
from runtime.wiring import build_vault, reach_of
from storage.database import Database, StorageError
from storage.migration import Version, version
from storage.queries.brands import current_revision
from storage.tables import Brand
from storage.vault import Entry, Owner

SOON = timedelta(days=7)
# Names of what is the same in both sets without harm, such as an app's id, hold none of these.
_POWERS = ("token", "password")


def look_at_accounts(loaded: Loaded, *, offline: bool = False, listen_only: bool = False) -> list[Finding]:
    """Look at keys, tokens and records; unless `offline`, each platform is asked about each account's keys.

    With `listen_only` nothing that writes is looked at, and the write key isn't opened.
    """
    uses = (Use.READ,) if listen_only else tuple(Use)
    findings = [*_look_at_libraries(loaded), *_look_at_records(loaded)]
    try:
        database = Database(loaded.database_url)
    except EarnestError:
        return findings
    try:
        if version(database) is Version.CURRENT:
            findings += _Look(loaded, database, offline=offline, uses=uses).all()
    except SQLAlchemyError:
        return findings  # the look at storage complains of that
    finally:
        database.close()
    return findings


def _look_at_libraries(loaded: Loaded) -> Iterator[Finding]:
    used = {account.platform for brand in loaded.brands.values() for account in brand.profile.accounts}
    used |= {source.type for brand in loaded.brands.values() for source in brand.profile.sources}
    for platform in sorted(used):
        if missing := missing_libraries(platform):
            mend = f"Run: {how_to_install(platform)}"
            yield wrong(platform, f"{', '.join(missing)} isn't installed, and {platform} is used.", mend)


def _look_at_records(loaded: Loaded) -> Iterator[Finding]:
    for slug, brand in loaded.brands.items():
        for source in brand.profile.sources:
            if isinstance(source, OutsideSource):
                for demand in capabilities_of(source.type).demands_to_read:
                    if not source.records.get(demand.key, "").strip():
                        mend = f"Then write when and how under the source's records: {demand.key}."
                        yield wrong(f"{slug} {source.id}", demand.sentence, mend)
        for account in brand.profile.accounts:
            if account.publish and brand.profile.use_of(account.platform).answer is Answering.REVIEWED:
                for demand in capabilities_of(account.platform).demands_to_answer:
                    if not account.records.get(demand.key, "").strip():
                        mend = f"Then write when and how under the account's records: {demand.key}."
                        yield warning(f"{slug} {account.platform}", demand.sentence, mend)


class _Look:
    """The part that needs the database."""

    def __init__(self, loaded: Loaded, database: Database, *, offline: bool, uses: tuple[Use, ...]) -> None:
        self._loaded, self._database, self._offline = loaded, database, offline
        self._clock = SystemClock()
        self._uses, self._vault = uses, build_vault(loaded, database, self._clock, uses=uses)
        with database.read() as session:
            self._entries = [entry for entry in self._vault.entries(session) if entry.owner.use in uses]

    def all(self) -> Iterator[Finding]:
        """Yield what is found."""
        shut = list(self._look_at_keys())
        yield from shut
        for owner, entries in by_owner(self._entries):
            yield from self._look_at_ends(owner, entries)
        yield from self._look_at_doubles()
        yield from self._look_at_options()
        for slug, brand in self._loaded.brands.items():
            for account in brand.profile.accounts:
                if account.platform in find_connectors() and not missing_libraries(account.platform):
                    yield from self._look_at_account(slug, brand.profile, account)

    def _look_at_keys(self) -> Iterator[Finding]:
        for use in self._uses:
            held = [entry for entry in self._entries if entry.owner.use is use]
            try:
                seal = self._vault.keys.get(use) if held else self._vault.keys.find(use)
                for entry in held:
                    self._vault.find(entry.owner, entry.name)
            except StorageError as error:
                yield wrong(f"{use} key", str(error), "")
                continue
            if seal is None:
                continue
            if held and not self._vault.is_current(use):
                mend = f"Run: earnest keys rotate --use {use}"
                yield warning(
                    f"{use} key", f"{seal.place} begins with a key that not every token is sealed with.", mend
                )
            else:
                yield well(f"{use} key", f"It stands in {seal.place} and opens {len(held)} stored entries.")

    def _look_at_ends(self, owner: Owner, entries: list[Entry]) -> Iterator[Finding]:
        if any("refresh" in entry.name or "password" in entry.name for entry in entries):
            return  # it is renewed when it is used
        now = self._clock.now()
        ends = min((entry.expires_at for entry in entries if entry.expires_at), default=None)
        mend = f"Run: earnest connect {owner.platform} --brand {owner.brand}"
        if ends is not None and ends <= now:
            yield wrong(str(owner), f"Its {owner.use} keys ended on {ends:%Y-%m-%d}.", mend)
        elif ends is not None and ends <= now + SOON:
            yield warning(str(owner), f"Its {owner.use} keys end on {ends:%Y-%m-%d}.", mend)

    def _look_at_doubles(self) -> Iterator[Finding]:
        for owner in sorted({entry.owner.of(Use.READ) for entry in self._entries}, key=str):
            if self._powers(owner) & self._powers(owner.of(Use.WRITE)):
                told = "It reads and writes with one token, so a process that listens could write with it."
                mend = f"Where {owner.platform} gives several, connect it again with one for each."
                yield warning(str(owner), told, mend)

    def _powers(self, owner: Owner) -> set[str]:
        found = set()
        for entry in self._entries:
            if entry.owner == owner and any(word in entry.name for word in _POWERS):
                with suppress(StorageError):
                    kept = self._vault.find(owner, entry.name)
                    found |= {kept.value} if kept else set()
        return found

    def _look_at_options(self) -> Iterator[Finding]:
        """Look at what is in force; the settings' own look complains of the files."""
        models = source_types()
        for slug in self._loaded.brands:
            for source in self._in_force(slug):
                model = models.get(source.type)
                if model is None:
                    continue
                try:
                    model.model_validate(source.options)
                except ValidationError as error:
                    fault = explain(model, error.errors(include_url=False)[0])
                    told = f"Its {write_path(('options', *fault.path))} can't be used: {fault.message}"
                    yield wrong(f"{slug} {source.id}", told, fault.mend)

    def _in_force(self, slug: str) -> list[OutsideSource]:
        with self._database.read() as session:
            brand = session.scalars(
                select(Brand).where(Brand.slug == slug, Brand.revision_id.is_not(None))
            ).one_or_none()
            sources = current_revision(session, brand.id).profile.sources if brand else ()
        return [source for source in sources if isinstance(source, OutsideSource) and source.enabled]

    def _look_at_account(self, slug: str, profile: Profile, account: Account) -> Iterator[Finding]:
        about = f"{slug} {account.platform}"
        uses = [use for use in self._uses if self._is_there(slug, profile, account, use)]
        missing = set(self._uses) - set(uses)
        missed = list(
            look_for_missing_keys(self._loaded, self._database, profile=profile, account=account, missing=missing)
        )
        yield from missed
        if not uses and not missed:
            mend = f"Run: earnest connect {account.platform} --brand {slug}"
            yield note(about, f"No keys of {account.handle} are stored.", mend)
        elif uses and self._offline:
            yield note(about, f"{account.handle} wasn't asked about: --offline.")
        else:
            for use in uses:
                yield self._ask(about, slug, profile, account, use)

    def _is_there(self, slug: str, profile: Profile, account: Account, use: Use) -> bool:
        owner = owner_of(self._holder(slug, account, use))
        kept = any(
            (entry.owner.brand, entry.owner.platform, entry.owner.handle, entry.owner.use)
            == (owner.brand, owner.platform, owner.handle, owner.use)
            and entry.name != ABOUT
            for entry in self._entries
        )
        return kept or bool(names_of(profile, account, use))

    def _holder(self, slug: str, account: Account, use: Use) -> Holder:
        return Holder(brand=slug, platform=account.platform, account=account.handle, use=use)

    def _ask(self, about: str, slug: str, profile: Profile, account: Account, use: Use) -> Finding:
        keyring = keyring_of(self._vault, secrets=self._loaded.secrets)
        credentials: Credentials = keyring(self._holder(slug, account, use), names_of(profile, account, use))
        reach = reach_of(self._loaded, account.platform)
        try:
            identity = ask_account(credentials, platform=account.platform, options=account.options, reach=reach)
        except Trouble as error:
            said = plain(str(error))
            if error.kind in {TroubleKind.UNAVAILABLE, TroubleKind.RATE_LIMITED}:
                return warning(about, f"Its {use} keys couldn't be looked at: {said}", "")
            return wrong(about, f"Its {use} keys: {said}", f"Run: earnest connect {account.platform} --brand {slug}")
        except EarnestError as error:
            return wrong(about, f"Its {use} keys: {plain(str(error))}", "")
        if account.id and identity.id and identity.id != account.id:
            told = f"Its {use} keys are of {plain(identity.handle)} ({plain(identity.id)}), not of {account.handle}."
            return wrong(about, told, "Mend the account's id, or connect the right account.")
        can = plain("; ".join(identity.can)) or "nothing that it says"
        return well(about, f"The {use} keys of {plain(identity.handle)} can: {can}.")
