"""Mail through a real SMTP server on loopback: what arrives, and what is known of what may not have."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from socket import create_server, socket
from threading import Thread
from typing import Any

import pytest

from digests.due import make_digest
from digests.mail import compose_mail
from digests.memory import MemoryMailer
from digests.sending import LONGEST_WAIT, MOST_TRIES, mail_of, resend_mail, send_digest_mail
from digests.smtp import SmtpMailer
from digests.texts import Texts
from domain.answers import Outcome
from domain.mails import Inline, Mail
from domain.ports import Mailer
from domain.states import MailState
from domain.time import ManualClock
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.tables import DigestMail
from tests import parts
from tests.integration.digests.week import MONDAY, WEEK, add_week
from tests.unit.digests.samples import make_figures

pytestmark = pytest.mark.smtp
CLOCK = ManualClock(MONDAY)
MAIL = Mail(
    message_id="<fixed@tern.example>", recipients=("ruth@example.com", "tom@example.com"), subject="Tern: week 46",
    text="Grüße.\n.\n..two dots\n", html="<p>Grüße.</p>", images=(Inline(content_id="c1", content=b"\x89PNG"),),
)  # fmt: skip


class Letterbox:
    """What the server took, and what it answers: a text for the step of that name, or "drop" to hang up."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the library's names
        self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:  # fmt: skip
        """Take a recipient, unless told otherwise for all or for one."""
        answer = self.answers.get(address) or self.answers.get("rcpt")
        if answer == "drop":
            server.transport.close()
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail, unless told otherwise; one that is dropped was taken all the same."""
        answer = self.answers.get("data", "250 OK")
        if answer.startswith(("250", "drop", "hang")):
            self.taken.append((list(envelope.rcpt_tos), message_from_bytes(envelope.content, policy=default)))
        if answer == "drop":
            server.transport.close()
        if answer == "hang":
            await asyncio.sleep(5)
        return answer


@contextmanager
def serve(box: Letterbox) -> Iterator[int]:
    """Run a server on a free port of loopback; yield the port."""
    try:
        from aiosmtpd.controller import Controller
    except ImportError:
        parts.missing("smtp", "install aiosmtpd")
        raise AssertionError from None
    controller = Controller(box, hostname="127.0.0.1", port=parts.free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)


@pytest.fixture
def box() -> Letterbox:
    """An empty letterbox."""
    return Letterbox()


@pytest.fixture
def mailer(box: Letterbox) -> Iterator[SmtpMailer]:
    """A mailer whose server is on loopback."""
    with serve(box) as port:
        yield mailer_to(port)


def mailer_to(port: int, **changes: Any) -> SmtpMailer:
    """Return a mailer to a port of loopback."""
    values: dict[str, Any] = {"sender": "desk@tern.example", "clock": CLOCK, "security": "none", "timeout": 2.0}
    return SmtpMailer(host="127.0.0.1", port=port, **{**values, **changes})


@pytest.fixture(params=["smtp", "memory"])
def any_mailer(request: pytest.FixtureRequest) -> tuple[Mailer, Callable[[], list[str]]]:
    """Each mailer, with a way to read back the message ids of what arrived."""
    if request.param == "memory":
        memory = MemoryMailer(CLOCK)
        return memory, lambda: [mail.message_id for mail in memory.delivered]
    box: Letterbox = request.getfixturevalue("box")
    return request.getfixturevalue("mailer"), lambda: [str(message["Message-ID"]) for _, message in box.taken]


def test_every_mailer_keeps_its_promises(any_mailer: tuple[Mailer, Callable[[], list[str]]]) -> None:
    mailer, arrived = any_mailer
    assert arrived() == []
    results = [mailer.send(MAIL), mailer.send(MAIL)]

    assert [result.outcome for result in results] == [Outcome.SENT, Outcome.SENT]
    assert {result.external_id for result in results} == {MAIL.message_id}
    assert {result.sent_at for result in results} == {MONDAY}
    assert arrived() == [MAIL.message_id] * 2


def test_what_arrives_is_what_was_written(mailer: SmtpMailer, box: Letterbox) -> None:
    mailer.send(MAIL)
    [(recipients, message)] = box.taken
    plain, html = message.get_body(("plain",)), message.get_body(("html",))

    assert recipients == ["ruth@example.com", "tom@example.com"]
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == "Grüße.\n.\n..two dots\n"
    assert html is not None
    assert html.get_content().strip() == "<p>Grüße.</p>"
    assert [part.get_content() for part in message.walk() if part["Content-ID"] == "<c1>"] == [b"\x89PNG"]


def test_a_whole_digest_arrives_with_both_parts(mailer: SmtpMailer, box: Letterbox) -> None:
    figures = make_figures()
    mail = compose_mail(figures, Texts(), message_id="<d@tern.example>", recipients=("ruth@example.com",))
    assert mailer.send(mail).outcome is Outcome.SENT
    [(_, message)] = box.taken
    plain, html = message.get_body(("plain",)), message.get_body(("html",))

    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n").strip() == mail.text.strip()
    assert html is not None
    assert html.get_content().replace("\r\n", "\n").strip() == mail.html.strip()
    assert len([part for part in message.walk() if part.get_content_type() == "image/png"]) == len(mail.images)


@pytest.mark.parametrize(
    ("answers", "outcome", "said"),
    [
        ({"rcpt": "451 Try later"}, Outcome.REFUSED_BEFORE_ACTING, "451 Try later"),
        ({"tom@example.com": "450 Greylisted"}, Outcome.REFUSED_BEFORE_ACTING, "450 Greylisted"),
        ({"rcpt": "550 No such user"}, Outcome.REJECTED, "550 No such user"),
        ({"rcpt": "drop"}, Outcome.REFUSED_BEFORE_ACTING, "broke off"),
        ({"data": "452 Disk full"}, Outcome.REFUSED_BEFORE_ACTING, "452 Disk full"),
        ({"data": "554 Looks like spam"}, Outcome.REJECTED, "554 Looks like spam"),
    ],
)
def test_a_no_is_told_from_a_not_now(
    mailer: SmtpMailer, box: Letterbox, answers: dict[str, str], outcome: Outcome, said: str
) -> None:  # fmt: skip
    box.answers = answers
    result = mailer.send(MAIL)

    assert result.outcome is outcome
    assert said in result.message
    assert box.taken == []


def test_one_wrong_address_does_not_keep_the_others_from_their_mail(mailer: SmtpMailer, box: Letterbox) -> None:
    box.answers = {"tom@example.com": "550 Moved away"}
    result = mailer.send(MAIL)

    assert (result.outcome, result.message) == (Outcome.SENT, "Not delivered to tom@example.com (550 Moved away).")
    assert box.taken[0][0] == ["ruth@example.com"]


def test_on_the_last_try_a_full_mailbox_does_not_keep_the_others_from_their_mail(
    mailer: SmtpMailer, box: Letterbox
) -> None:  # fmt: skip
    last = replace(MAIL, last_try=True)
    box.answers = {"tom@example.com": "452 Mailbox full"}
    assert mailer.send(MAIL).outcome is Outcome.REFUSED_BEFORE_ACTING
    result = mailer.send(last)

    assert (result.outcome, result.message) == (Outcome.SENT, "Not delivered to tom@example.com (452 Mailbox full).")
    assert [recipients for recipients, _ in box.taken] == [["ruth@example.com"]]
    box.answers = {"rcpt": "452 Mailbox full"}
    assert mailer.send(last).outcome is Outcome.REJECTED
    box.answers = {"tom@example.com": "421 Closing"}
    assert mailer.send(last).outcome is Outcome.REFUSED_BEFORE_ACTING


def test_a_mailbox_that_stays_full_costs_the_others_some_hours_and_no_digest(
    sqlite_database: Database, box: Letterbox
) -> None:  # fmt: skip
    clock = ManualClock(MONDAY)
    jobs, seen = MemoryJobs(clock), add_week(sqlite_database, clock)
    digest = make_digest(sqlite_database, jobs, clock, brand_id=seen.brand_id, week=WEEK)
    with sqlite_database.write() as session:
        row = mail_of(session, digest.id)
        assert row is not None
        row.attempts = MOST_TRIES - 2
    box.answers = {"tom@example.com": "452 Mailbox full"}
    with serve(box) as port:
        states = []
        for _ in range(2):
            states.append(send_digest_mail(sqlite_database, jobs, clock, mailer_to(port), row.id))
            clock.advance(LONGEST_WAIT)

    assert states == [MailState.QUEUED, MailState.SENT]
    assert [recipients for recipients, _ in box.taken] == [["ruth@example.com"]]
    with sqlite_database.read() as session:
        assert "tom@example.com" in (session.get_one(DigestMail, row.id).last_error or "")


@pytest.mark.parametrize("answer", ["drop", "hang"])
def test_silence_after_the_text_is_unknown(mailer: SmtpMailer, box: Letterbox, answer: str) -> None:
    box.answers = {"data": answer}
    result = mailer.send(MAIL)

    assert result.outcome is Outcome.UNKNOWN
    assert "may have arrived" in result.message
    assert len(box.taken) == 1


def test_nobody_at_home_is_a_certain_refusal() -> None:
    result = mailer_to(parts.free_port()).send(MAIL)

    assert result.outcome is Outcome.REFUSED_BEFORE_ACTING
    assert "can't be reached" in result.message


@pytest.mark.parametrize(
    ("greeting", "outcome"),
    [
        (b"421 Too busy\r\n", Outcome.REFUSED_BEFORE_ACTING),
        (b"554 Not you\r\n", Outcome.REJECTED),
        (b"", Outcome.REFUSED_BEFORE_ACTING),
    ],
)
def test_a_server_that_sends_us_away(greeting: bytes, outcome: Outcome) -> None:
    with create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_greet, args=(listening, greeting))
        thread.start()
        result = mailer_to(listening.getsockname()[1]).send(MAIL)
        thread.join()

    assert result.outcome is outcome


def _greet(listening: socket, greeting: bytes) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.sendall(greeting)


def test_a_server_without_what_the_settings_ask_for_gets_no_mail(box: Letterbox) -> None:
    with serve(box) as port:
        results = [
            mailer_to(port, security="starttls").send(MAIL),
            mailer_to(port, username="u", password="p").send(MAIL),
        ]

    assert [result.outcome for result in results] == [Outcome.REJECTED, Outcome.REJECTED]
    assert "doesn't offer" in results[0].message
    assert box.taken == []


def test_a_lost_connection_then_a_persons_resend(sqlite_database: Database, mailer: SmtpMailer, box: Letterbox) -> None:
    jobs, seen = MemoryJobs(CLOCK), add_week(sqlite_database, CLOCK)
    digest = make_digest(sqlite_database, jobs, CLOCK, brand_id=seen.brand_id, week=WEEK, domain="tern.example")
    with sqlite_database.read() as session:
        row = mail_of(session, digest.id)
    assert row is not None
    box.answers = {"data": "drop"}
    assert send_digest_mail(sqlite_database, jobs, CLOCK, mailer, row.id) is MailState.UNKNOWN

    box.answers = {}
    with sqlite_database.write() as session:
        resend_mail(session, jobs, mail_id=row.id, user_id=None, at=CLOCK.now())
    assert send_digest_mail(sqlite_database, jobs, CLOCK, mailer, row.id) is MailState.SENT
    ids = [message["Message-ID"] for _, message in box.taken]
    assert ids == [row.message_id] * 2
    assert row.message_id.endswith("@tern.example>")
    assert box.taken[0][1]["Subject"] == "Tern Kettles: week 46, 2026"
