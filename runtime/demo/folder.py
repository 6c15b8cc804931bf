"""The demo's folder: settings, both brands and their posts; only a folder that a demo made is ever replaced."""

import shutil
from importlib.resources import files
from pathlib import Path

from filelock import FileLock, Timeout

from config.loading import SETTINGS_FILE
from domain.errors import InvalidInput

MARKER = ".made-by-earnest-demo"
DATABASE = "earnest.db"
# What is copied: where from, the profile, the posts, and what the posts are called in the inbox.
BRANDS = (
    ("config.examples.demo", "ploverday.yaml", "mentions.jsonl", "ploverday.jsonl"),
    ("config.examples.second", "cap-aubray.yaml", "mentions.csv", "cap-aubray.csv"),
)
# The last hours come in many times as fast as in life, so the demo looks more often.
_OFTEN = ("interval: 1m", "interval: 3s")
_SETTINGS = """\
# Written by `earnest demo`, which replaces this whole folder each time it runs: keep nothing of yours here.
data_dir: .
brands: [brands]

server:
  host: 127.0.0.1
  port: {port}

# What is approved is written into outbox.jsonl in this folder and goes nowhere else.
outbox:
  to: file

logging:
  level: warning
"""


def make_folder(folder: Path, *, port: int) -> Path:
    """Write the folder anew and return its settings file.

    Raises InvalidInput, having changed nothing, where the folder holds something that no demo made, or where a demo
    is still running in it.
    """
    if folder.exists():
        _remove(folder)
    try:
        folder.mkdir(parents=True)
        (folder / MARKER).write_text("earnest demo replaces this folder when it runs again.\n", encoding="utf-8")
        (folder / SETTINGS_FILE).write_text(_SETTINGS.format(port=port), encoding="utf-8")
        for package, profile, posts, inbox in BRANDS:
            _copy(package, profile, folder / "brands" / profile)
            _copy(package, posts, folder / "inbox" / inbox)
    except OSError as error:
        raise InvalidInput(f"{folder} can't be written: {error.strerror}; name another with --folder.") from None
    return folder / SETTINGS_FILE


def _remove(folder: Path) -> None:
    if not folder.is_dir() or not (folder / MARKER).is_file():
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
            return
        raise InvalidInput(f"{folder} wasn't made by a demo, so it stays as it is; name another with --folder.")
    # The lock is that of a process at work on the database: a demo that is still being served.
    lock = FileLock(folder / f"{DATABASE}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InvalidInput(f"A demo is still running in {folder}; end it first, or name another folder.") from None
    lock.release()
    shutil.rmtree(folder)


def _copy(package: str, name: str, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    target.write_text(text.replace(*_OFTEN) if name.endswith(".yaml") else text, encoding="utf-8")
