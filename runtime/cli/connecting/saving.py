"""Saves a connected account: keys, profile and file together, or nothing of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.brand.profile import Profile
from config.editing import replace_file
from domain.errors import InvalidInput
from domain.labels import Use
from domain.states import SourceState
from domain.time import Clock
from listener.condition import restart_source
from platforms.connecting import Identity
from storage import audit
from storage.database import Database
from storage.queries.brands import apply_profile, find_brand
from storage.tables import Brand, Source
from storage.vault import Owner, Vault

# What the keys could do when they were last looked at, kept beside them; no platform names a key like this.
ABOUT = ".about"
_BY = "earnest connect"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySet:
    """One set of keys, and whose they are."""

    values: Mapping[str, str] = field(repr=False)
    identity: Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of it: whether the profile is in force, and which sources had stopped and are read again."""

    applied: bool
    restarted: tuple[str, ...] = ()


def save(
    database: Database, vault: Vault, clock: Clock, *, owner: Owner, sets: Mapping[Use, KeySet],
    expires_at: datetime | None, profile: Profile, file: Path, before: str, text: str, apply: bool,
) -> Saved:  # fmt: skip
    """Store the keys and write the file; the profile is stored too with `apply`, and a brand's first one always is.

    `owner`'s use doesn't count: each set goes to its own. Everything happens in one transaction with the file as its
    last step; where that fails the file is put back. `text` was made of what stood in the file `before`: raises
    InvalidInput when somebody has changed it since.
    """
    if read_exactly(file) != before:
        raise InvalidInput(f"{file} was changed meanwhile; nothing was saved. Connect again.")
    try:
        with database.write() as session:
            row = session.scalars(select(Brand).where(Brand.slug == owner.brand)).one_or_none()
            applied = apply or row is None or row.revision_id is None
            if applied:
                apply_profile(session, profile=profile, by=_BY, clock=clock)
            for use in Use:
                held = sets.get(use)
                values = {**held.values, ABOUT: describe(held.identity, clock)} if held else {}
                vault.store(session, owner.of(use), values, expires_at=expires_at)
            brand_id = find_brand(session, owner.brand).id
            restarted = _restart(session, brand_id, owner.platform, clock)
            details = {"platform": owner.platform, "uses": sorted(sets), "by": _BY}
            audit.record(
                session, at=clock.now(), action="account.connected", object_kind="brand", object_id=brand_id,
                brand_id=brand_id, details=details,
            )  # fmt: skip
            replace_file(file, text)
    except BaseException:
        if read_exactly(file) != before:
            replace_file(file, before)
        raise
    return Saved(applied=applied, restarted=restarted)


def _restart(session: Session, brand_id: int, platform: str, clock: Clock) -> tuple[str, ...]:
    """Let the sources be read again that stopped for want of keys; return their ids in the file."""
    found = session.execute(
        select(Source.id, Source.key)
        .where(
            Source.brand_id == brand_id, Source.kind == platform, Source.state == SourceState.STOPPED, Source.enabled
        )
        .order_by(Source.key)
    ).all()
    return tuple(key for number, key in found if restart_source(session, source_id=number, now=clock.now()))


def read_exactly(file: Path) -> str:
    """Return a file's text with the line ends that it has."""
    return file.read_bytes().decode("utf-8")


def describe(identity: Identity, clock: Clock) -> str:
    """Return what is kept beside a set of keys."""
    told = {"handle": identity.handle, "id": identity.id, "can": identity.can, "at": clock.now().isoformat()}
    return json.dumps(told)


def read_about(text: str) -> dict[str, Any]:
    """Return what `describe` wrote."""
    found = json.loads(text)
    return found if isinstance(found, dict) else {}
