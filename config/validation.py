"""Checks a document against a model, and says every mistake in plain words with its place."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.mistakes import Fault, Mistake, write_path
from config.reading import Document
from config.shapes import find_spot, guess

Model = TypeVar("Model", bound=BaseModel)
_KINDS = {
    "string_type": ("text", "Put it in quotes."),
    "bool_type": ("yes or no", "Write true or false."),
    "bool_parsing": ("yes or no", "Write true or false."),
    "int_type": ("a whole number", "Write digits alone."),
    "int_parsing": ("a whole number", "Write digits alone."),
    "int_from_float": ("a whole number", "Write digits alone."),
    "float_type": ("a number", "Write digits, with a point for the fraction."),
    "float_parsing": ("a number", "Write digits, with a point for the fraction."),
    "tuple_type": ("a list", "Write one entry a line, each after a hyphen."),
    "list_type": ("a list", "Write one entry a line, each after a hyphen."),
    "dict_type": ("a group of settings", "Write each as `name: value`, indented below."),
    "model_type": ("a group of settings", "Write each as `name: value`, indented below."),
}
_DATES = ("date_", "datetime_", "date_from_datetime_")
_HIDDEN = ("password", "secret", "token", "credential", "key")


def check(model: type[Model], data: Any) -> tuple[Model | None, list[Fault]]:  # noqa: ANN401  (whatever YAML held)
    """Return the model that the data makes, or None, and every fault in it."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [explain(model, detail) for detail in error.errors(include_url=False)]


def place(document: Document, faults: Iterable[Fault]) -> list[Mistake]:
    """Give each fault its line; what the reader has already reported isn't reported twice."""
    reported = {mistake.path for mistake in document.mistakes}
    mistakes = []
    for fault in faults:
        path = write_path(fault.path)
        if path in reported:
            continue
        mark = document.locate(fault.path, at_key=fault.at_key)
        mistakes.append(Mistake(document.file, mark.line, mark.column, path, fault.message, fault.mend, fault.warning))
    return mistakes


def explain(model: type[BaseModel], detail: ErrorDetails) -> Fault:
    """Turn one of Pydantic's errors into a sentence and a mend."""
    spot = find_spot(model, detail["loc"])
    name = str(spot.path[-1]) if spot.path else ""
    match detail["type"]:
        case "missing":
            return Fault(spot.path, f"`{name}` is missing.", _describe(spot.holder, name), at_key=True)
        case "extra_forbidden":
            return Fault(spot.path, f"`{name}` isn't a setting here.", _suggest(spot.holder, name), at_key=True)
        case "config":
            context = detail.get("ctx", {})
            return Fault(spot.path, str(context["message"]), str(context["mend"]), spot.at_key)
        case kind:
            message, mend = _explain_value(kind, detail, hidden=any(word in name.lower() for word in _HIDDEN))
            return Fault(spot.path, message, mend, spot.at_key)


def _explain_value(kind: str, detail: ErrorDetails, *, hidden: bool) -> tuple[str, str]:
    shown = "This value" if hidden else _show(detail["input"])
    context = detail.get("ctx", {})
    if kind in _KINDS:
        wanted, mend = _KINDS[kind]
        return f"{shown} isn't {wanted}.", mend
    if kind in {"enum", "literal_error"}:
        return f"{shown} isn't one of the choices.", _offer(str(detail["input"]), str(context["expected"]))
    if kind.startswith(_DATES):
        return f"{shown} isn't a date.", "Write year, month and day, such as 2026-12-31."
    if kind in {"too_short", "string_too_short"}:
        return (
            "It is empty.",
            "Write at least one entry." if kind == "too_short" else "Write something, or remove the line.",
        )
    limit = detail["msg"].removeprefix("Input should be ")
    return f"{shown} is out of bounds.", f"Write something {limit}." if limit != detail["msg"] else f"{limit}."


def _show(value: Any) -> str:  # noqa: ANN401  (whatever YAML held)
    if isinstance(value, dict):
        return "A group of settings"
    if isinstance(value, list):
        return "A list"
    if isinstance(value, bool) or value is None:
        return f"`{str(value).lower() if value is not None else 'nothing'}`"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"“{text if len(text) <= 60 else text[:57] + '…'}”"


def _describe(holder: type[BaseModel] | None, name: str) -> str:
    known = holder.model_fields.get(name) if holder else None
    return f"Add `{name}:` {_lower(known.description)}" if known and known.description else f"Add `{name}:`."


def _lower(text: str) -> str:
    return f"({text[:1].lower()}{text[1:].rstrip('.')})."


def _suggest(holder: type[BaseModel] | None, name: str) -> str:
    known = list(holder.model_fields) if holder else []
    secret = next((field for field in known if field in {f"{name}_secret", f"{name}_url"}), None)
    if secret:
        return (
            f"Put it in the environment as EARNEST_{name.upper()}, or in the secrets file,"
            f" and write `{secret}: {name.upper()}` here."
        )
    meant = guess(name, known)
    return f"Did you mean `{meant}`?" if meant else f"Known here: {', '.join(sorted(known))}."


def _offer(word: str, expected: str) -> str:
    known = [choice.strip("' ") for part in expected.split(" or ") for choice in part.split(",")]
    meant = guess(word, known)
    return f"Did you mean {meant}?" if meant else f"Write one of {', '.join(known)}."
