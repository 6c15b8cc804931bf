"""X's search language as far as it is used: words, phrases, #tags, @handles, OR, parentheses, - and a few operators.

Follows docs.x.com/x-api/posts/search/integrate/build-a-query: a space joins and binds tighter than OR.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

Test = Callable[[dict[str, Any]], bool]
_TOKEN: Final = re.compile(r'-?"[^"]*"|[()]|[^\s()]+')
_WORD: Final = re.compile(r"\w+")


def compile_query(query: str) -> Test:
    """Return a test of posts; raises ValueError where X would answer 400."""
    parser = _Parser(_TOKEN.findall(query))
    test = parser.either()
    if parser.tokens:
        raise ValueError(f"unexpected {parser.tokens[0]}")
    return test


class _Parser:
    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = list(tokens)

    def either(self) -> Test:
        tests = [self._all()]
        while self.tokens and self.tokens[0] == "OR":
            self.tokens.pop(0)
            tests.append(self._all())
        return lambda post: any(test(post) for test in tests)

    def _all(self) -> Test:
        tests: list[Test] = []
        while self.tokens and self.tokens[0] not in {"OR", ")"}:
            tests.append(self._one(self.tokens.pop(0)))
        if not tests:
            raise ValueError("nothing to search for")
        return lambda post: all(test(post) for test in tests)

    def _one(self, token: str) -> Test:
        if token == "(":  # noqa: S105 - a parenthesis
            inner = self.either()
            if not self.tokens or self.tokens.pop(0) != ")":
                raise ValueError("a parenthesis stays open")
            return inner
        if token.startswith("-"):
            inner = _leaf(token[1:])
            return lambda post: not inner(post)
        return _leaf(token)


def _leaf(token: str) -> Test:
    name, colon, value = token.partition(":")
    if colon and name in {"conversation_id", "lang", "is", "from"}:
        return _operator(name, value)
    if token.startswith("@"):
        wanted = token[1:].casefold()
        return lambda post: any(who["username"].casefold() == wanted for who in post["entities"]["mentions"])
    words = _WORD.findall(token.casefold())
    mark = "#" if token.startswith("#") else ""
    return lambda post: _holds(post["text"].casefold(), words, mark)


def _operator(name: str, value: str) -> Test:
    if name == "is":
        return lambda post: any(each["type"] == f"{value}ed" for each in post.get("referenced_tweets", []))
    if name == "from":
        return lambda post: value.casefold() in {post["author_id"], str(post.get("_username", "")).casefold()}
    return lambda post: post.get(name) == value


def _holds(text: str, words: Sequence[str], mark: str) -> bool:
    found = _WORD.findall(text)
    span = len(words)
    is_there = any(found[start : start + span] == list(words) for start in range(len(found) - span + 1))
    return is_there and (not mark or f"{mark}{words[0]}" in text)
