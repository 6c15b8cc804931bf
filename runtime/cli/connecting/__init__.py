"""What `earnest connect` does: ask, sign in, show, and then save everything or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from sqlalchemy import select

from config.brand.profile import Profile
from config.loading import BrandFile, Loaded, read_brand
from domain.errors import EarnestError, InvalidInput
from domain.labels import Use
from domain.time import Clock, SystemClock
from platforms.capabilities import Demand
from platforms.connecting import Ask, Connected, Connector, Identity, Talk
from platforms.credentials import Holder, MemoryCredentials
from platforms.reach import Reach
from platforms.registry import capabilities_of
from platforms.trouble import Trouble, before_connected
from runtime.cli.connecting.answers import Answers
from runtime.cli.connecting.choosing import choose_sources
from runtime.cli.connecting.installed import load_connector
from runtime.cli.connecting.plain import plain
from runtime.cli.connecting.plan import Plan, make_plan, recorded_by
from runtime.cli.connecting.preview import preview_source
from runtime.cli.connecting.saving import KeySet, read_exactly, save
from runtime.cli.workplace import Workplace, known_parts, open_workplace
from runtime.wiring import build_collectors, build_keyring, build_vault, reach_of
from storage.queries.brands import current_revision
from storage.tables import Brand
from storage.vault import Owner


class NotConnected(EarnestError):
    """The person said no at the end; nothing was saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was said on the command line; None where the person is asked."""

    given: Mapping[str, str] = field(default_factory=dict)
    sources: str | None = None
    reply: bool | None = None
    preview: bool = True
    yes: bool = False
    apply: bool = False


def connect_account(config: Path | None, *, platform: str, brand: str | None, wishes: Wishes) -> None:
    """Connect an account of a platform for a brand; raises EarnestError, and nothing is saved then."""
    clock = SystemClock()
    with open_workplace(config) as place:
        connector = load_connector(platform)
        try:
            _Connecting(place, _brand_of(place.loaded, brand), connector, platform, wishes, clock).run()
        except Trouble as trouble:
            raise before_connected(trouble) from trouble


def _brand_of(loaded: Loaded, slug: str | None) -> BrandFile:
    if slug is None and len(loaded.brands) == 1:
        return next(iter(loaded.brands.values()))
    known = ", ".join(loaded.brands) or "none yet"
    if slug is None:
        raise InvalidInput(f"Say for which brand: --brand, with one of {known}.")
    if slug not in loaded.brands:
        raise InvalidInput(f"There is no brand “{slug}” in the settings; there are: {known}.")
    return loaded.brands[slug]


class _Connecting:
    """One walk from the first question to the last."""

    def __init__(
        self, place: Workplace, brand: BrandFile, connector: Connector, platform: str, wishes: Wishes, clock: Clock
    ) -> None:  # fmt: skip
        self._place, self._brand, self._connector = place, brand, connector
        self._platform, self._wishes, self._clock = platform, wishes, clock
        self._facts = capabilities_of(platform)
        self._reach: Reach = reach_of(place.loaded, platform)
        self._ask = Answers(
            platform, given=wishes.given, secrets=place.loaded.secrets, interactive=not wishes.yes
        )  # fmt: skip

    def run(self) -> None:
        """Ask, sign in, show, save."""
        self._require_same_profile()
        connected = self._sign_in()
        keys = {Use.READ: self._check(connected, Use.READ, connected.read)}
        reply = bool(connected.write) and self._wants_to_reply(connected)
        if reply:
            keys[Use.WRITE] = self._check(connected, Use.WRITE, connected.write)
            self._require_one_account(keys)
        plan = self._plan(connected, reply=reply)
        self._ask.require_used()
        before = read_exactly(self._brand.file)
        text = plan.write_into(before, file=str(self._brand.file))
        profile = read_brand(text, name=str(self._brand.file), checks=known_parts())
        self._preview(profile, plan, keys[Use.READ][0])
        self._confirm(plan, changes=text != before)
        sets = {use: KeySet(values=memory.values, identity=identity) for use, (memory, identity) in keys.items()}
        self._save(connected, plan, sets, profile, before, text)

    def _require_same_profile(self) -> None:
        """Raise InvalidInput where applying the file would undo edits that were made at the desk."""
        slug = self._brand.profile.slug
        with self._place.database.read() as session:
            brand = session.scalars(
                select(Brand).where(Brand.slug == slug, Brand.revision_id.is_not(None))
            ).one_or_none()
            stored = current_revision(session, brand.id).profile if brand and self._wishes.apply else None
        if stored is not None and stored != self._brand.profile:
            raise InvalidInput(
                f"{slug}'s file differs from what is in force; run earnest config export {slug} or earnest config apply"
                " first, or connect without --apply."
            )

    def _sign_in(self) -> Connected:
        answers = {ask.name: self._ask(ask) for ask in self._connector.asks()}
        talk = Talk(show=lambda told: print(plain(told)), ask=self._ask)
        return self._connector.sign_in(answers, reach=self._reach, talk=talk)

    def _check(
        self, connected: Connected, use: Use, values: Mapping[str, str]
    ) -> tuple[MemoryCredentials, Identity]:  # fmt: skip
        """Ask the platform what a set of keys can do, and tell; what it renews meanwhile is kept with the set."""
        handle = connected.identity.handle
        holder = Holder(brand=self._brand.profile.slug, platform=self._platform, account=handle, use=use)
        memory = MemoryCredentials(values=dict(values), holder=holder)
        identity = self._connector.check(memory, options=connected.account_options, reach=self._reach)
        can = plain("; ".join(identity.can)) or "nothing that it says"
        # An app's own key is nobody's, and has no id.
        whose = f"@{plain(identity.handle.removeprefix('@'))}" if identity.id else plain(identity.handle)
        print(f"The {use} keys are of {whose} on {self._facts.name}: {can}.")
        return memory, identity

    def _require_one_account(self, keys: Mapping[Use, tuple[MemoryCredentials, Identity]]) -> None:
        (_, reads), (_, writes) = keys[Use.READ], keys[Use.WRITE]
        if reads.id and writes.id and reads.id != writes.id:
            raise InvalidInput(
                f"The read keys are of {plain(reads.handle)} and the write keys of {plain(writes.handle)}; sign in as"
                " one account."
            )

    def _wants_to_reply(self, connected: Connected) -> bool:
        if self._wishes.reply is not None or self._wishes.yes:
            return self._wishes.reply is not False
        handle = plain(connected.identity.handle.removeprefix("@"))
        return typer.confirm(f"May approved replies go out from @{handle}?", default=True)

    def _plan(self, connected: Connected, *, reply: bool) -> Plan:
        profile = self._brand.profile
        # What stands in the file isn't asked for again.
        account, sources = recorded_by(profile, self._platform, connected.identity.handle)
        answering = self._record(self._facts.demands_to_answer, met={**account, **connected.records}) if reply else {}
        chosen = choose_sources(
            connected.sources, notes=connected.source_notes, given=self._wishes.sources, ask=self._ask
        )  # fmt: skip
        reading = self._record(self._facts.demands_to_read, met={**sources, **connected.records}) if chosen else {}
        return make_plan(
            profile, connected, platform=self._platform, chosen=chosen, reply=reply, records=answering,
            read_records=reading,
        )  # fmt: skip

    def _record(self, demands: Sequence[Demand], *, met: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for demand in demands:
            question = f"When and how was it given ({demand.key})? Empty for not yet"
            # What is met needs no question, unless the command line says otherwise.
            ask = Ask(name=f"record.{demand.key}", question=question, hint=demand.sentence, default="")
            told = met.get(demand.key) if demand.key in met and ask.name not in self._wishes.given else self._ask(ask)
            if told:
                found[demand.key] = told
        return found

    def _preview(self, profile: Profile, plan: Plan, memory: MemoryCredentials) -> None:
        missing = [demand for demand in self._facts.demands_to_read if demand.key not in _records_of(plan)]
        if missing and plan.sources:
            print(f"\n{missing[0].sentence} Until that is recorded nothing is read, so there is no preview.")
            return
        if not self._wishes.preview or not plan.sources:
            return
        if any(price.micros for price in self._facts.prices):
            print(f"\n{self._facts.name} charges for what is read, these pages included; see its page in the docs.")
        loaded, database = self._place.loaded, self._place.database
        collectors = build_collectors(loaded, database, self._clock, build_keyring(loaded, database, self._clock))
        try:
            for key in plan.keys:
                seen = preview_source(
                    profile, key, collectors=collectors, credentials=memory, clock=self._clock
                )  # fmt: skip
                seen.show()
        finally:
            collectors.fetcher.close()

    def _confirm(self, plan: Plan, *, changes: bool) -> None:
        name = self._brand.file.name
        entries = f"add {_count(len(plan.sources), 'source')} to {name}" if plan.sources else f"bring {name} up to date"
        also = f", and {entries}" if changes else f"; {name} stays as it is"
        if not self._wishes.yes and not typer.confirm(f"\nSave the keys{also}?", default=True):
            raise NotConnected("Nothing was saved.")

    def _save(
        self, connected: Connected, plan: Plan, sets: Mapping[Use, KeySet], profile: Profile, before: str, text: str
    ) -> None:  # fmt: skip
        owner = Owner(brand=profile.slug, platform=self._platform, account=plan.handle, use=Use.READ)
        vault = build_vault(self._place.loaded, self._place.database, self._clock)
        saved = save(
            self._place.database, vault, self._clock, owner=owner, sets=sets, expires_at=connected.expires_at,
            profile=profile, file=self._brand.file, before=before, text=text, apply=self._wishes.apply,
        )  # fmt: skip
        print(f"\nConnected. The keys are stored, and {self._brand.file} has the account.")
        if plan.sources:
            print(f"Sources: {', '.join(plan.keys)}.")
        if saved.restarted:
            print(f"Stopped, and read again from now on: {', '.join(saved.restarted)}.")
        if not plan.reply:
            print("Nothing is sent from it: no write key is stored.")
        if saved.applied:
            print(f"{profile.slug}'s profile is in force as its file says.")
        else:
            print("Now run: earnest config apply")


def _records_of(plan: Plan) -> Mapping[str, Any]:
    return next((source["records"] for source in plan.sources if "records" in source), {})


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
