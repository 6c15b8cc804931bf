"""What `earnest digest` does: a week's figures as a page, a mail and JSON in files, and on its way if asked."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.brand.profile import Profile
from digests.building import build_digest, read_figures
from digests.due import week_number
from digests.erasure import FOLDER
from digests.figures import Figures
from digests.mail import compose_mail, message_id_of
from digests.page import Charts, draw_charts, render_page
from digests.sending import mail_of
from digests.smtp import write_message
from digests.texts import Texts, load_texts
from domain.errors import InvalidInput
from domain.states import MailState
from domain.time import Week
from runtime.application import Application
from runtime.cli.progress import counting
from runtime.cli.working import open_application
from storage.instance import read_file
from storage.queries.brands import find_brand
from storage.tables import Digest, DigestMail


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDigest:
    """What was made: the digest's figures, the files they were written into, and what became of the mail."""

    figures: dict[str, Any]
    files: list[Path] = field(default_factory=list)
    mail: str = ""
    failed: bool = False


def make_digest(config: Path | None, *, brand: str, week: str | None, out: Path | None, send: bool) -> MadeDigest:
    """Make one week's digest and write its files; raises InvalidInput for a week that can't be made or mailed."""
    wanted = Week.parse(week) if week else None
    with open_application(config, at_once=True) as parts, counting("Digest") as progress:
        with parts.database.read() as session:
            brand_id = find_brand(session, brand).id
        profile = parts.profiles.current(brand_id).profile
        wanted = wanted or Week.of(parts.clock.now(), profile.zone).shift(-1)
        progress("figures", 1)
        digest = build_digest(parts.database, parts.clock, brand_id=brand_id, week=wanted)
        if send:
            _check_sendable(parts, profile, digest)
        figures = read_figures(digest)
        with parts.database.read() as session:
            texts = load_texts(session, figures)
        progress("charts, page and mail", 1)
        folder = out or parts.loaded.data_dir / FOLDER
        files = _write(parts, profile, figures, texts, stem=folder / f"{brand}-{wanted}")
        made = MadeDigest(figures=dict(digest.figures), files=files)
        return _send(parts, digest, wanted, made) if send else made


def _write(parts: Application, profile: Profile, figures: Figures, texts: Texts, *, stem: Path) -> list[Path]:
    pictures = draw_charts(figures)
    page = render_page(figures, texts, pictures=pictures)
    content = {
        ".html": page.encode(),
        ".eml": _compose(parts, profile, figures, texts, pictures=pictures),
        ".json": json.dumps(figures.model_dump(mode="json"), ensure_ascii=False, indent=2).encode(),
    }
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        for ending, body in content.items():
            stem.with_name(stem.name + ending).write_bytes(body)
    except OSError as error:
        raise InvalidInput(f"{stem.parent} can't be written: {error.strerror}; name another with --out.") from None
    return [stem.with_name(stem.name + ending) for ending in content]


def _compose(parts: Application, profile: Profile, figures: Figures, texts: Texts, *, pictures: Charts) -> bytes:
    """Return the mail as a file; one that is sent has the message id that its row keeps."""
    smtp = parts.loaded.settings.smtp
    instance = read_file(parts.loaded.data_dir) or ""
    message_id = message_id_of(
        instance_id=instance, brand_id=figures.brand_id, week=figures.week, domain=parts.mailing.domain
    )
    recipients = profile.digest.recipients or ("nobody@example.com",)
    mail = compose_mail(figures, texts, pictures=pictures, recipients=recipients, message_id=message_id)
    sender = smtp.from_address or "earnest@localhost"
    return write_message(mail, sender=sender, sender_name=smtp.from_name, clock=parts.clock)


def _check_sendable(parts: Application, profile: Profile, digest: Digest) -> None:
    if parts.mailing.mailer is None:
        raise InvalidInput("No mail server is set up; add smtp.host and smtp.from_address to earnest.yaml.")
    if not profile.digest.recipients:
        raise InvalidInput(f"{profile.name} mails its digest to nobody; add digest.recipients to its profile.")
    if digest.id is None:
        raise InvalidInput(f"The week {digest.week} isn't over, so its digest is a preview; mail it when it is.")


def _send(parts: Application, digest: Digest, week: Week, made: MadeDigest) -> MadeDigest:
    parts.mailing.make(digest.brand_id, week_number(week))
    row = _row(parts, digest)
    if row.state is MailState.QUEUED:
        parts.mailing.send(row.id)
        row = _row(parts, digest)
    told = f"The mail to {', '.join(row.recipients)} is {row.state}."
    return MadeDigest(
        figures=made.figures,
        files=made.files,
        mail=told if not row.last_error else f"{told} {row.last_error}",
        failed=row.state is not MailState.SENT,
    )


def _row(parts: Application, digest: Digest) -> DigestMail:
    with parts.database.read() as session:
        row = mail_of(session, digest.id)
    if row is None:
        raise InvalidInput("The digest's mail was removed while it was sent; ask again.")
    return row
