"""Adds to a brand's file and leaves everything else as the operator wrote it: comments, order, quotes, blank lines."""

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from io import StringIO
from pathlib import Path as FilePath
from tempfile import mkstemp
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.mistakes import Path, write_path
from config.reading import read_text
from domain.errors import InvalidInput

Added = Sequence[Mapping[str, Any]] | Mapping[str, Any]
_USUAL_INDENT = 2


class CannotEdit(InvalidInput):
    """A file is written in a way that can't be added to; the text says what to add by hand."""


def add_to(text: str, path: Path, added: Added, *, file: str) -> str:
    """Return a file's text with entries appended to the list at `path`, or names put into the group there.

    What isn't there yet is made, at the end of the group above. Lines are put in where they belong and no other is
    touched; where the file's shape doesn't allow that, it is written anew with its comments. Raises CannotEdit.
    """
    before = read_text(text, file=file)
    if not before.broken and not before.mistakes:
        wanted = deepcopy(before.data)
        _add(wanted, path, added)
        for attempt in (_insert, _rewrite):
            after = attempt(text, path, added)
            if after is not None:
                found = read_text(after, file=file)
                if found.data == wanted and not found.mistakes:
                    return after
    raise CannotEdit(f"{file} can't be added to; write this under {write_path(path)} yourself:\n{_dump(added)}")


def replace_file(file: FilePath, text: str) -> None:
    """Write a file in one step, with the permissions that it had."""
    target = file.resolve()
    handle, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    temporary = FilePath(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        shutil.copymode(target, temporary)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _add(data: Any, path: Path, added: Added) -> None:  # noqa: ANN401 - plain data or ruamel's
    for part in path[:-1]:
        if isinstance(part, str) and data.get(part) is None:
            data[part] = {}
        data = data[part]
    last: Any = path[-1]
    if isinstance(added, Mapping):
        held = data.get(last) if isinstance(last, str) else data[last]
        if held is None:
            held = data[last] = {}
        held.update(_plain(added))
    else:
        if data.get(last) is None:
            data[last] = []
        data[last].extend(_plain(added))


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON data
    """Return a copy in plain lists and dictionaries, which YAML can write."""
    if isinstance(value, Mapping):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(held) for held in value]
    return value


def _rewrite(text: str, path: Path, added: Added) -> str | None:
    yaml = _writer()
    yaml.preserve_quotes = True
    indent = _indent_of(text)
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    out = StringIO()
    with suppress(YAMLError, TypeError, AttributeError, KeyError, IndexError):
        data = yaml.load(text)
        _add(data, path, added)
        yaml.dump(data, out)
        return out.getvalue()
    return None


def _insert(text: str, path: Path, added: Added) -> str | None:
    """Return the text with the new lines in their place; None where that can't be told."""
    root = YAML(typ="safe", pure=True).compose(text)
    if not isinstance(root, MappingNode) or root.flow_style:
        return None
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    node: Node = root
    for depth, part in enumerate(path):
        found = _child(node, part)
        if found is None:
            nested: Any = added
            for name in reversed(path[depth:]):
                nested = {name: nested}
            return _put(lines, node, nested, _indent_of(text))
        node = found
    if isinstance(node, ScalarNode) and node.start_mark.index == node.end_mark.index:
        return None  # `accounts:` with nothing behind it
    return _put(lines, node, added, _indent_of(text))


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(part, int):
        child: Node = node.value[part]
        return child
    pairs = node.value if isinstance(node, MappingNode) else ()
    return next((value for key, value in pairs if key.value == part), None)


def _put(lines: list[str], node: Node, added: Added, indent: int) -> str | None:
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
        return None
    column = node.start_mark.column
    end = _end(node, lines)
    new = [f"{' ' * column}{line}\n" if line else "\n" for line in _dump(added, indent=indent).splitlines()]
    return "".join([*lines[:end], *new, *lines[end:]])


def _end(node: Node, lines: list[str]) -> int:
    """Return the number of the line after a node's last one."""
    if isinstance(node, MappingNode | SequenceNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, value = last if isinstance(last, tuple) else (None, last)
        return max(_end(value, lines), key.end_mark.line + 1 if key else 0)
    end: int = node.end_mark.line + (1 if node.end_mark.column else 0)
    while isinstance(node, ScalarNode) and node.style in {"|", ">"} and end and not lines[end - 1].strip():
        end -= 1
    return end


def _indent_of(text: str) -> int:
    """Return how far the file indents the lists of its settings."""
    root = YAML(typ="safe", pure=True).compose(text)
    held = root.value if isinstance(root, MappingNode) else ()
    lists = (value for _, value in held if isinstance(value, SequenceNode) and not value.flow_style)
    return next((int(found.start_mark.column) for found in lists), _USUAL_INDENT)


def _dump(added: Added, *, indent: int = _USUAL_INDENT) -> str:
    if not isinstance(added, Mapping):
        blocks = (_dump(entry, indent=indent).splitlines() for entry in added)
        return "".join(f"{'  ' if number else '- '}{line}\n" for block in blocks for number, line in enumerate(block))
    yaml = _writer()
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    out = StringIO()
    yaml.dump(_plain(added), out)
    return out.getvalue()


def _writer() -> YAML:
    yaml = YAML()
    yaml.width = 4096
    return yaml
