"""The vault: keys and tokens of accounts, sealed, each bound to the place that it was stored for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from domain.labels import Use
from domain.time import Clock
from storage.database import Database, StorageError
from storage.keys import Keys
from storage.queries.brands import find_brand
from storage.sealing import Damaged, OtherKey, Seal
from storage.tables import Brand, Credential
from storage.upserts import insert_into


class Unopenable(StorageError):
    """A stored token can't be opened here; the text says why, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose tokens: of which brand (its slug), on which platform, of which account, for reading or for writing."""

    brand: str
    platform: str
    account: str
    use: Use

    @property
    def handle(self) -> str:
        """The account's name as it is compared: without the @, in small letters."""
        return self.account.removeprefix("@").casefold()

    def of(self, use: Use) -> "Owner":
        """Return the same account's owner for another use."""
        return replace(self, use=use)

    def __str__(self) -> str:
        return f"{self.brand}'s {self.platform} {self.account or 'sources'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A token as it was kept; `origin` is what its keeper wrote beside it."""

    value: str = field(repr=False)
    origin: str = field(default="", repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """That there is a token, without the token."""

    owner: Owner
    name: str
    expires_at: datetime | None
    updated_at: datetime


class Vault:
    """Reads and writes the table of credentials."""

    def __init__(self, database: Database, *, keys: Keys, clock: Clock) -> None:
        """Nothing is read and no key is opened until it is asked for."""
        self._database, self.keys, self._clock = database, keys, clock

    def find(self, owner: Owner, name: str) -> Kept | None:
        """Return a token, None where there is none; raises Unopenable, and what `Keys.get` raises."""
        with self._database.read() as session:
            query = _rows_of(owner).where(Credential.name == name)
            row = session.scalars(query.join(Brand).where(Brand.slug == owner.brand)).one_or_none()
        return None if row is None else self._open(owner, row)

    def keep(
        self, owner: Owner, name: str, value: str, *, expires_at: datetime | None = None, origin: str = ""
    ) -> None:  # fmt: skip
        """Keep one token, in a transaction of its own; what stood there is replaced."""
        with self._database.write() as session:
            brand_id = find_brand(session, owner.brand).id
            # Opened inside the transaction, so that a rotation can't pass between the key and the row.
            self._put(session, brand_id, owner, name, Kept(value=value, origin=origin, expires_at=expires_at))

    def store(
        self, session: Session, owner: Owner, values: Mapping[str, str], *, expires_at: datetime | None = None
    ) -> None:  # fmt: skip
        """Replace everything that the owner has by `values`, in the caller's transaction."""
        brand_id = find_brand(session, owner.brand).id
        self._delete(session, brand_id, owner)
        for name, value in values.items():
            self._put(session, brand_id, owner, name, Kept(value=value, expires_at=expires_at))

    def remove(self, session: Session, owner: Owner) -> int:
        """Remove everything that the owner has; return how many tokens there were. No key is needed."""
        return self._delete(session, find_brand(session, owner.brand).id, owner)

    def entries(self, session: Session) -> list[Entry]:
        """Return what there is, by brand, platform, account and use; no key is needed."""
        order = (Brand.slug, Credential.platform, Credential.account, Credential.use, Credential.name)
        found = session.execute(select(Credential, Brand.slug).join(Brand).order_by(*order))
        return [
            Entry(owner=_owner_of(row, slug), name=row.name, expires_at=row.expires_at, updated_at=row.updated_at)
            for row, slug in found
        ]

    def holds(self, session: Session, owner: Owner) -> bool:
        """Say whether the owner has any key; no key is opened. What is told beside the keys, .names, is none."""
        query = _rows_of(owner).join(Brand).where(Brand.slug == owner.brand, Credential.name.not_like(".%"))
        return session.scalar(query.with_only_columns(Credential.id).limit(1)) is not None

    def reseal(self, session: Session, use: Use) -> int:
        """Seal everything of that use with the first key anew; return how many tokens there are."""
        seal = self.keys.get(use)
        found = session.execute(select(Credential, Brand.slug).join(Brand).where(Credential.use == use.value)).all()
        for row, slug in found:
            if not seal.is_current(row.ciphertext):
                row.ciphertext = seal.close(
                    _payload(_owner_of(row, slug), row.name, self._open(_owner_of(row, slug), row))
                )
        return len(found)

    def is_current(self, use: Use) -> bool:
        """Say whether the first key sealed everything of that use."""
        seal = self.keys.get(use)
        with self._database.read() as session:
            return all(
                map(seal.is_current, session.scalars(select(Credential.ciphertext).where(Credential.use == use.value)))
            )

    def _put(self, session: Session, brand_id: int, owner: Owner, name: str, kept: Kept) -> None:
        insert = insert_into(session, Credential).values(
            brand_id=brand_id, platform=owner.platform, account=owner.handle, use=owner.use.value, name=name,
            ciphertext=self._seal(session, owner.use).close(_payload(owner, name, kept)),
            expires_at=kept.expires_at, updated_at=self._clock.now(),
        )  # fmt: skip
        changed = {column: insert.excluded[column] for column in ("ciphertext", "expires_at", "updated_at")}
        place = ["brand_id", "platform", "account", "use", "name"]
        session.execute(insert.on_conflict_do_update(index_elements=place, set_=changed))

    def _seal(self, session: Session, use: Use) -> Seal:
        """Return the key to seal with; it is made where nothing is sealed yet, so that none hides another."""
        is_there = session.scalar(select(Credential.id).where(Credential.use == use.value).limit(1)) is not None
        return self.keys.get(use) if is_there else self.keys.make(use)

    def _delete(self, session: Session, brand_id: int, owner: Owner) -> int:
        ids = session.scalars(
            _rows_of(owner).with_only_columns(Credential.id).where(Credential.brand_id == brand_id)
        ).all()
        session.execute(delete(Credential).where(Credential.id.in_(ids)))
        return len(ids)

    def _open(self, owner: Owner, row: Credential) -> Kept:
        told = f"The {owner.use} token “{row.name}” of {owner} can't be opened"
        again = f"run: earnest connect {owner.platform} --brand {owner.brand}"
        seal = self.keys.get(owner.use)
        try:
            *place, value, origin = json.loads(seal.open(row.ciphertext))
        except OtherKey:
            mend = f"put that key back into {seal.place}, or {again}"
            raise Unopenable(f"{told}, since it was sealed with another key; {mend}") from None
        except (Damaged, ValueError):
            raise Unopenable(f"{told}, since it is damaged; {again}") from None
        if place != _place(owner, row.name):
            raise Unopenable(f"{told}, since it was stored for something else; {again}")
        return Kept(value=str(value), origin=str(origin), expires_at=row.expires_at)


def _rows_of(owner: Owner) -> Select[Credential]:
    return select(Credential).where(
        Credential.platform == owner.platform, Credential.account == owner.handle, Credential.use == owner.use.value
    )


def _owner_of(row: Credential, slug: str) -> Owner:
    return Owner(brand=slug, platform=row.platform, account=row.account, use=Use(row.use))


def _place(owner: Owner, name: str) -> list[str]:
    return [owner.brand, owner.platform, owner.handle, owner.use.value, name]


def _payload(owner: Owner, name: str, kept: Kept) -> str:
    """The place goes into the sealed text, so that a token moved to another row is refused."""
    return json.dumps([*_place(owner, name), kept.value, kept.origin], ensure_ascii=False)
