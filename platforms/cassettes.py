"""Recorded answers from files: cassettes of vcrpy (YAML or JSON) and Betamax, lists of them, and plain bodies."""

import base64
import binascii
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from domain.errors import InvalidInput
from platforms.recordings import Answer

_YAML: Final = {".yaml", ".yml"}
# zlib's word for "gzip or zlib, whichever the first bytes say", and for deflate without a head.
_ANY, _RAW = 47, -15


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One answer and where it stands: the file, and the number of the exchange in it."""

    place: str
    answer: Answer


def find_files(paths: list[Path]) -> Iterator[Path]:
    """Yield the files among `paths`, and those in folders in the order of their names; raises InvalidInput."""
    for path in paths:
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        elif path.is_file():
            yield path
        else:
            raise InvalidInput(f"There is no file or folder {path}; name recordings, or folders of them.")


def read_recordings(path: Path) -> Iterator[Recorded]:
    """Yield the answers in a file: each exchange of a cassette, or the whole file as one body.

    Raises:
        InvalidInput: the file can't be read, or is a cassette whose YAML is broken.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} can't be read: {error.strerror or type(error).__name__}.") from None
    data = _structure(path, raw)
    exchanges = _exchanges(data)
    if exchanges is None:
        yield Recorded(place=path.name, answer=Answer(body=raw))
        return
    for number, exchange in enumerate(exchanges, 1):
        yield Recorded(place=f"{path.name} #{number}", answer=_answer(exchange))


def _structure(path: Path, raw: bytes) -> object:
    if path.suffix.lower() in _YAML:
        try:
            return YAML(typ="safe").load(raw)
        except YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise InvalidInput(f"{path}{line} isn't YAML that can be read; record it again.") from None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _exchanges(data: object) -> list[object] | None:
    """The exchanges of a cassette; None for what is no cassette."""
    if isinstance(data, dict):
        for name in ("interactions", "http_interactions"):
            found = data.get(name)
            if isinstance(found, list):
                return found
        if "response" in data and "request" in data:
            return [data]
    return None


def _answer(exchange: object) -> Answer:
    request, response = _mapping(exchange, "request"), _mapping(exchange, "response")
    headers = _headers(response.get("headers"))
    return Answer(
        method=str(request.get("method") or "GET").upper(),
        url=str(request.get("uri") or request.get("url") or response.get("url") or ""),
        status=_status(response),
        headers=headers,
        body=_unpack(_body(response), headers.get("content-encoding", "")),
    )


def _mapping(data: object, name: str) -> Mapping[str, Any]:
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def _status(response: Mapping[str, Any]) -> int:
    status = response.get("status", response.get("status_code", 200))
    code = status.get("code") if isinstance(status, dict) else status
    return int(code) if isinstance(code, int | str) and str(code).isdecimal() else 200


def _headers(found: object) -> dict[str, str]:
    if not isinstance(found, dict):
        return {}
    return {
        str(name).lower(): ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in found.items()
    }


def _body(response: Mapping[str, Any]) -> bytes:
    body = response.get("body", response.get("content", ""))
    if isinstance(body, dict):
        if isinstance(body.get("base64_string"), str):
            try:
                return base64.b64decode(body["base64_string"])
            except binascii.Error:
                return b""
        body = body.get("string", "")
    if isinstance(body, bytes):
        return body
    if isinstance(body, list | dict):
        return json.dumps(body).encode()
    return str(body or "").encode("utf-8", "surrogateescape")


def _unpack(body: bytes, coding: str) -> bytes:
    """The body without its compression; as it is where it isn't compressed, whatever its headers say."""
    if not body or not coding or coding == "identity":
        return body
    for form in (_ANY, _RAW) if "deflate" in coding else (_ANY,):
        try:
            return zlib.decompress(body, form)
        except zlib.error:
            continue
    return body
