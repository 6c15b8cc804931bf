"""Connects an account on Bluesky: app passwords, a session for reading and one for answering, and the label “bot”."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from domain.errors import InvalidInput
from domain.time import Clock, SystemClock
from platforms.bluesky import BOT_LABEL
from platforms.bluesky.client import Client
from platforms.bluesky.labels import is_labelled, put_label, read_profile
from platforms.bluesky.options import SERVICE, bare, service_of
from platforms.bluesky.session import PASSWORD, SESSION, SessionOwner, claims_of, read_session
from platforms.connecting import Ask, Connected, Identity, Talk
from platforms.credentials import Credentials, MemoryCredentials
from platforms.reach import Reach

HANDLE: Final = "handle"
# What the reference server calls a session that the account's own password began.
_WHOLE: Final = "com.atproto.access"


class BlueskyConnector:
    """Signs in with app passwords: Bluesky's own way for programs that nobody sits at."""

    platform = "bluesky"

    def __init__(self, clock: Clock | None = None) -> None:
        """Nothing is asked yet."""
        self._clock = clock or SystemClock()

    def asks(self) -> Sequence[Ask]:
        """What is asked first, in order."""
        return (
            Ask(name=HANDLE, question="The account's handle", hint="Such as name.bsky.social."),
            Ask(
                name=PASSWORD, question="An app password", secret=True,
                hint="On bsky.app: Settings, Privacy and security, App passwords, Add. Not your own password.",
            ),
            Ask(
                name="reply_password", question="Another app password, for replies", secret=True, default="",
                hint="Empty for the same one. Two can be revoked one without the other.",
            ),
            Ask(
                name="service", question="The account's server", default=SERVICE,
                hint="Bluesky's own, unless the account lives elsewhere.",
            ),
        )  # fmt: skip

    def sign_in(self, answers: Mapping[str, str], /, *, reach: Reach, talk: Talk) -> Connected:
        """Begin a session for each use; raises Trouble or InvalidInput."""
        handle, service = _handle_of(answers), _service_of(answers)
        read = self._begin(handle, service, answers.get(PASSWORD, ""), reach)
        write = self._begin(handle, service, answers.get("reply_password") or answers.get(PASSWORD, ""), reach)
        owner = self._owner(write, service, reach)
        session = owner.current()
        labelled = self._label(owner, talk)
        account = {} if service == SERVICE else {"service": service}
        return Connected(
            identity=Identity(handle=f"@{session.handle}", id=session.did),
            read=read.values, write=write.values, account_options=account, expires_at=session.renewable_until,
            records={BOT_LABEL: f"{labelled.isoformat()}, on its profile"} if labelled else {},
            sources=(
                {"type": self.platform, "interval": "5m"},
                {"type": self.platform, "interval": "5m", "options": {"read": ["stream"]}},
            ),
            source_notes=(
                "mentions, answers, quotes, own posts, and a search for the brand's words",
                "every public post of the network, of which those about the brand are kept",
            ),
        )  # fmt: skip

    def check(self, credentials: Credentials, /, *, options: Mapping[str, object], reach: Reach) -> Identity:
        """Ask the account's server whose session it is; raises Trouble or MissingCredential."""
        owner = self._owner(credentials, service_of(options), reach)
        owner.ask("com.atproto.server.getSession")
        session = owner.current()
        label = "carries the label bot" if is_labelled(read_profile(owner)) else "doesn't carry the label bot"
        can = ("reads notifications, searches and threads", "writes and deletes posts", label)
        return Identity(handle=f"@{session.handle}", id=session.did, can=can)

    def _begin(self, handle: str, service: str, password: str, reach: Reach) -> MemoryCredentials:
        if not password:
            raise InvalidInput("No app password was given; make one on bsky.app under Settings.")
        keys = MemoryCredentials({HANDLE: handle, PASSWORD: password})
        session = self._owner(keys, service, reach).current()
        if claims_of(session.access).get("scope") == _WHOLE:
            raise InvalidInput("That is the account's own password, which may do everything; make an app password.")
        return keys

    def _owner(self, credentials: Credentials, service: str, reach: Reach) -> SessionOwner:
        kept = read_session(credentials.find(SESSION))
        handle = credentials.find(HANDLE) or (kept.handle if kept else credentials.get(HANDLE))
        return SessionOwner(
            handle=handle, service=service, credentials=credentials, clock=self._clock,
            connect=lambda server: Client(server, reach=reach, clock=self._clock),
        )  # fmt: skip

    def _label(self, owner: SessionOwner, talk: Talk) -> date | None:
        """Return today where the profile carries the label, or does now that the person agreed."""
        profile = read_profile(owner)
        if not is_labelled(profile):
            told = talk.ask(
                Ask(
                    name="label", question="Put the label “bot” on the account's profile? yes or no", default="yes",
                    hint="Bluesky wants it of accounts that a program answers from; nothing is sent without it.",
                )
            )  # fmt: skip
            if told.strip().lower() not in {"y", "yes", "true", "1"}:
                talk.show("The label isn't set, so nothing can be sent from the account yet.")
                return None
            put_label(owner, profile)
            talk.show("The account's profile carries the label “bot” now.")
        return self._clock.now().date()


def _handle_of(answers: Mapping[str, str]) -> str:
    handle = bare(answers.get(HANDLE, ""))
    if not handle.startswith("did:") and "." not in handle:
        raise InvalidInput("That isn't a whole handle; write it with its domain, such as name.bsky.social.")
    return handle


def _service_of(answers: Mapping[str, str]) -> str:
    service = (answers.get("service") or SERVICE).strip().rstrip("/")
    if "://" not in service:
        service = f"https://{service}"
    if not service.startswith(("https://", "http://")):
        raise InvalidInput("That isn't a server's address; write it such as https://bsky.social.")
    return service


CONNECTOR: Final = BlueskyConnector()
