"""Canned responses in the editor: chosen by short code, filled with what is known of the mention."""

from datetime import date

from config.brand.answers import Canned
from config.brand.profile import Profile
from domain.errors import InvalidInput, NotFound
from responders.drafting.echo import echo_of
from responders.drafting.filling import Known, fill
from responders.drafting.names import first_name
from responders.drafting.selection import find_product
from storage.queries.mentions import MentionView


def fill_canned(profile: Profile, short_code: str, *, mention: MentionView, today: date) -> str:
    """Return a canned response for a mention, in its language or the brand's own, with the sign-off.

    Raises NotFound for an unknown short code, InvalidInput where it names something that isn't known here.
    """
    wanted = short_code.removeprefix("/")
    canned = next((each for each in profile.canned_responses if each.short_code == wanted), None)
    if canned is None:
        raise NotFound(f"There is no canned response /{wanted}; choose one from the list.")
    product = find_product(profile, mention.text)
    said = echo_of(mention.text, toxic=mention.toxic, prefer=(product.name, *product.aliases) if product else ())
    for language in dict.fromkeys(filter(None, (mention.language, profile.first_language))):
        template = canned.in_language(language, first=profile.first_language)
        known = Known(
            name=first_name(mention.author_name), product=product.name if product else None, said=said,
            language=language, today=today,
        )  # fmt: skip
        filled = fill(template, known=known, profile=profile) if template else None
        if filled:
            return _sign(filled.text, profile, language)
    raise InvalidInput(f"/{wanted} names something that isn't known of this mention; choose another, or write freely.")


def suiting(profile: Profile, *, mention: MentionView) -> list[Canned]:
    """Return the canned responses for the mention's platform, those of its intent first."""
    fitting = [each for each in profile.canned_responses if not each.platforms or mention.platform in each.platforms]
    return sorted(fitting, key=lambda each: (mention.intent not in each.intents, each.short_code))


def _sign(text: str, profile: Profile, language: str) -> str:
    sign_off = profile.voice.sign_off_in(language)
    return text if not sign_off or text.rstrip().endswith(sign_off) else f"{text.rstrip()}\n{sign_off}"
