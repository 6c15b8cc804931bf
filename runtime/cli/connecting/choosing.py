"""Which of the sources that a platform offers are wanted."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from domain.errors import InvalidInput
from platforms.connecting import Ask
from runtime.cli.connecting.answers import Answers
from runtime.cli.connecting.plain import plain

_TOLD_BESIDES: Final = {"tags", "interval", "budget"}
Offered = Sequence[Mapping[str, Any]]


def choose_sources(
    offered: Offered, *, notes: Sequence[str], given: str | None, ask: Answers
) -> list[Mapping[str, Any]]:  # fmt: skip
    """Show what can be read, and return what is wanted of it; `given` is the command line's word.

    Raises InvalidInput for a choice that isn't there, unless a person can choose again.
    """
    if not offered:
        return []
    print("What can be read:")
    for number, source in enumerate(offered, 1):
        settings = _settings_of(source).items()
        note = notes[number - 1] if number <= len(notes) else ""
        # What a note says needs no setting beside it.
        told = [f"{name}: {_show(held)}" for name, held in settings if not note or name in _TOLD_BESIDES]
        print(f"  {number}  {plain('; '.join(filter(None, (note, *told)))) or 'as it comes'}")
    question = "Which sources? Numbers with commas, all or none"
    pick = partial(_pick, offered)
    return pick(given) if given else ask.until(Ask(name="sources", question=question, default="all"), pick)


def _pick(offered: Offered, wanted: str) -> list[Mapping[str, Any]]:
    """Return what numbers with commas name; raises InvalidInput."""
    words = [word.strip() for word in wanted.split(",") if word.strip()]
    if words in ([], ["none"]):
        return []
    if words == ["all"]:
        return list(offered)
    if not all(word.isdecimal() and 1 <= int(word) <= len(offered) for word in words):
        raise InvalidInput(
            f"“{plain(wanted)}” isn't a choice of sources; write all, none, or numbers up to {len(offered)}."
        )
    return [offered[number - 1] for number in sorted({int(word) for word in words})]


def _settings_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a source says of itself, with its options among the rest."""
    rest = {name: held for name, held in source.items() if name not in {"type", "options"}}
    return {**source.get("options", {}), **rest}


def _show(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_show(held)}" for name, held in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " ".join(map(_show, value))
    return str(value)
