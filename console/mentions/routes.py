"""Mentions: search and filters, one mention, and correcting what the model said."""

from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from console.mentions.correcting import begin_answer, correct
from console.shared.choices import choose, choose_day, choose_name, must_choose, next_day
from console.shared.links import local_path
from console.shared.pages import go, pages_of
from console.shared.people import read_person
from console.shared.rights import Right
from console.shared.threads import ask_for_threads, read_thread
from console.shared.visitors import Desk, DeskIn, ServicesIn, allow, revision_of
from domain.labels import Intent, Sentiment
from platforms.registry import capabilities_of
from responders.correction import Verdict
from storage.queries.around import confidence_of, replies_to_drafts
from storage.queries.casework import drafts_of, verdicts_on
from storage.queries.mentions import CURSOR_SHAPE, MentionFilter, get_mention, list_mentions
from storage.queries.paging import Cursor

router = APIRouter()
PAGE = 50
Text = Annotated[str, Form()]


class MentionSearch:
    """What the list is narrowed to, as the address says it."""

    def __init__(
        self, *, q: str = "", intent: str = "", sentiment: str = "", platform: str = "", language: str = "",
        urgent: str = "", since: str = "", until: str = "",
    ) -> None:  # fmt: skip
        """Take the address apart; what isn't known narrows nothing."""
        self.q, self.since, self.until, self.urgent = q.strip()[:200], since, until, urgent == "1"
        self.intent, self.sentiment = choose(Intent, intent), choose(Sentiment, sentiment)
        self.platform, self.language = choose_name(platform), choose_name(language.lower())

    def filters(self, desk: Desk) -> MentionFilter:
        """Return the filter for the query; days are the brand's, and `until` includes its day."""
        before = choose_day(self.until, desk.zone)
        return MentionFilter(
            words=self.q, intent=self.intent, sentiment=self.sentiment, platform=self.platform,
            language=self.language, urgent=True if self.urgent else None, since=choose_day(self.since, desk.zone),
            before=next_day(before, desk.zone) if before else None,
        )  # fmt: skip

    @property
    def query(self) -> str:
        """The same as the end of an address."""
        pairs: dict[str, Any] = {
            "q": self.q, "intent": self.intent, "sentiment": self.sentiment, "platform": self.platform,
            "language": self.language, "urgent": "1" if self.urgent else "", "since": self.since, "until": self.until,
        }  # fmt: skip
        kept = {name: str(value) for name, value in pairs.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@router.get("/mentions")
def show_mentions(
    request: Request, desk: DeskIn, services: ServicesIn, search: Annotated[MentionSearch, Depends()], after: str = ""
) -> Response:
    """Show the brand's mentions, newest first."""
    cursor = Cursor.decode(after, shape=CURSOR_SHAPE) if after else None
    with services.database.read() as session:
        page = list_mentions(
            session, brand_id=desk.brand_id, filters=search.filters(desk), after=cursor, limit=PAGE
        )  # fmt: skip
    platforms = revision_of(services, desk).profile.platforms
    return pages_of(request).render(
        request, "mentions/templates/list.html", desk=desk, title="Mentions", page=page, search=search,
        intents=[(each, "not sure" if each is Intent.ABSTAINED else each) for each in Intent],
        sentiments=[(each, each) for each in Sentiment],
        platforms=[(name, capabilities_of(name).name) for name in platforms],
    )  # fmt: skip


@router.get("/mentions/{mention_id}")
def show_mention(request: Request, desk: DeskIn, services: ServicesIn, mention_id: int) -> Response:
    """Show one mention with its thread, what was said of it, and what became of it."""
    with services.database.read() as session:
        mention = get_mention(session, mention_id=mention_id, brand_ids=frozenset({desk.brand_id}))
        verdicts = verdicts_on(session, mention.id)
        drafts = drafts_of(session, mention.id)
        context: dict[str, Any] = {
            "mention": mention, "current": mention.id, "thread": read_thread(session, mention.conversation_id),
            "known": read_person(session, mention.person_id, besides=(mention.id,)),
            "verdicts": [(row, confidence_of(row), name) for row, name in verdicts],
            "drafts": drafts, "replies": replies_to_drafts(session, [draft.id for draft in drafts]),
        }  # fmt: skip
    ask_for_threads(services, desk, conversation_ids=[mention.conversation_id])
    return pages_of(request).render(
        request, "mentions/templates/mention.html", desk=desk, title=f"Mention {mention_id}", **context
    )


@router.post("/mentions/{mention_id}/correct")
def send_correction(
    *, request: Request, desk: Annotated[Desk, Depends(allow(Right.CORRECT))], services: ServicesIn, mention_id: int,
    intent: Text = "", sentiment: Text = "", urgent: Text = "", language: Text = "", back: Text = "",
) -> Response:  # fmt: skip
    """Keep a correction, and go back to where it was made."""
    verdict = Verdict(
        intent=must_choose(Intent, intent, what="intent"), urgent=urgent == "1",
        sentiment=must_choose(Sentiment, sentiment, what="sentiment"), language=choose_name(language.lower()),
    )  # fmt: skip
    again = correct(services, desk, mention_id=mention_id, verdict=verdict)
    request.app.state.counts.forget(desk.brand_id)
    goal = local_path(back, default=f"{desk.base}/mentions/{mention_id}")
    if again and goal.startswith(f"{desk.base}/queue/"):
        # That draft is withdrawn: go on with the list, narrowed as it was.
        goal = f"{desk.base}/queue" + (f"?{urlsplit(goal).query}" if urlsplit(goal).query else "")
    return go(goal, said="corrected_again" if again else "corrected")


@router.post("/mentions/{mention_id}/draft")
def send_draft(
    request: Request, desk: Annotated[Desk, Depends(allow(Right.REVIEW))], services: ServicesIn, mention_id: int
) -> Response:
    """Begin an answer to a mention that got none."""
    draft_id = begin_answer(services, desk, mention_id=mention_id)
    request.app.state.counts.forget(desk.brand_id)
    return go(f"{desk.base}/queue/{draft_id}", said="drafted")
