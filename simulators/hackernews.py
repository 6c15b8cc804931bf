"""Hacker News' search API on loopback, written from its documentation: search_by_date with its filters and paging."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from simulators.loopback import Answer, Request, serve

_FILTER: Final = re.compile(r"created_at_i(>=|<=|>|<|=)(\d+)")
# The API never shows more than this many hits of one search, whatever the page.
_DEPTH: Final = 1_000


@dataclass(slots=True)
class HackerNewsSimulator:
    """Holds items as the API shows them; `failures` are given once each before anything else."""

    items: list[dict[str, Any]] = field(default_factory=list)
    failures: list[Answer] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def add_story(self, number: int, *, at: int, title: str, text: str = "", author: str = "ada") -> None:
        """Add a story; `at` is in seconds since 1970."""
        self.items.append(
            {
                "objectID": str(number), "created_at_i": at, "author": author, "title": title,
                "story_text": text or None, "points": 1, "num_comments": 0, "story_id": number,
                "_tags": ["story", f"author_{author}", f"story_{number}"],
            }
        )  # fmt: skip

    def add_comment(self, number: int, *, at: int, story: int, parent: int, text: str, author: str = "bo") -> None:
        """Add a comment, its text in HTML as the API gives it."""
        self.items.append(
            {
                "objectID": str(number), "created_at_i": at, "author": author, "comment_text": text,
                "story_id": story, "parent_id": parent, "story_title": "", "points": None,
                "_tags": ["comment", f"author_{author}", f"story_{story}"],
            }
        )  # fmt: skip

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve until the end of the block; yield the API's address."""
        with serve(self.answer) as address:
            yield f"{address}/api/v1"

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        self.requests.append(request)
        if self.failures:
            return self.failures.pop(0)
        if request.path != "/api/v1/search_by_date":
            return Answer(status=404, body=b"{}")
        return _as_json(self._search(request.query))

    def _search(self, query: Mapping[str, str]) -> dict[str, Any]:
        words = query.get("query", "").strip('"').casefold()
        found = [
            item for item in self.items if words in _words(item) and _passes(item, query.get("numericFilters", ""))
        ]
        found.sort(key=lambda item: (-item["created_at_i"], item["objectID"]))
        size, page = int(query.get("hitsPerPage", 20)), int(query.get("page", 0))
        hits = found[:_DEPTH][page * size : (page + 1) * size]
        return {"hits": hits, "nbHits": len(found), "page": page, "hitsPerPage": size}


def _words(item: dict[str, Any]) -> str:
    return " ".join(str(item.get(name) or "") for name in ("title", "story_text", "comment_text")).casefold()


def _passes(item: dict[str, Any], filters: str) -> bool:
    at = item["created_at_i"]
    tests = {">": at.__gt__, ">=": at.__ge__, "<": at.__lt__, "<=": at.__le__, "=": at.__eq__}
    return all(tests[sign](int(number)) for sign, number in _FILTER.findall(filters))


def _as_json(data: dict[str, Any]) -> Answer:
    return Answer(headers={"Content-Type": "application/json"}, body=json.dumps(data).encode())
