"""Digests and their mails: the server that the settings name, and what the weekly jobs do with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from config.loading import Loaded
from digests.due import due_digests, make_digest, week_from_number, week_number
from digests.mail import NOWHERE
from digests.sending import send_digest_mail
from digests.smtp import SmtpMailer
from domain.ports import Mailer
from domain.states import MailState
from domain.time import Clock
from storage.database import Database
from storage.jobs import Jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Makes digests and mails them; without a mail server they are pages only."""

    database: Database
    jobs: Jobs
    clock: Clock
    mailer: Mailer | None
    address: str
    domain: str = NOWHERE

    def due(self, session: Session, *, up_since: datetime | None) -> list[tuple[int, int]]:
        """Return brands and weeks (yyyyww) whose digest should be there by now."""
        found = due_digests(session, self.clock, up_since=up_since, mails=self.mailer is not None)
        return [(brand_id, week_number(week)) for brand_id, week in found]

    def make(self, brand_id: int, number: int) -> None:
        """Make the digest of a week (yyyyww) and queue its mail."""
        make_digest(
            self.database, self.jobs, self.clock, brand_id=brand_id, week=week_from_number(number),
            domain=self.domain, mails=self.mailer is not None,
        )  # fmt: skip

    def send(self, mail_id: int) -> MailState | None:
        """Send one queued mail; None when there is nothing to do, or no server to do it."""
        if self.mailer is None:
            return None
        return send_digest_mail(self.database, self.jobs, self.clock, self.mailer, mail_id, desk=self._page)

    def _page(self, slug: str, week: str) -> str:
        return f"{self.address}/b/{slug}/digests/{week}"


def build_mailer(loaded: Loaded, clock: Clock) -> Mailer | None:
    """Return the mail server of the settings, None when they name none; raises MissingSecret for its password."""
    smtp = loaded.settings.smtp
    if smtp.host is None or smtp.from_address is None:
        return None
    password = loaded.secrets.get(smtp.password_secret).get_secret_value() if smtp.password_secret else None
    return SmtpMailer(
        host=smtp.host, port=smtp.port, sender=smtp.from_address, sender_name=smtp.from_name, clock=clock,
        security=smtp.security, username=smtp.username, password=password,
    )  # fmt: skip
