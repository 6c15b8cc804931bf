"""The permission gate (decision 4): may this reply go to this post, by the platform's rules and the brand's own?

It is asked before a draft is made, when it is approved, and just before it is sent.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from config.brand.listening import Account, Answering
from config.brand.profile import Profile
from domain.answers import Permission
from domain.labels import Intent
from domain.states import MentionState, ReplyState
from platforms.capabilities import Demand
from platforms.registry import capabilities_of
from responders.spending import why_too_dear
from storage.tables import Author, Brand, Mention, Person, Reply

# What was or may have been said; a failed or withdrawn reply never reached anybody.
SAID = (ReplyState.QUEUED, ReplyState.SENDING, ReplyState.SENT, ReplyState.UNKNOWN)
ALLOWED = Permission(allowed=True)
# Says what stands in the way of sending from an account here, such as that it has no keys; None where nothing does.
Obstacle = Callable[[Session, Profile, Account], str | None]


def permit(
    session: Session, *, mention: Mention, profile: Profile, at: datetime, reply: Reply | None = None,
    unattended: bool = False, obstacle: Obstacle | None = None,
) -> Permission:  # fmt: skip
    """Say whether the brand may answer `mention` at `at`; `reply` is the one asked about, once there is one.

    With `unattended`, whether it may do so without a person; `obstacle` tells whether it could at all.
    """
    author = session.get_one(Author, mention.author_id)
    person = session.get_one(Person, author.person_id)
    said = _Said(session, reply)
    refusal = (
        _about_platform(mention, profile)
        or _about_post(mention)
        or _about_person(author, person, said)
        or _about_interaction(mention, profile, said)
        or _about_summons(session, mention, profile)
        or _about_cap(mention, person.id, profile, at - profile.contact_cap.per, said)
        or _about_unattended(mention, profile, unattended=unattended or (reply is not None and reply.origin == "auto"))
        or _about_budget(session, mention, profile, at, reply)
        or _about_obstacle(session, mention, profile, obstacle)
    )
    if refusal is None:
        return ALLOWED
    rule, sentence = refusal
    return Permission(allowed=False, rule=rule, reason=sentence, link=mention.url)


class _Said:
    """What else was or may have been said, apart from the draft that is asked about."""

    def __init__(self, session: Session, reply: Reply | None) -> None:
        self._session = session
        self._draft_id = reply.draft_id if reply else None

    def count(self, *conditions: ColumnElement[bool]) -> int:
        """Return how many mentions were answered under `conditions`."""
        query = select(func.count(Reply.mention_id.distinct())).where(Reply.state.in_(SAID), *conditions)
        if self._draft_id is not None:
            query = query.where(Reply.draft_id.is_distinct_from(self._draft_id))
        return self._session.scalar(query) or 0


Refusal = tuple[str, str] | None


def _about_platform(mention: Mention, profile: Profile) -> Refusal:
    facts = capabilities_of(mention.platform)
    use = profile.use_of(mention.platform)
    if use.answer is Answering.NEVER:
        return "platform_never", f"{profile.name} never answers on {facts.name}; its profile says so."
    if use.answer is Answering.BY_HAND:
        return "platform_by_hand", f"{profile.name} answers on {facts.name} by hand; open the post and answer there."
    if account_for(profile, mention.platform) is None:
        return "no_account", f"{profile.name} has no account on {facts.name} that may publish; answer by hand."
    return _about_records(facts.demands_to_answer, mention.platform, profile)


def _about_unattended(mention: Mention, profile: Profile, *, unattended: bool) -> Refusal:
    demands = capabilities_of(mention.platform).demands_unattended if unattended else ()
    return _about_records(demands, mention.platform, profile)


def _about_records(demands: Sequence[Demand], platform: str, profile: Profile) -> Refusal:
    account = _answering_account(profile, platform)
    for demand in demands:
        if account is None or not account.records.get(demand.key, "").strip():
            return "not_recorded", f"{demand.sentence} Record it under the account's records: {demand.key}."
    return None


def _about_budget(
    session: Session, mention: Mention, profile: Profile, at: datetime, reply: Reply | None
) -> Refusal:  # fmt: skip
    account = _answering_account(profile, mention.platform)
    if account is None:
        return None
    reason = why_too_dear(
        session, brand_id=mention.brand_id, account=account, zone=profile.zone, at=at, reply=reply
    )  # fmt: skip
    return ("budget", reason) if reason else None


def _about_obstacle(session: Session, mention: Mention, profile: Profile, obstacle: Obstacle | None) -> Refusal:
    account = _answering_account(profile, mention.platform)
    if account is None or obstacle is None:
        return None
    reason = obstacle(session, profile, account)
    return ("unsendable", reason) if reason else None


def _about_post(mention: Mention) -> Refusal:
    if mention.state is MentionState.DELETED:
        return "deleted", "The post was deleted where it was posted; there is nothing left to answer."
    if mention.counted_only:
        return "too_old", "The post is older than the brand's answer window; it is counted, never answered."
    return None


def _about_person(author: Author, person: Person, said: _Said) -> Refusal:
    if person.opted_out_at is not None:
        return "opted_out", "This person asked not to be contacted."
    if author.is_bot and said.count(Reply.person_id == person.id):
        return "bot", "The author is a bot, and a bot is answered once at most."
    return None


def _about_interaction(mention: Mention, profile: Profile, said: _Said) -> Refusal:
    facts = capabilities_of(mention.platform)
    if facts.one_reply_per_interaction and said.count(
        (Reply.mention_id == mention.id) | _by_same_account(mention, account_for(profile, mention.platform))
    ):
        return "answered", f"{facts.name} allows one reply to a post, and there is one already."
    return None


def _by_same_account(mention: Mention, account: str | None) -> ColumnElement[bool]:
    """Return the condition that a reply answers the same post from the same account, though for another brand."""
    # Brand by brand, as the index on mentions begins with it.
    same = select(Mention.id).where(
        Mention.brand_id.in_(select(Brand.id)), Mention.platform == mention.platform,
        Mention.external_id == mention.external_id,
    )  # fmt: skip
    bare = (account or "").removeprefix("@").casefold()
    return Reply.mention_id.in_(same) & func.lower(Reply.account).in_((bare, f"@{bare}"))


def _about_summons(session: Session, mention: Mention, profile: Profile) -> Refusal:
    facts = capabilities_of(mention.platform)
    if not facts.must_be_summoned or _was_summoned(session, mention, profile):
        return None
    return "not_summoned", f"On {facts.name} an account may answer only who mentions it; answer by hand."


def _about_cap(mention: Mention, person_id: int, profile: Profile, since: datetime, said: _Said) -> Refusal:
    # Someone who complains or asks wants an answer; the cap keeps thanks from becoming a nuisance.
    if mention.intent in {Intent.COMPLAINT, Intent.QUESTION} or mention.case_id is not None:
        return None
    written = said.count(Reply.person_id == person_id, Reply.created_at >= since)
    if written < profile.contact_cap.replies:
        return None
    cap = profile.contact_cap.replies
    return "contact_cap", f"This person was written to {written} times lately; the profile's cap is {cap}."


def _was_summoned(session: Session, mention: Mention, profile: Profile) -> bool:
    if mention.addressed is not None:
        return mention.addressed
    ours = [account for account in profile.accounts if account.platform == mention.platform]
    if any(_names(mention.text, account.handle) for account in ours):
        return True
    if mention.in_reply_to is None:
        return False
    query = select(Reply.id).where(
        Reply.brand_id == mention.brand_id,
        Reply.platform == mention.platform,
        Reply.external_id == mention.in_reply_to,
    )
    return session.scalar(query) is not None


def _names(text: str, handle: str) -> bool:
    """Say whether a text calls on a handle: on all of it, and not within a longer one or an address."""
    whole = rf"(?<![\w@/])@{re.escape(handle.removeprefix('@'))}(?![\w@-]|\.\w)"
    return re.search(whole, text, re.IGNORECASE) is not None


def _answering_account(profile: Profile, platform: str) -> Account | None:
    handle = account_for(profile, platform)
    return next((each for each in profile.accounts if (each.platform, each.handle) == (platform, handle)), None)


def account_for(profile: Profile, platform: str) -> str | None:
    """Return the handle that answers on a platform; None where none may publish."""
    wanted = profile.use_of(platform).account
    for account in profile.accounts:
        if account.platform == platform and account.publish and wanted in {None, account.handle}:
            return account.handle
    return None
