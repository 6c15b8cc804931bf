"""Which secrets the settings name, so that `doctor` can say which are missing."""

from collections.abc import Iterator

from config.brand.profile import Profile
from config.brand.sources import OutsideSource, WebhookSource
from config.loading import Loaded
from config.operator import Settings
from config.secrets import REFERENCE


def find_missing_secrets(loaded: Loaded) -> list[tuple[str, str]]:
    """Return the secrets that are named and not set: where they are named, and their names."""
    named = list(_name_in_settings(loaded.settings))
    for slug, brand in loaded.brands.items():
        named += [(f"{slug}: {place}", name) for place, name in _name_in_brand(brand.profile)]
    return [(place, name) for place, name in named if name not in loaded.secrets]


def _name_in_settings(settings: Settings) -> Iterator[tuple[str, str]]:
    for name in REFERENCE.findall(settings.database.url or ""):
        yield "database.url", name
    if settings.smtp.password_secret:
        yield "smtp.password_secret", settings.smtp.password_secret


def _name_in_brand(profile: Profile) -> Iterator[tuple[str, str]]:
    for account in profile.accounts:
        for key, name in account.credentials.items():
            yield f"the {key} of {account.handle} on {account.platform}", name
    for source in profile.sources:
        if isinstance(source, WebhookSource):
            yield f"the signing_secret of source {source.id}", source.signing_secret
        if isinstance(source, OutsideSource):
            for key, name in source.credentials.items():
                yield f"the {key} of source {source.id}", name
    for webhook in profile.webhooks:
        yield f"the signing_secret of webhook {webhook.id}", webhook.signing_secret
