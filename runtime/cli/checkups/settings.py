"""Are the settings right, and are all secrets that they name there?"""

from collections.abc import Iterator
from pathlib import Path

from config.brand.profile import Profile
from config.brand.sources import OutsideSource, WebhookSource
from config.loading import Loaded
from config.mistakes import ConfigError
from domain.errors import EarnestError
from runtime.cli.checkups.finding import Finding, note, warning, well, wrong
from runtime.cli.workplace import find_settings, load_settings


def look_at_settings(config: Path | None) -> tuple[Loaded | None, list[Finding]]:
    """Return the settings, None where they can't be loaded, and what is to be said of them."""
    try:
        file = find_settings(config)
        loaded = load_settings(file)
    except ConfigError as error:
        mend = "Run: earnest config check"
        return None, [wrong("settings", str(mistake), mend) for mistake in error.mistakes]
    except EarnestError as error:
        return None, [wrong("settings", str(error), "")]
    findings = [well("settings", f"{file} with {len(loaded.brands)} brand(s): {', '.join(loaded.brands) or 'none'}.")]
    if not loaded.brands:
        findings.append(warning("settings", "There is no brand to listen for.", "Put a profile into brands/."))
    findings += [warning("settings", str(mistake), "") for mistake in loaded.warnings]
    return loaded, [*findings, *_look_at_secrets(loaded)]


def _look_at_secrets(loaded: Loaded) -> Iterator[Finding]:
    wanted: dict[str, list[str]] = {}
    smtp = loaded.settings.smtp
    if smtp.password_secret:
        wanted.setdefault(smtp.password_secret, []).append("smtp.password_secret")
    if loaded.settings.server.metrics_secret:
        wanted.setdefault(loaded.settings.server.metrics_secret, []).append("server.metrics_secret")
    for slug, brand in loaded.brands.items():
        for name, where in _secrets_of(brand.profile):
            wanted.setdefault(name, []).append(f"{where} of {slug}")
    missing = {name: places for name, places in wanted.items() if name not in loaded.secrets}
    for name, places in missing.items():
        mend = f"Put it in the environment as EARNEST_{name}, or in the secrets file."
        yield wrong("secrets", f"{name} isn't set, and {', '.join(places)} needs it.", mend)
    if not wanted:
        yield note("secrets", "The settings name none.")
    elif not missing:
        yield well("secrets", f"All {len(wanted)} that the settings name are set.")


def _secrets_of(profile: Profile) -> Iterator[tuple[str, str]]:
    for source in profile.sources:
        if isinstance(source, WebhookSource):
            yield source.signing_secret, f"source {source.id}"
        if isinstance(source, OutsideSource):
            yield from ((name, f"source {source.id}") for name in source.credentials.values())
    yield from ((webhook.signing_secret, f"webhook {webhook.id}") for webhook in profile.webhooks)
    for account in profile.accounts:
        yield from ((name, f"account {account.handle}") for name in account.credentials.values())
