"""Takes posts that another system sends: signed, fresh, each delivery once."""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from config.brand.sources import WebhookSource
from domain.errors import EarnestError, InvalidInput
from domain.posts import Batch, RawPost, Reject
from domain.time import Clock
from listener.intake import Intake, IntakeReport
from listener.reading.posts import Shape, read_post
from listener.signatures import HEADER, digest_of
from listener.sources import SourceView, view_source
from storage.database import Database
from storage.queries.brands import RevisionCache
from storage.tables import HookDelivery
from storage.upserts import insert_into

TOLERANCE: Final = timedelta(minutes=5)
BODY_CAP: Final = 10 * 2**20
POSTS_CAP: Final = 10_000
# A delivery older than the tolerance is refused by its time, so its signature needn't be kept much longer.
_KEPT: Final = timedelta(days=1)


class HookRefused(EarnestError):
    """A delivery can't be taken; `status` is the HTTP status to answer with, the text is for the sender."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Repeated(EarnestError):
    """The same delivery was taken before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookResult:
    """What became of a delivery: the HTTP status to answer with, a sentence, and what intake did."""

    status: int
    message: str
    posts: IntakeReport | None = None


def receive(
    database: Database, intake: Intake, clock: Clock, *, source_id: int, secret: str, headers: Mapping[str, str],
    body: bytes,
) -> HookResult:  # fmt: skip
    """Verify and save one delivery: 202 when it is saved, 200 when it was before, 4xx when it can't be taken.

    Nothing of the body is looked at before its signature is found good. Raises NotFound for an unknown source.
    """
    now = clock.now()
    try:
        signature = verify(secret=secret, headers=headers, body=body, now=now)
        view = view_source(database, RevisionCache(database), source_id)
        batch = _read_body(body, view=view, now=now, delivery=signature)
        posts = intake.save(source_id, batch, extra=lambda session: _note(session, view.brand_id, signature, now))
    except HookRefused as error:
        return HookResult(status=error.status, message=str(error))
    except _Repeated:
        return HookResult(status=200, message="This delivery was taken before; nothing was done again.")
    return HookResult(status=202, message="Taken.", posts=posts)


def verify(*, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the signature of a delivery that is whole, fresh and from who holds the secret; raises HookRefused."""
    if len(body) > BODY_CAP:
        raise HookRefused(413, f"The body is larger than {BODY_CAP // 2**20} MB; send fewer posts at a time.")
    value = next((text for name, text in headers.items() if name.lower() == HEADER.lower()), "")
    stamp, signatures = _parse(value)
    if stamp is None or not signatures:
        raise HookRefused(401, f"The header {HEADER} is missing or unreadable; write it as t=SECONDS,v1=HEX.")
    expected = digest_of(secret, stamp, body)
    # Every one is compared, so that the time it takes says nothing.
    good = [hmac.compare_digest(expected, signature) for signature in signatures]
    if not any(good):
        raise HookRefused(401, "The signature is wrong; sign “t.body” with HMAC-SHA256 and the shared secret.")
    if abs(now.timestamp() - stamp) > TOLERANCE.total_seconds():
        raise HookRefused(401, "The delivery is older or newer than five minutes; check the sender's clock.")
    return expected


def _parse(value: str) -> tuple[int | None, list[str]]:
    stamp: int | None = None
    signatures = []
    for part in value[:2_000].split(","):
        name, _, text = part.strip().partition("=")
        if name == "t" and text.isascii() and text.isdigit() and len(text) <= 12:
            stamp = int(text)
        elif name == "v1" and text.isascii():
            signatures.append(text.lower())
    return stamp, signatures


def _note(session: Session, brand_id: int, signature: str, now: datetime) -> None:
    statement = insert_into(session, HookDelivery).values(brand_id=brand_id, signature=signature, received_at=now)
    kept = session.scalar(statement.on_conflict_do_nothing().returning(HookDelivery.__table__.c.id))
    if kept is None:
        raise _Repeated("The delivery was taken before.")
    session.execute(delete(HookDelivery).where(HookDelivery.received_at < now - _KEPT))


def _read_body(body: bytes, *, view: SourceView, now: datetime, delivery: str) -> Batch:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise HookRefused(
            400, "The body isn't JSON; send a post, a list of posts, or {posts: […], deleted: […]}."
        ) from None
    rows, deleted = _split(data)
    if len(rows) + len(deleted) > POSTS_CAP:
        raise HookRefused(413, f"The body holds more than {POSTS_CAP} posts; send fewer at a time.")
    platform = view.settings.platform if isinstance(view.settings, WebhookSource) else view.platform
    shape = Shape(platform=platform, zone=view.zone, today=now)
    posts: list[RawPost] = []
    rejects: list[Reject] = []
    for number, row in enumerate(rows, start=1):
        try:
            # The signature covers the time and the body: the same delivery sent again gives the same ids.
            posts.append(_read_row(row, shape=shape, now=now, number=f"{delivery}:{number}"))
        except InvalidInput as error:
            payload = json.dumps(row, ensure_ascii=False)[:20_000]
            rejects.append(Reject(place=f"delivery:{number}", reason=str(error), payload=payload))
    return Batch(posts=tuple(posts), rejects=tuple(rejects), deleted=tuple(deleted))


def _split(data: Any) -> tuple[Sequence[Any], list[str]]:  # noqa: ANN401 - whatever JSON held
    if isinstance(data, dict) and ("posts" in data or "deleted" in data):
        posts, deleted = data.get("posts") or [], data.get("deleted") or []
        if isinstance(posts, list) and isinstance(deleted, list):
            return posts, [str(gone) for gone in deleted if isinstance(gone, (str, int))]
        raise HookRefused(400, "`posts` and `deleted` must be lists.")
    if isinstance(data, list):
        return data, []
    return [data], []


def _read_row(row: Any, *, shape: Shape, now: datetime, number: str) -> RawPost:  # noqa: ANN401 - whatever JSON held
    if not isinstance(row, dict):
        raise InvalidInput("The post isn't a JSON object.")
    return read_post(row, shape=shape, now=now, number=number)
