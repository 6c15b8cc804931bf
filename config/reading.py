"""Reads one YAML file into plain data, remembering the line of every key and value."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from config.mistakes import Mistake, Path, write_path

MOST_BYTES = 4_000_000
MOST_NODES = 200_000  # aliases of aliases could otherwise grow without end
MOST_DEPTH = 60
_MERGE = "tag:yaml.org,2002:merge"


class Mark(NamedTuple):
    """A place in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain data, where its keys and values stand, and what couldn't be read; all of it when `broken`."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    values: dict[Path, Mark] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    broken: bool = False

    def locate(self, path: Path, *, at_key: bool = False) -> Mark:
        """Return where `path` stands, or the nearest thing above it that is written."""
        if at_key and path in self.keys:
            return self.keys[path]
        while path:
            if path in self.values:
                return self.values[path] if not at_key or path not in self.keys else self.keys[path]
            path, at_key = path[:-1], True
        return Mark(1, 1)


def read_document(file: FilePath, *, shown_as: str | None = None) -> Document:
    """Read a file; whatever is wrong with it is in the document's mistakes, and no error is raised."""
    name = shown_as or str(file)
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _failed(name, f"The file can't be read: {reason}.", "Check its name and its permissions.")
    if len(content) > MOST_BYTES:
        return _failed(name, "The file is larger than 4 MB.", "Split it, or check that it is the right file.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _failed(name, "The file isn't UTF-8 text.", "Save it as UTF-8.", Mark(line, 1))
    return read_text(text, file=name)


def read_text(text: str, *, file: str) -> Document:
    """Read YAML text; whatever is wrong with it is in the document's mistakes, and no error is raised."""
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return _failed(file, "The file holds a control character.", "Remove it.", Mark(line, 1))
    except MarkedYAMLError as error:
        return _syntax_mistake(file, error)
    except (YAMLError, RecursionError) as error:
        return _failed(file, f"The file isn't YAML ({type(error).__name__}).", "Check its brackets and quotes.")
    if node is None:
        return Document(file=file)
    if not isinstance(node, MappingNode):
        return _failed(file, "The file isn't a list of settings.", "Write settings as `name: value`.", _mark(node))
    document = Document(file=file)
    document.data.update(_Builder(document, yaml.constructor.construct_object).mapping(node, (), 0))
    return document


def _failed(file: str, message: str, mend: str, mark: Mark = Mark(1, 1)) -> Document:  # noqa: B008  (a named tuple)
    return Document(file=file, mistakes=[Mistake(file, mark.line, mark.column, "", message, mend)], broken=True)


def _syntax_mistake(file: str, error: MarkedYAMLError) -> Document:
    mark = error.problem_mark or error.context_mark
    place = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
    problem = str(error.problem or error.context or "it can't be read").partition("\n")[0]
    mend = "Check indentation, colons, brackets and quotes here and above."
    if "\\t" in problem:
        mend = "Indent with spaces."
    return _failed(file, f"This isn't YAML: {problem}.", mend, place)


def _mark(node: Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)


class _Builder:
    """Turns YAML's nodes into plain data, noting in `document` where each stands and what can't be read."""

    def __init__(self, document: Document, construct: Callable[[Node], Any]) -> None:
        self._document, self._construct, self._nodes = document, construct, 0

    def mapping(self, node: MappingNode, path: Path, depth: int) -> dict[str, Any]:
        """Return a mapping's data; a key that comes twice is a mistake, and its first value counts."""
        found: dict[str, Any] = {}
        for key, value in self._pairs(node, path):
            here = (*path, key.value)
            if here in self._document.keys:
                first = self._document.keys[here].line
                self._note(key, here, f"`{key.value}` is written twice; first on line {first}.", "Keep one of the two.")
                continue
            self._document.keys[here] = _mark(key)
            found[key.value] = self._value(value, here, depth + 1)
        for merged in self._merged(node, path, depth):
            for key, value in self._pairs(merged, path):
                if key.value not in found:
                    here = (*path, key.value)
                    self._document.keys[here] = _mark(key)
                    found[key.value] = self._value(value, here, depth + 1)
        return found

    def _pairs(self, node: MappingNode, path: Path) -> Iterator[tuple[ScalarNode, Node]]:
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._note(key, path, "This name isn't a plain word.", "Write settings as `name: value`.")
            elif key.tag != _MERGE:
                yield key, value

    def _merged(self, node: MappingNode, path: Path, depth: int) -> Iterator[MappingNode]:
        """Yield the mappings that `<<` brings in, and those that they bring in."""
        for key, value in node.value:
            if key.tag != _MERGE or depth > MOST_DEPTH:
                continue
            for part in value.value if isinstance(value, SequenceNode) else [value]:
                if isinstance(part, MappingNode):
                    yield part
                    yield from self._merged(part, path, depth + 1)
                else:
                    self._note(part, path, "`<<` brings in something that has no settings.", "Name a mapping.")

    def _value(self, node: Node, path: Path, depth: int) -> Any:  # noqa: ANN401  (whatever YAML held)
        self._document.values[path] = _mark(node)
        self._nodes += 1
        if depth > MOST_DEPTH or self._nodes > MOST_NODES:
            if depth > MOST_DEPTH or self._nodes == MOST_NODES + 1:
                self._note(node, path, "The settings are nested too deep, or repeat themselves.", "Undo the aliases.")
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*path, index), depth + 1) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _scalar(self, node: Node, path: Path) -> Any:  # noqa: ANN401  (whatever YAML held)
        try:
            value = self._construct(node)
        except ValueError:
            self._note(node, path, f"“{node.value}” isn't a real value.", "Check the date or number.")
            return None
        except YAMLError:
            self._note(node, path, f"The tag {node.tag} isn't known here.", "Remove it.")
            return None
        return value if isinstance(value, str | int | float | bool | date | None) else str(node.value)

    def _note(self, node: Node, path: Path, message: str, mend: str) -> None:
        line, column = _mark(node)
        self._document.mistakes.append(Mistake(self._document.file, line, column, write_path(path), message, mend))
