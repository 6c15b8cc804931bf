"""Guards: what stands between a draft and a promise that the brand can't keep; one module a rule."""

from collections.abc import Sequence
from datetime import date

from config.brand.profile import Profile
from domain.answers import Finding, Severity
from domain.classification import Classification
from responders.guards import (
    asking_again,
    avoided,
    blame,
    commitments,
    expiry,
    figures,
    injection,
    language,
    length,
    links,
    personalisation,
    placeholders,
    privacy,
    repetition,
    rivals,
    shouting,
    thanks,
    timing,
)
from responders.guards.basis import Checked, Knowledge, find_covered
from responders.guards.length import Measure, measure_on
from responders.texts import fold

__all__ = ["Checked", "Knowledge", "Measure", "check", "check_with", "is_blocked", "measure_on"]

_RULES = (
    placeholders.check, personalisation.check, privacy.check, injection.check, figures.check, commitments.check,
    timing.check, expiry.check, links.check, avoided.check, rivals.check, language.check, blame.check,
    asking_again.check, shouting.check, repetition.check, thanks.check,
)  # fmt: skip
_ORDER = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFO: 2}


def check(
    text: str,
    *,
    profile: Profile,
    platform: str,
    language: str | None,
    said: str = "",
    thread: Sequence[str] = (),
    author_name: str | None = None,
    recent: Sequence[str] = (),
    today: date | None = None,
    measure: Measure = measure_on,
) -> tuple[Finding, ...]:
    """Return what every rule finds in `text`, the gravest first; offsets count its characters.

    `said` and `thread` are the customer's words (what they named may be spoken of), `author_name` the first name in
    use, `recent` the skeletons of our latest texts, `today` the brand's day: without it nothing that runs out is known.
    """
    return check_with(
        Knowledge.of(profile, today), text, platform=platform, language=language, said=said, thread=thread,
        author_name=author_name, recent=recent, measure=measure,
    )  # fmt: skip


def check_with(
    knowledge: Knowledge,
    text: str,
    *,
    platform: str,
    language: str | None,
    said: str = "",
    thread: Sequence[str] = (),
    author_name: str | None = None,
    recent: Sequence[str] = (),
    seen: Classification | None = None,
    short_code: str | None = None,
    measure: Measure = measure_on,
) -> tuple[Finding, ...]:
    """Do what `check` does, with a profile that was prepared before.

    With `seen`, what the model says of the post, and `short_code`, the canned response that `text` is, thanks for
    praise are held against the post as well.
    """
    folded = fold(text)
    draft = Checked(
        text=text, folded=folded, knowledge=knowledge, platform=platform, language=language, said=said,
        thread=tuple(thread), author_name=author_name, recent=tuple(recent), seen=seen, short_code=short_code,
        covered=find_covered(folded, knowledge.statements),
    )  # fmt: skip
    found = list(length.check(draft, measure))
    for rule in _RULES:
        found += rule(draft)
    return tuple(sorted(found, key=lambda finding: (_ORDER[finding.severity], finding.start or 0)))


def is_blocked(findings: Sequence[Finding]) -> bool:
    """Say whether one of `findings` refuses approval."""
    return any(finding.severity is Severity.BLOCK for finding in findings)
