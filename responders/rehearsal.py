"""A rehearsal of a profile's canned responses: which ones the guards would never let through, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from config.brand.profile import Profile
from domain.answers import Finding, Severity
from responders.drafting.filling import Known, fill
from responders.guards import Knowledge, check_with

NAME, SAID = "Ana", "so good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A canned response that no draft will ever be made of in one language; `finding` is None if it can't be filled."""

    short_code: str
    language: str
    finding: Finding | None


def rehearse(profile: Profile, today: date) -> Iterator[Unusable]:
    """Yield the canned responses that the drafter would silently pass over on that day, for `config check` to name."""
    knowledge = Knowledge.of(profile, today)
    product = profile.products[0].name if profile.products else None
    for response in profile.canned_responses:
        for language in response.languages(first=profile.first_language):
            known = Known(name=NAME, product=product, said=SAID, language=language, today=today)
            template = response.in_language(language, first=profile.first_language) or ""
            filled = fill(template, known=known, profile=profile)
            if filled is None:
                yield Unusable(short_code=response.short_code, language=language, finding=None)
                continue
            platform = response.platforms[0] if response.platforms else ""
            found = check_with(knowledge, filled.text, platform=platform, language=language, said=SAID)
            for finding in found:
                if finding.severity is Severity.BLOCK:
                    yield Unusable(short_code=response.short_code, language=language, finding=finding)
