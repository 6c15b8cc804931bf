"""Loads earnest.yaml and the brand files, and reports every mistake in all of them at once."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config.brand.checks import find_faults
from config.brand.profile import Profile
from config.checks import NO_CHECKS, Checks
from config.environment import FILE as ENVIRONMENT
from config.environment import came_from, merge, read_environment, variable_of
from config.mistakes import ConfigError, Fault, Mistake, has_errors
from config.operator import Settings
from config.reading import Document, read_document, read_text
from config.secrets import Secrets, read_secrets_file
from config.validation import check, place

SETTINGS_FILE = "earnest.yaml"
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandFile:
    """A brand and the file it came from."""

    file: Path
    profile: Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """Everything that the operator configured; `root` is the folder that relative paths are counted from.

    `warnings` say how something was understood; nothing is refused for them.
    """

    root: Path
    settings: Settings
    secrets: Secrets
    brands: Mapping[str, BrandFile]
    warnings: tuple[Mistake, ...] = ()

    @property
    def data_dir(self) -> Path:
        """The folder that holds everything; it may not exist yet."""
        return self.resolve(self.settings.data_dir)

    @property
    def database_url(self) -> str:
        """The database's address with its secrets filled in; raises MissingSecret."""
        url = self.settings.database.url or f"{_SQLITE}{self.settings.data_dir}/earnest.db"
        filled = self.secrets.fill_address(url)
        file = filled.removeprefix(_SQLITE)
        return f"{_SQLITE}{self.resolve(file)}" if filled != file else filled

    def find_secret(self, name: str) -> str | None:
        """Return a secret's value, None when it isn't set."""
        return self.secrets.get(name).get_secret_value() if name in self.secrets else None

    def resolve(self, path: str) -> Path:
        """Return a path from the settings or from a brand's source, counted from `root`."""
        return (self.root / Path(path).expanduser()).resolve()


def find_settings_file(given: Path | None = None) -> Path:
    """Return the file to load: the one given, else EARNEST_CONFIG's, else earnest.yaml here."""
    return given or Path(os.environ.get("EARNEST_CONFIG", SETTINGS_FILE))


def load(file: Path, *, checks: Checks = NO_CHECKS) -> Loaded:
    """Load the settings and all brands; raises ConfigError with every mistake in every file."""
    operator = _Operator.read(file)
    settings, mistakes = operator.validate()
    root = file.resolve().parent
    # A wrong operator's file still lets the brands be checked, in their usual place.
    files, unreadable = _list_brand_files(settings or Settings(), root)
    brands, wrong = _load_brands(files, checks)
    stored, hidden = _read_secrets(settings, root)
    unknown = _check_auto_send(settings, brands) if settings and not has_errors(wrong) else []
    mistakes += [*operator.place([*unreadable, *unknown]), *wrong, *hidden]
    if has_errors(mistakes) or settings is None:
        raise ConfigError(mistakes)
    secrets = Secrets(environ=os.environ, stored=stored)
    return Loaded(root=root, settings=settings, secrets=secrets, brands=brands, warnings=tuple(sorted(mistakes)))


def load_brand(file: Path, *, checks: Checks = NO_CHECKS) -> Profile:
    """Load one brand file; raises ConfigError with every mistake in it."""
    return _profile_of(read_document(file, shown_as=_show(file)), checks)


def read_brand(text: str, *, name: str, checks: Checks = NO_CHECKS) -> Profile:
    """Read a brand from YAML text, shown as `name` in mistakes; raises ConfigError with every mistake in it."""
    return _profile_of(read_text(text, file=name), checks)


def _profile_of(document: Document, checks: Checks) -> Profile:
    profile, mistakes = check_brand(document, checks=checks)
    if has_errors(mistakes) or profile is None:
        raise ConfigError(mistakes)
    return profile


def check_brand(document: Document, *, checks: Checks = NO_CHECKS) -> tuple[Profile | None, list[Mistake]]:
    """Return the brand that a document makes, or None, and every mistake in it."""
    if document.broken:
        return None, list(document.mistakes)
    profile, faults = check(Profile, document.data)
    placed = place(document, [*faults, *find_faults(document.data, checks=checks)])
    return profile, [*document.mistakes, *placed]


