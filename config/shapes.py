"""Finds which settings a model knows at a place, to point at the right key and to guess what was meant."""

from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, Tag

from config.mistakes import Path


class Spot(NamedTuple):
    """A place in a file: the way to it without Pydantic's own marks, and the model that holds its last key."""

    path: Path
    holder: type[BaseModel] | None
    at_key: bool


def find_spot(model: type[BaseModel], location: Path) -> Spot:
    """Turn the location in a Pydantic error into a place in the file."""
    shape: Any = model
    holder: type[BaseModel] | None = None
    path: Path = ()
    for part in location:
        if part == "[key]":
            return Spot(path, holder, at_key=True)
        chosen = _choose(shape, part)
        if chosen is not None:
            shape = chosen
            continue
        holder = shape if isinstance(shape, type) and issubclass(shape, BaseModel) else None
        shape, path = _descend(shape, part), (*path, part)
    return Spot(path, holder, at_key=False)


def _bare(shape: Any) -> Any:  # noqa: ANN401  (annotations have no common type)
    """Strip Annotated and the None of an optional setting."""
    while True:
        origin = get_origin(shape)
        if origin is Annotated:
            shape = get_args(shape)[0]
        elif origin in {Union, UnionType}:
            kinds = [kind for kind in get_args(shape) if kind is not type(None)]
            if len(kinds) != 1:
                return shape
            shape = kinds[0]
        else:
            return shape


def _choose(shape: Any, part: str | int) -> Any:  # noqa: ANN401  (annotations have no common type)
    """Return the member of a tagged union that `part` names, or None when `part` is no tag."""
    if get_origin(shape) not in {Union, UnionType}:
        return None
    for kind in get_args(shape):
        if any(isinstance(mark, Tag) and mark.tag == part for mark in getattr(kind, "__metadata__", ())):
            return _bare(kind)
    return None


def _descend(shape: Any, part: str | int) -> Any:  # noqa: ANN401  (annotations have no common type)
    """Return the shape one step down, or None where the model doesn't say."""
    if isinstance(shape, type) and issubclass(shape, BaseModel):
        known = shape.model_fields.get(str(part))
        return _bare(known.annotation) if known else None
    arguments = get_args(shape)
    return _bare(arguments[-1 if get_origin(shape) is dict else 0]) if arguments else None


def guess(word: str, known: list[str]) -> str | None:
    """Return the known word that was probably meant, or None."""
    close = get_close_matches(word.lower().replace("-", "_"), known, n=1, cutoff=0.6)
    if close:
        return close[0]
    return next((name for name in known if len(word) > 3 and name.startswith(word.lower())), None)
