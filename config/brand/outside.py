"""Checks what needs knowledge from other packages: expressions, names of platforms, types of source."""

from collections.abc import Iterator

from pydantic import ValidationError

from config.brand.raw import Data, entries, group, words
from config.brand.sources import BUILT_IN
from config.checks import Checks
from config.mistakes import Fault, Path
from config.shapes import guess
from config.validation import explain

_NAMING_ONE = ("accounts", "known_bots", "auto_send", "sources")
_NAMING_MANY = ("queries", "canned_responses")


def find_wrong_expressions(data: Data, checks: Checks) -> Iterator[Fault]:
    """Yield what the given parser finds wrong with each query's expression."""
    if checks.expression is None:
        return
    for path, query in entries(data, "queries"):
        expression = query.get("expression")
        for problem in checks.expression(expression) if isinstance(expression, str) and expression.strip() else ():
            place = f" (at character {problem.offset + 1})" if problem.offset is not None else ""
            message = _sentence(problem.message.rstrip(".") + place)
            yield Fault((*path, "expression"), message, _sentence(problem.mend), warning=problem.warning)


def _sentence(text: str) -> str:
    """Return text that begins with a capital and ends with a stop."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def find_unknown_platforms(data: Data, checks: Checks) -> Iterator[Fault]:
    """Yield every name of a platform that Earnest hasn't got."""
    if checks.platforms is None:
        return
    known = sorted(checks.platforms)
    for path, name, at_key in _platform_names(data):
        if name not in known:
            meant = guess(name, known)
            mend = f"Did you mean {meant}?" if meant else f"Known: {', '.join(known)}."
            yield Fault(path, f"There is no platform “{name}”.", mend, at_key)


def _platform_names(data: Data) -> Iterator[tuple[Path, str, bool]]:
    for name in group(data, "platforms"):
        yield ("platforms", name), name, True
    for name in group(data, "retention", "platforms"):
        yield ("retention", "platforms", name), name, True
    for part in (*_NAMING_ONE, *_NAMING_MANY):
        key = "platform" if part in _NAMING_ONE else "platforms"
        for path, entry in entries(data, part):
            for where, word in words(entry, key):
                yield (*path, *where), word, False


def find_unknown_themes(data: Data, checks: Checks) -> Iterator[Fault]:
    """Yield a warning for every theme that isn't on the list: only a post's own noun could be called so."""
    if checks.themes is None:
        return
    known = sorted(checks.themes)
    for path, entry in entries(data, "canned_responses"):
        for where, word in words(entry, "themes"):
            if word not in known:
                meant = guess(word, known)
                mend = f"Did you mean {meant}?" if meant else "The list stands in docs/model.md."
                yield Fault((*path, *where), f"“{word}” isn't on the list of themes.", mend, warning=True)


def find_wrong_sources(data: Data, checks: Checks) -> Iterator[Fault]:
    """Yield types of source that nothing can read, wrong options of plug-ins, and two schedules for one source."""
    added = dict(checks.sources or {})
    for path, source in entries(data, "sources"):
        kind = source.get("type")
        if isinstance(kind, str) and kind not in BUILT_IN and kind not in added:
            meant = guess(kind, [*BUILT_IN, *added])
            if checks.sources is not None or meant:
                mend = f"Did you mean {meant}?" if meant else f"Known: {', '.join([*BUILT_IN, *sorted(added)])}."
                yield Fault((*path, "type"), f"Nothing can read a source of type “{kind}”.", mend)
        elif isinstance(kind, str) and (model := added.get(kind)) is not None:
            try:
                model.model_validate(group(source, "options"))
            except ValidationError as error:
                for detail in error.errors(include_url=False):
                    fault = explain(model, detail)
                    yield Fault((*path, "options", *fault.path), fault.message, fault.mend, fault.at_key)
        if source.get("schedule") is not None and source.get("interval") is not None:
            yield Fault((*path, "schedule"), "There is an interval too.", "Keep interval or schedule.", at_key=True)