def check_profile(data: dict[str, Any], *, checks: Checks = NO_CHECKS) -> Profile:
    """Check a brand that comes from no file, such as an edit at the desk; raises ConfigError with every mistake."""
    return _profile_of(Document(file="the brand", data=data), checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Operator:
    """The operator's file with the environment laid over it."""

    document: Document
    environment: dict[str, Any]
    mistakes: list[Mistake]

    @classmethod
    def read(cls, file: Path) -> "_Operator":
        document = read_document(file, shown_as=_show(file))
        if not file.exists():
            gone = Mistake(_show(file), 1, 1, "", "There is no such file.", "Run earnest init to write one.")
            document = replace(document, mistakes=[gone], broken=True)
        environment, mistakes = read_environment()
        return cls(document=document, environment=environment, mistakes=[*document.mistakes, *mistakes])

    def validate(self) -> tuple[Settings | None, list[Mistake]]:
        """Return the settings, or None, and every mistake in file and environment."""
        if self.document.broken:
            return None, list(self.mistakes)
        settings, faults = check(Settings, merge(self.document.data, self.environment))
        return settings, [*self.mistakes, *self.place(faults)]

    def place(self, faults: Iterable[Fault]) -> list[Mistake]:
        """Give each fault its line, or the variable that it came from."""
        placed = []
        for fault in faults:
            if came_from(self.environment, fault.path):
                placed.append(Mistake(ENVIRONMENT, 0, 0, variable_of(fault.path), fault.message, fault.mend))
            else:
                placed += place(self.document, [fault])
        return placed


def _show(file: Path) -> str:
    """Return a path as short as it can be written from here."""
    with suppress(ValueError):
        return str(file.resolve().relative_to(Path.cwd()))
    return str(file)


def _list_brand_files(settings: Settings, root: Path) -> tuple[list[Path], list[Fault]]:
    """Return the brand files, each once, and the entries of `brands` that lead nowhere."""
    files: dict[Path, None] = {}
    faults = []
    for index, entry in enumerate(settings.brands):
        path = (root / Path(entry).expanduser()).resolve()
        if path.is_dir():
            found = (file for file in path.iterdir() if file.suffix in {".yaml", ".yml"} and file.name[0] not in "._")
            files |= dict.fromkeys(sorted(found))
        elif path.exists():
            files[path] = None
        elif "brands" in settings.model_fields_set:
            faults.append(Fault(("brands", index), f"There is no “{entry}”.", "Check the name, or run earnest init."))
    return list(files), faults


def _load_brands(files: Iterable[Path], checks: Checks) -> tuple[dict[str, BrandFile], list[Mistake]]:
    brands: dict[str, BrandFile] = {}
    claimed: dict[str, str] = {}
    mistakes = []
    for file in files:
        document = read_document(file, shown_as=_show(file))
        profile, found = check_brand(document, checks=checks)
        mistakes += found
        slug = str(document.data.get("slug") or "")
        if slug and slug in claimed:
            message = f"“{slug}” is the slug of {claimed[slug]} too."
            mistakes += place(document, [Fault(("slug",), message, "Give one of the two brands another slug.")])
        claimed.setdefault(slug, document.file)
        if profile is not None:
            brands.setdefault(profile.slug, BrandFile(file=file, profile=profile))
    return brands, mistakes


def _read_secrets(settings: Settings | None, root: Path) -> tuple[dict[str, str], Sequence[Mistake]]:
    if settings is None or settings.secrets_file is None:
        return {}, ()
    try:
        return read_secrets_file(root / Path(settings.secrets_file).expanduser()), ()
    except ConfigError as error:
        return {}, error.mistakes


def _check_auto_send(settings: Settings, brands: Mapping[str, BrandFile]) -> list[Fault]:
    """Return the rules that name a brand that isn't there."""
    return [
        Fault(
            ("auto_send", index, "brand"),
            f"There is no brand “{rule.brand}”.",
            f"Known: {', '.join(brands) or 'none'}.",
        )
        for index, rule in enumerate(settings.auto_send)
        if rule.brand not in brands
    ]
