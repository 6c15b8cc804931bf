"""Turning the names in the code into words for people."""

from babel import Locale

_ENGLISH = Locale("en")

WORDS: dict[str, str] = {
    "by_hand": "by hand",
    "community_manager": "community manager",
    "first_response": "first response",
    "next_response": "next response",
    "backing_off": "trying again",
    "abstained": "not sure",
}


def word(name: object) -> str:
    """Return a state, intent or platform as people write it."""
    text = str(name) if name is not None else "—"
    return WORDS.get(text, text.replace("_", " "))


DEEDS: dict[str, str] = {
    "case.assigned": "Given to somebody",
    "case.drafted": "An answer was put into the queue",
    "case.joined": "Another message came in",
    "case.labelled": "Labels changed",
    "case.opened": "Opened",
    "case.praised": "The customer praised us",
    "case.priority": "Priority changed",
    "case.reopened": "Opened again",
    "case.resolved": "Resolved",
    "case.state": "State changed",
    "case.woken": "Woke up",
    "clock.missed": "A clock ran out",
    "gesture.offered": "Goodwill offered",
}


def deed(action: str) -> str:
    """Return an event of the audit trail in words."""
    return DEEDS.get(action, capitalise(action.rpartition(".")[2].replace("_", " ")))


def language(tag: str | None) -> str:
    """Return a language's English name, or the tag itself where it has none."""
    if not tag:
        return "no known language"
    return str(_ENGLISH.languages.get(tag.partition("-")[0].lower(), tag))


def counted(number: int, one: str, several: str) -> str:
    """Return a number with what is counted: `1 reply needs a person`, `2 replies need a person`."""
    return f"{number} {one if number == 1 else several}"


def capitalise(text: str) -> str:
    """Return the text with its first letter large and the rest as it is."""
    return text[:1].upper() + text[1:]


def short(text: str | None, length: int = 140) -> str:
    """Return a text on one line, cut at a word with an ellipsis when it is longer than `length`."""
    line = " ".join((text or "").split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,.;:") + "…"
