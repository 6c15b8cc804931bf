"""Sends mail through an SMTP server, step by step, so that what became of it is known as well as it can be."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import Literal

from domain.answers import Outcome, SendResult
from domain.mails import Mail
from domain.time import Clock

TIMEOUT = 30.0
# With this a server says that it hangs up, whatever was asked.
_LEAVING = 421
Security = Literal["starttls", "tls", "none"]


class _RefusedError(Exception):
    """The server or the network said no before the mail was handed over; nothing was sent."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome, self.message = outcome, message


class SmtpMailer:
    """Implements the `Mailer` port. Nothing is opened before a mail is sent, and each mail has its own connection."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        sender: str,
        clock: Clock,
        sender_name: str = "Earnest",
        security: Security = "starttls",
        username: str | None = None,
        password: str | None = None,
        timeout: float = TIMEOUT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`timeout` is in seconds for each step; `tls` replaces the system's trust in certificates."""
        self._host, self._port, self._timeout = host, port, timeout
        self._sender, self._sender_name, self._clock = sender, sender_name, clock
        self._security, self._username, self._password = security, username, password
        self._tls = tls

    def send(self, mail: Mail, /) -> SendResult:
        """Send once.

        Before the server has asked for the text, a lost connection or a 4xx is REFUSED_BEFORE_ACTING and a 5xx is
        REJECTED. A 4xx for one recipient is one for all, except on a mail's last try. Once the text is on its way only
        an answer ends the doubt: without one the outcome is UNKNOWN.
        """
        message = write_message(mail, sender=self._sender, sender_name=self._sender_name, clock=self._clock)
        try:
            with self._connection() as server:
                refused = self._announce(server, mail)
                return self._hand_over(server, message, mail, refused)
        except _RefusedError as refusal:
            return SendResult(outcome=refusal.outcome, message=refusal.message)

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._open()
        try:
            yield server
        finally:
            _leave(server)

    def _open(self) -> smtplib.SMTP:
        place = f"{self._host}:{self._port}"
        try:
            server = self._greet()
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error, place) from error
        except (OSError, smtplib.SMTPException) as error:
            raise _RefusedError(Outcome.REFUSED_BEFORE_ACTING, f"{place} can't be reached: {error}.") from error
        try:
            self._secure(server)
        except smtplib.SMTPResponseException as error:
            _leave(server)
            raise _refusal(error.smtp_code, error.smtp_error, place) from error
        except smtplib.SMTPNotSupportedError as error:
            _leave(server)
            raise _RefusedError(Outcome.REJECTED, f"{place} doesn't offer what smtp.security asks for.") from error
        except (OSError, smtplib.SMTPException) as error:
            _leave(server)
            raise _RefusedError(Outcome.REFUSED_BEFORE_ACTING, f"{place} broke off the greeting: {error}.") from error
        return server

    def _greet(self) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=self._timeout, context=self._context())
        return smtplib.SMTP(self._host, self._port, timeout=self._timeout)

    def _secure(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._security == "starttls":
            server.starttls(context=self._context())
            server.ehlo()
        if self._username:
            server.login(self._username, self._password or "")

    def _context(self) -> ssl.SSLContext:
        return self._tls or ssl.create_default_context()

    def _announce(self, server: smtplib.SMTP, mail: Mail) -> list[str]:
        """Name sender and recipients; return the recipients that the server won't take."""
        place = f"{self._host}:{self._port}"
        gone: list[str] = []
        plain = _is_ascii(mail, self._sender)
        if not plain and not server.has_extn("smtputf8"):
            told = f"{place} takes no addresses with letters beyond ASCII; write them without."
            raise _RefusedError(Outcome.REJECTED, told)
        options = [] if plain else ["SMTPUTF8"]
        try:
            _expect(server.mail(self._sender, options), place)
            for recipient in mail.recipients:
                code, answer = server.rcpt(recipient)
                if 500 <= code < 600:
                    gone.append(f"{recipient} ({code} {_text(answer)})")
                elif not 200 <= code < 300:
                    # For now only: nobody gets it twice, so nobody gets it yet, unless there is no later.
                    if not mail.last_try or code == _LEAVING:
                        raise _refusal(code, answer, place)
                    gone.append(f"{recipient} ({code} {_text(answer)})")
            if len(gone) == len(mail.recipients):
                raise _RefusedError(Outcome.REJECTED, f"{place} takes no mail for {', '.join(gone) or 'nobody'}.")
            _expect(server.docmd("DATA"), place, wanted=354)
        except (OSError, smtplib.SMTPException) as error:
            raise _RefusedError(Outcome.REFUSED_BEFORE_ACTING, f"{place} broke off: {error}.") from error
        return gone

    def _hand_over(self, server: smtplib.SMTP, message: bytes, mail: Mail, refused: list[str]) -> SendResult:
        try:
            server.send(_stuffed(message))
            code, answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            server.close()
            told = f"The connection was lost after the mail was handed over ({error}); it may have arrived."
            return SendResult(outcome=Outcome.UNKNOWN, message=told)
        if 200 <= code < 300:
            told = f"Not delivered to {', '.join(refused)}." if refused else ""
            return SendResult(
                outcome=Outcome.SENT, external_id=mail.message_id, message=told, sent_at=self._clock.now()
            )
        outcome = Outcome.REFUSED_BEFORE_ACTING if 400 <= code < 500 else Outcome.REJECTED
        return SendResult(outcome=outcome, message=f"The server answered {code} {_text(answer)}.")


def write_message(mail: Mail, *, sender: str, sender_name: str, clock: Clock) -> bytes:
    """Return the mail as it travels: text and HTML as alternatives, the pictures beside the HTML."""
    # Seven bits all the way: a relay that can't do more must not have to re-code it.
    policy = (SMTP if _is_ascii(mail, sender) else SMTPUTF8).clone(cte_type="7bit")
    message = EmailMessage(policy=policy)
    user, _, domain = sender.rpartition("@")
    message["From"] = Address(sender_name, user, domain)
    message["To"] = ", ".join(mail.recipients)
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = clock.now()
    message["Message-ID"] = mail.message_id
    # Holiday answers and help desks leave such mail alone.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    html = message.get_payload(1)
    if not isinstance(html, EmailMessage):
        raise TypeError("The HTML part is missing from a mail that was just given one.")
    for image in mail.images:
        html.add_related(image.content, "image", image.subtype, cid=f"<{image.content_id}>", disposition="inline")
    return message.as_bytes()


def _is_ascii(mail: Mail, sender: str) -> bool:
    return all(address.isascii() for address in (*mail.recipients, sender))


def _stuffed(message: bytes) -> bytes:
    """Double the dot that begins a line, and end with the line that means the end."""
    text = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", text) + b".\r\n"


def _expect(reply: tuple[int, bytes], place: str, *, wanted: int = 250) -> None:
    code, answer = reply
    if code != wanted and not (wanted == 250 and 200 <= code < 300):
        raise _refusal(code, answer, place)


def _refusal(code: int, answer: bytes | str, place: str) -> _RefusedError:
    outcome = Outcome.REJECTED if 500 <= code < 600 else Outcome.REFUSED_BEFORE_ACTING
    return _RefusedError(outcome, f"{place} answered {code} {_text(answer)}.")


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300].rstrip(".")


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
