"""X's filtered stream (docs.x.com/x-api/posts/filtered-stream): one object a line, an empty line to keep it alive."""

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any

from simulators.loopback import Answer
from simulators.x_query import compile_query


def stream(simulator: Any) -> Answer:  # noqa: ANN401 - an XSimulator
    """Return a stream of the posts that any rule matches: those of `hears`, else what is added while it is open."""
    lines = (
        (json.dumps(each).encode() for each in simulator.hears()) if simulator.hears is not None else _new(simulator)
    )
    headers = {"Content-Type": "application/json; charset=utf-8", "Transfer-Encoding": "chunked"}
    return Answer(headers=headers, parts=_chunked(lines))


def event(simulator: Any, post: dict[str, Any]) -> dict[str, Any] | None:  # noqa: ANN401 - an XSimulator
    """Return a post as the stream tells it, None when no rule wants it."""
    matching = [rule for rule in simulator.state.rules.values() if compile_query(rule["value"])(post)]
    if not matching:
        return None
    body = simulator.state.answer([post])
    rules = [{"id": rule["id"], "tag": rule["tag"]} for rule in matching]
    return {**body, "data": body["data"][0], "matching_rules": rules}


def _new(simulator: Any) -> Iterator[bytes]:  # noqa: ANN401 - an XSimulator
    known = set(simulator.state.posts)
    for _ in range(600):
        for key in [key for key in simulator.state.posts if key not in known]:
            known.add(key)
            found = event(simulator, simulator.state.posts[key])
            if found is not None:
                yield json.dumps(found).encode()
        yield b""
        time.sleep(0.1)


def _chunked(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Write lines as HTTP does where nobody knows the length."""
    for line in lines:
        whole = line + b"\r\n"
        yield f"{len(whole):x}\r\n".encode() + whole + b"\r\n"
    yield b"0\r\n\r\n"
