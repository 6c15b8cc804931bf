"""A mailer in memory: it keeps what it was given, and answers what it is told to."""

from collections import deque

from domain.answers import Outcome, SendResult
from domain.mails import Mail
from domain.time import Clock


class MemoryMailer:
    """Implements the `Mailer` port for tests and the demo."""

    def __init__(self, clock: Clock) -> None:
        """Begin with an empty post bag; every mail is delivered until `outcomes` says otherwise."""
        self._clock = clock
        self.outcomes: deque[Outcome] = deque()
        self.delivered: list[Mail] = []

    def send(self, mail: Mail, /) -> SendResult:
        """Take the next of `outcomes`; SENT keeps the mail, and so does UNKNOWN, since it may have arrived."""
        outcome = self.outcomes.popleft() if self.outcomes else Outcome.SENT
        if outcome in {Outcome.SENT, Outcome.UNKNOWN}:
            self.delivered.append(mail)
        if outcome is Outcome.SENT:
            return SendResult(outcome=outcome, external_id=mail.message_id, sent_at=self._clock.now())
        return SendResult(outcome=outcome, message=f"The mailer was told to answer {outcome}.")
