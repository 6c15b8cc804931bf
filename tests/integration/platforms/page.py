"""The tables of docs/reliability.md, from what the fault matrix is tested against."""

from collections.abc import Callable, Iterable
from typing import Final

from platforms.registry import capabilities_of
from tests.integration.platforms.expected import IMPOSSIBLE, PLATFORMS, READ, write_expected
from tests.integration.platforms.matrix import READ_FAULTS, WRITE_FAULTS

WORDS: Final = {
    "unauthorised": "401, the key isn't valid",
    "payment": "402, the credit is spent",
    "forbidden": "403, the right is missing",
    "rate_limit_with_reset": "429 that says until when",
    "rate_limit_without_reset": "429 that doesn't say",
    "server_error": "500",
    "html": "503 with a page of HTML",
    "cut_body": "an answer that is cut off",
    "reset": "a connection that is reset",
    "timeout": "no answer in time",
    "malformed_item": "one post that can't be read",
    "duplicate_item": "a post twice",
    "empty_page_with_next": "an empty page with a next one",
    "lost_after_write": "a connection lost after the reply was written",
}
BEGIN, END = "<!-- tables: written by scripts/write_reliability.py -->", "<!-- end of tables -->"


def write_tables() -> str:
    """Both tables, in Markdown."""
    reading = _table("The platform gives, while a source is read", READ_FAULTS, _read_cell)
    writing = _table("The platform gives, while a reply is sent", WRITE_FAULTS, _write_cell)
    return f"{BEGIN}\n{reading}\n\n{writing}\n{END}"


def _table(title: str, faults: Iterable[str], cell: Callable[[str, str], str]) -> str:
    names = [capabilities_of(platform).name for platform in PLATFORMS]
    lines = [f"| {title} | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for fault in faults:
        cells = ["doesn't exist there" if (each, fault) in IMPOSSIBLE else cell(each, fault) for each in PLATFORMS]
        lines.append(f"| {WORDS[fault]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _read_cell(_platform: str, fault: str) -> str:
    outcome = READ[fault]
    aside = f", {outcome.set_aside} set aside" if outcome.set_aside else ""
    return f"{outcome.state.replace('_', ' ')}{aside}; lost {outcome.lost}, doubled {outcome.doubled}"


def _write_cell(platform: str, fault: str) -> str:
    outcome = write_expected(platform, fault)
    path = outcome.first if outcome.first == outcome.last else f"{outcome.first}, then {outcome.last}"
    return f"{path}; {outcome.written} on the platform"
