"""The drafter that ships with the desk: the brand's canned responses, filled with what is known."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from babel import Locale

from config.brand.answers import Canned
from config.brand.knowledge import Product
from config.brand.profile import Profile
from domain.answers import DraftRequest, Finding, ProposedDraft, Severity
from responders.drafting.echo import echo_of
from responders.drafting.filling import Filled, Known, fill
from responders.drafting.names import first_name
from responders.drafting.selection import find_product, occasion_of, rank
from responders.guards import Knowledge, Measure, check_with, is_blocked, measure_on
from responders.texts import main_language, opening_of

_KEPT = 32


class HasProfile(Protocol):
    """A revision, as far as drafting reads it."""

    @property
    def profile(self) -> Profile:
        """The brand's profile under that revision."""
        ...


class Profiles(Protocol):
    """Where revisions are looked up; storage.queries.brands.RevisionCache is one."""

    def get(self, revision_id: int, /) -> HasProfile:
        """Return a revision; raises NotFound when there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """One filled response with what the guards say of it."""

    proposal: ProposedDraft
    repeats: bool
    too_long: bool


class CannedDrafter:
    """Implements the `Drafter` port without a model. The same request always gives the same draft."""

    def __init__(self, profiles: Profiles, *, measure: Measure = measure_on) -> None:
        """`measure` returns a text's length on a platform and the most that it takes there, None for no limit."""
        self._profiles, self._measure = profiles, measure
        self._knowledge: dict[tuple[int, date | None], Knowledge] = {}

    def draft(self, request: DraftRequest, /) -> ProposedDraft | None:
        """Return the best response that is filled honestly and that no guard blocks; None when there is none.

        Of those the first is taken that begins unlike what was said to the person before and that isn't too long.
        """
        profile = self._profiles.get(request.revision_id).profile
        for language in _languages(request, profile):
            spare: _Candidate | None = None
            for candidate in self._candidates(request, profile, language):
                if not candidate.repeats and not candidate.too_long:
                    return candidate.proposal
                spare = spare or candidate
            if spare:
                return _confess(spare)
        return None

    def _candidates(self, request: DraftRequest, profile: Profile, language: str) -> Iterator[_Candidate]:
        name = first_name(request.author_name)
        product = find_product(profile, request.text, *request.thread)
        occasion = occasion_of(
            classification=request.classification, platform=request.platform, product=product, has_name=name is not None
        )
        said = _echo(request, product)
        openings = frozenset(opening_of(text, name=name) for text in request.said_before)
        turn = request.variant + (1 if request.thanked_before else 0)
        known = Known(
            name=name, product=product.name if product else None, said=said, language=language, today=request.today
        )
        for response in rank(profile.canned_responses, occasion, variant=turn):
            candidate = self._fill(response, request, profile, known, openings)
            if candidate:
                yield candidate

    def _fill(
        self, response: Canned, request: DraftRequest, profile: Profile, known: Known, openings: frozenset[str]
    ) -> _Candidate | None:  # fmt: skip
        template = response.in_language(known.language, first=profile.first_language)
        filled = fill(template, known=known, profile=profile) if template else None
        if filled is None:
            return None
        filled = self._sign(filled, profile, known, request.platform)
        found = check_with(
            self._know(request, profile), filled.text, platform=request.platform, language=known.language,
            said=request.text, thread=request.thread, author_name=known.name, seen=request.classification,
            short_code=response.short_code, measure=self._measure,
        )  # fmt: skip
        if is_blocked(found):
            return None
        proposal = ProposedDraft(
            text=filled.text, language=known.language, short_code=response.short_code, facts=filled.facts,
            promises=filled.promises, findings=(*found, *_on_language(request, known.language)),
        )  # fmt: skip
        repeats = opening_of(filled.text, name=known.name) in openings
        return _Candidate(proposal=proposal, repeats=repeats, too_long=any(each.rule == "length" for each in found))

    def _sign(self, filled: Filled, profile: Profile, known: Known, platform: str) -> Filled:
        """Add the sign-off where it isn't there yet and still fits."""
        sign_off = profile.voice.sign_off_in(known.language)
        if not sign_off or filled.text.rstrip().endswith(sign_off):
            return filled
        signed = f"{filled.text.rstrip()}\n{sign_off}"
        length, most = self._measure(platform, signed)
        return filled if most is not None and length > most else replace(filled, text=signed)

    def _know(self, request: DraftRequest, profile: Profile) -> Knowledge:
        key = (request.revision_id, request.today)
        if key not in self._knowledge:
            while len(self._knowledge) >= _KEPT:
                self._knowledge.pop(next(iter(self._knowledge)), None)
            self._knowledge[key] = Knowledge.of(profile, request.today)
        return self._knowledge[key]


def _echo(request: DraftRequest, product: Product | None) -> str | None:
    words = (product.name, *product.aliases) if product else ()
    return echo_of(request.text, toxic=request.classification.toxic, prefer=words)


def _languages(request: DraftRequest, profile: Profile) -> tuple[str, ...]:
    """The languages to try: theirs, then the brand's own."""
    wanted = request.classification.language
    return tuple(dict.fromkeys(filter(None, (wanted, profile.first_language))))


def _on_language(request: DraftRequest, used: str) -> tuple[Finding, ...]:
    wanted = request.classification.language
    if wanted is None:
        message = f"The language of the post isn't known; this is in {_name_language(used)}."
        return (Finding(rule="language", severity=Severity.INFO, message=message),)
    if main_language(wanted) == main_language(used):
        return ()
    theirs, ours = _name_language(wanted), _name_language(used)
    message = f"They wrote in {theirs}, and no response is written in it; this is in {ours}."
    return (Finding(rule="language", severity=Severity.WARN, message=message),)


def _name_language(tag: str) -> str:
    return str(Locale("en").languages.get(main_language(tag) or "", tag))


def _confess(candidate: _Candidate) -> ProposedDraft:
    """Say on the draft why a better one wasn't found."""
    if not candidate.repeats:
        return candidate.proposal
    message = "We began an answer to this person with the same words before; begin this one another way."
    finding = Finding(rule="repetition", severity=Severity.WARN, message=message)
    return replace(candidate.proposal, findings=(*candidate.proposal.findings, finding))
