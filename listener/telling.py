"""Telling a brand's webhooks which posts were erased: signed, in one request a platform, again until it is taken."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Final

import httpx
from sqlalchemy import delete, select, update

from config.brand.outgoing import Webhook
from domain.errors import EarnestError
from domain.time import Clock
from listener.http import USER_AGENT, Limits
from listener.notices import wake
from listener.signatures import HEADER, sign
from platforms.addresses import AddressRefused, HostNotFound
from platforms.transport import CheckedTransport
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import RevisionCache
from storage.tables import Notice

EVENT: Final = "post.deleted"
MOST: Final = 500
CLAIM: Final = timedelta(minutes=5)
LIFE: Final = timedelta(days=7)
_WAITS: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
_LONGEST: Final = timedelta(hours=6)


class NotTold(EarnestError):
    """A webhook didn't take what it was told; the text says why, and it is told again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many posts were told, how many wait for another try, and how many were given up after a week."""

    told: int = 0
    waiting: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parcel:
    webhook: str
    platform: str
    ids: tuple[int, ...]
    posts: tuple[str, ...]
    attempts: int


def _parcels(rows: Sequence[Notice]) -> Iterator[_Parcel]:
    """What goes into one request each; the rows stand in the order of webhook and platform."""
    for (webhook, platform), group in groupby(rows, key=lambda row: (row.webhook, row.platform)):
        members = list(group)
        for start in range(0, len(members), MOST):
            some = members[start : start + MOST]
            yield _Parcel(
                webhook=webhook, platform=platform, ids=tuple(row.id for row in some),
                posts=tuple(row.external_id for row in some), attempts=max(row.attempts for row in some),
            )  # fmt: skip


class Teller:
    """Tells webhooks; at least once, so that a receiver may hear of the same post twice."""

    def __init__(
        self, database: Database, jobs: Jobs, clock: Clock, profiles: RevisionCache, *, limits: Limits,
        find_secret: Callable[[str], str | None],
    ) -> None:  # fmt: skip
        """Keep the parts; nothing connects."""
        self._database, self._jobs, self._clock, self._profiles = database, jobs, clock, profiles
        self._limits, self._find_secret = limits, find_secret

    def tell(self, brand_id: int) -> Told:
        """Tell what is due; can be killed anywhere and run again."""
        given_up = self._give_up(brand_id)
        profile = self._profiles.current(brand_id).profile
        webhooks = {webhook.id: webhook for webhook in profile.webhooks}
        told = waiting = 0
        for parcel in self._claim(brand_id):
            if parcel.webhook not in webhooks:
                self._drop(parcel)
                continue
            try:
                self._send(webhooks[parcel.webhook], parcel, brand=profile.slug)
            except NotTold as error:
                self._put_off(brand_id, parcel, str(error))
                waiting += len(parcel.ids)
            else:
                self._drop(parcel)
                told += len(parcel.ids)
        return Told(told=told, waiting=waiting, given_up=given_up)

    def _claim(self, brand_id: int) -> list[_Parcel]:
        """Take what is due, and put it off meanwhile, so that two processes don't tell the same."""
        now = self._clock.now()
        due = select(Notice).where(Notice.brand_id == brand_id, Notice.next_try_at <= now)
        with self._database.write() as session:
            rows = session.scalars(due.order_by(Notice.webhook, Notice.platform, Notice.id).with_for_update()).all()
            parcels = list(_parcels(rows))
            for row in rows:
                row.next_try_at = now + CLAIM
        return parcels

    def _send(self, webhook: Webhook, parcel: _Parcel, *, brand: str) -> None:
        secret = self._find_secret(webhook.signing_secret)
        if secret is None:
            raise NotTold(f"The secret {webhook.signing_secret} isn't set.")
        told = {"event": EVENT, "brand": brand, "platform": parcel.platform, "deleted": list(parcel.posts)}
        body = json.dumps(told).encode()
        headers = {"Content-Type": "application/json", HEADER: sign(secret=secret, body=body, at=self._clock.now())}
        self._post(webhook, body, headers)

    def _post(self, webhook: Webhook, body: bytes, headers: Mapping[str, str]) -> None:
        host = httpx.URL(webhook.url).host
        transport = CheckedTransport(allow_private=self._limits.allow_private)
        try:
            with (
                httpx.Client(
                    transport=transport,
                    timeout=self._limits.timeout.total_seconds(),
                    headers={"User-Agent": USER_AGENT},
                ) as client,
                client.stream("POST", webhook.url, content=body, headers=dict(headers)) as response,
            ):
                status = response.status_code
        except (AddressRefused, HostNotFound) as error:
            raise NotTold(str(error)) from None
        except httpx.InvalidURL:
            raise NotTold("Its url is no web address; mend it in the brand's file.") from None
        except httpx.HTTPError as error:
            raise NotTold(f"{host} can't be reached ({type(error).__name__}).") from None
        if not 200 <= status < 300:
            raise NotTold(f"{host} answered {status}; it is taken when it answers 200 to 299.")

    def _put_off(self, brand_id: int, parcel: _Parcel, why: str) -> None:
        wait = _WAITS[parcel.attempts] if parcel.attempts < len(_WAITS) else _LONGEST
        now = self._clock.now()
        changed = {"attempts": parcel.attempts + 1, "next_try_at": now + wait, "last_error": why}
        with self._database.write() as session:
            session.execute(update(Notice).where(Notice.id.in_(parcel.ids)).values(changed))
            wake(session, self._jobs, brand_id=brand_id, now=now, delay=wait)

    def _drop(self, parcel: _Parcel) -> None:
        with self._database.write() as session:
            session.execute(delete(Notice).where(Notice.id.in_(parcel.ids)))

    def _give_up(self, brand_id: int) -> int:
        old = delete(Notice).where(Notice.brand_id == brand_id, Notice.created_at < self._clock.now() - LIFE)
        with self._database.write() as session:
            return len(session.execute(old.returning(Notice.id)).all())
