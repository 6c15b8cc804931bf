"""Where the two keys stand that tokens are sealed with: in a secret, or in a file that only its owner can read.

The read key opens what collectors use, the write key what publishers use. A process that is given no write key can
send nothing, whatever it reads in the database.
"""

import fcntl
import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from config.secrets import PREFIX, Secrets
from domain.labels import Use
from storage.database import StorageError
from storage.sealing import Seal, new_key

FOLDER: Final = "keys"
SECRETS: Final = {Use.READ: "READ_KEY", Use.WRITE: "WRITE_KEY"}
_HEAD = "# Earnest's {use} key: it opens the tokens in the database. Keep a copy away from the backups.\n"


class MissingKey(StorageError):
    """A key is neither in its secret nor in its file; put it there."""


class ExposedKey(StorageError):
    """Others on this machine can read a key, or put another in its place; narrow the permissions."""


class WithheldKey(StorageError):
    """This process isn't to have that key: it only listens."""


class Keys:
    """Finds the keys anew each time, so that a rotation needs no restart where they stand in files."""

    def __init__(self, *, data_dir: Path, secrets: Secrets, uses: Collection[Use] = tuple(Use)) -> None:
        """`uses` are the keys that this process may have; the file of another is never opened."""
        self._folder, self._secrets, self._uses = data_dir / FOLDER, secrets, frozenset(uses)

    def file(self, use: Use) -> Path:
        """Return where the key's file is, or would be."""
        return self._folder / f"{use}.key"

    def is_secret(self, use: Use) -> bool:
        """Say whether the key comes from a secret; its file doesn't count then."""
        return SECRETS[use] in self._secrets

    def find(self, use: Use) -> Seal | None:
        """Return the key, None where there is none; raises WithheldKey, ExposedKey or BadKey."""
        if use not in self._uses:
            raise WithheldKey(f"This process only listens and is given no {use} key; run one without --listen-only.")
        if self.is_secret(use):
            given = self._secrets.get(SECRETS[use]).get_secret_value()
            return Seal(_split(given), place=f"{PREFIX}{SECRETS[use]}")
        file = self.file(use)
        content = _read_private(file)
        return None if content is None else Seal(_split(content), place=str(file))

    def get(self, use: Use) -> Seal:
        """Return the key; raises MissingKey where there is none, and what `find` raises."""
        found = self.find(use)
        if found is None:
            raise MissingKey(
                f"There is no {use} key to open the stored tokens: put it back into {self.file(use)} (chmod 600) or"
                f" into {PREFIX}{SECRETS[use]}; if it is lost, run earnest disconnect and earnest connect for each"
                " account."
            )
        return found

    def make(self, use: Use) -> Seal:
        """Return the key, made into its file if there is none yet."""
        found = self.find(use)
        if found is None:
            file = self.file(use)
            _make_folder(self._folder)
            with _private_file(self._folder, [new_key()], use) as temporary:
                try:
                    os.link(temporary, file)  # replaces nothing: whoever came first made the key
                except FileExistsError:
                    return self.get(use)
        return self.get(use)

    def write(self, use: Use, keys: Collection[str]) -> None:
        """Replace the key file's keys in one step; the first seals from now on."""
        _make_folder(self._folder)
        with _private_file(self._folder, keys, use) as temporary:
            temporary.replace(self.file(use))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the key files for a rotation; another one waits until this ends, with its process at the latest."""
        _make_folder(self._folder)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def read(self, use: Use) -> tuple[str, ...]:
        """Return the keys of the key file, for rotation; none where there is no file."""
        return tuple(_split(_read_private(self.file(use)) or ""))


def _split(text: str) -> list[str]:
    """Return the keys of a list with commas, or of lines; what follows a # is a remark."""
    lines = (line.partition("#")[0] for line in text.splitlines())
    return [key.strip() for line in lines for key in line.split(",") if key.strip()]


def _read_private(file: Path) -> str | None:
    try:
        with file.open(encoding="utf-8") as opened:
            mode = stat.S_IMODE(os.fstat(opened.fileno()).st_mode)
            if mode & 0o077:
                raise ExposedKey(f"Others can read the key {file} (its mode is {mode:04o}); run: chmod 600 {file}")
            folder = stat.S_IMODE(file.parent.stat().st_mode)
            if folder & 0o022:
                raise ExposedKey(f"Others can write to {file.parent} (its mode is {folder:04o}); run: chmod 700 there")
            return opened.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it isn't text"
        raise MissingKey(f"The key {file} can't be read ({reason}); see that it belongs to this user.") from None


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _private_file(folder: Path, keys: Collection[str], use: Use) -> Iterator[Path]:
    """Yield a file of keys that only its owner can read; it is gone at the end unless it was moved."""
    handle, name = mkstemp(dir=folder)  # with mode 0600
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_HEAD.format(use=use) + "".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        yield path
    finally:
        path.unlink(missing_ok=True)
