"""Secrets: from the environment as EARNEST_NAME, or from a file that only its owner can read."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from dotenv import dotenv_values
from pydantic import SecretStr

from config.mistakes import ConfigError, Mistake
from domain.errors import EarnestError

PREFIX = "EARNEST_"
REFERENCE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}", re.ASCII)


class MissingSecret(EarnestError):
    """A setting names a secret that is nowhere; set it in the environment or in the secrets file."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The secret {name} isn't set; put it in the environment as {PREFIX}{name}, or in the secrets file."
        )
        self.name = name


class Secrets:
    """Looks secrets up by name and never shows them."""

    def __init__(self, *, environ: Mapping[str, str], stored: Mapping[str, str] | None = None) -> None:
        named = {name.removeprefix(PREFIX): value for name, value in (stored or {}).items()}
        override = {name.removeprefix(PREFIX): value for name, value in environ.items() if name.startswith(PREFIX)}
        self._values = {name: SecretStr(value) for name, value in {**named, **override}.items() if value}

    def __contains__(self, name: str) -> bool:
        return name.removeprefix(PREFIX) in self._values

    def __repr__(self) -> str:
        return f"Secrets({len(self._values)} known)"

    def get(self, name: str) -> SecretStr:
        """Return a secret; raises MissingSecret when it is nowhere."""
        bare = name.removeprefix(PREFIX)
        if bare not in self._values:
            raise MissingSecret(bare)
        return self._values[bare]

    def fill_address(self, template: str) -> str:
        """Return an address with every `${NAME}` replaced; raises MissingSecret for the first that is nowhere.

        A secret that is only a part of it is quoted, so that `p@ss/word` stays a password.
        """
        if whole := REFERENCE.fullmatch(template):
            return self.get(whole[1]).get_secret_value()
        return REFERENCE.sub(lambda found: quote(self.get(found[1]).get_secret_value(), safe=""), template)


def read_secrets_file(file: Path) -> dict[str, str]:
    """Read `NAME=value` lines; raises ConfigError when others can read the file, or when it can't be read."""
    try:
        mode = stat.S_IMODE(file.stat().st_mode)
        if mode & 0o077:
            message = f"Other users can read the secrets file (its mode is {mode:04o})."
            raise ConfigError([Mistake(str(file), 1, 1, "", message, f"Run chmod 600 {file}.")])
        values = dotenv_values(file, interpolate=False, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        mistake = Mistake(str(file), 1, 1, "", f"The secrets file can't be read: {reason}.", "Check secrets_file.")
        raise ConfigError([mistake]) from error
    except UnicodeDecodeError as error:
        raise ConfigError([Mistake(str(file), 1, 1, "", "The secrets file isn't UTF-8.", "Save it again.")]) from error
    return {name: value for name, value in values.items() if value}
