"""Mistakes in plain words, each at its line: whatever one key or value is spoilt, its line is named."""

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.checks import Checks
from config.loading import check_brand
from config.mistakes import Mistake
from config.reading import read_text

EXAMPLE = files("config.examples").joinpath("brand.yaml").read_text(encoding="utf-8")
CHECKS = Checks(platforms={"hackernews", "mastodon"})
FREE = ("budget",)  # groups in which any name will do


def mistakes_in(text: str) -> list[Mistake]:
    return check_brand(read_text(text, file="b.yaml"), checks=CHECKS)[1]


def scalars(node: Node, *, keys: bool, free: bool = False) -> list[ScalarNode]:
    """Return all keys that aren't free, or all values, of a document."""
    if isinstance(node, ScalarNode):
        return [] if keys else [node]
    if isinstance(node, SequenceNode):
        return [found for item in node.value for found in scalars(item, keys=keys)]
    assert isinstance(node, MappingNode)
    found = [key for key, _ in node.value] if keys and not free else []
    for key, value in node.value:
        found += scalars(value, keys=keys, free=key.value in FREE)
    return found


ROOT = YAML(typ="safe", pure=True).compose(EXAMPLE)
KEYS, VALUES = scalars(ROOT, keys=True), scalars(ROOT, keys=False)


def spoil(node: ScalarNode, put: str) -> str:
    return EXAMPLE[: node.start_mark.index] + put + EXAMPLE[node.end_mark.index :]


def test_the_example_is_right() -> None:
    assert mistakes_in(EXAMPLE) == []
    assert len(KEYS) > 150


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KEYS), st.sampled_from(["{}zz", "x{}", "{}.", "Z{}"]))
def test_a_spoilt_key_is_named_with_its_line(key: ScalarNode, how: str) -> None:
    found = mistakes_in(spoil(key, how.format(key.value)))
    assert (key.start_mark.line + 1, key.start_mark.column + 1) in {(mistake.line, mistake.column) for mistake in found}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(VALUES))
def test_a_spoilt_value_is_named_with_its_line(value: ScalarNode) -> None:
    found = mistakes_in(spoil(value, "[[]]"))
    assert value.start_mark.line + 1 in {mistake.line for mistake in found}


@settings(max_examples=15, deadline=None)
@given(st.sets(st.sampled_from(range(len(KEYS))), min_size=2, max_size=5))
def test_many_spoilt_keys_are_all_named(chosen: set[int]) -> None:
    text = EXAMPLE
    for index in sorted(chosen, key=lambda index: -KEYS[index].start_mark.index):
        text = text[: KEYS[index].start_mark.index] + "zz" + text[KEYS[index].start_mark.index :]
    named = {mistake.line for mistake in mistakes_in(text)}
    innermost = {KEYS[index].start_mark.line + 1 for index in chosen if not _below(chosen, index)}
    assert innermost <= named


def _below(chosen: set[int], index: int) -> bool:
    """Say whether a key lies within a group whose own name is spoilt, and so isn't looked at."""
    key = KEYS[index].start_mark
    groups = [(KEYS[other].start_mark, KEYS[other]) for other in chosen if other != index]
    return any(mark.index < key.index and _covers(group, key.index) for mark, group in groups)


def _covers(group: ScalarNode, index: int) -> bool:
    def search(node: Node) -> bool:
        if isinstance(node, MappingNode):
            return any((key is group and value.start_mark.index <= index <= value.end_mark.index) or search(value)
                       for key, value in node.value)  # fmt: skip
        return isinstance(node, SequenceNode) and any(search(item) for item in node.value)

    return search(ROOT)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("naem: x", "Did you mean `name`?"),
        ("nonsense: x", "Known here: about, account_manager"),
        ("approvals: many", "“many” isn't a whole number."),
        ("approvals: 0", "greater than or equal to 1"),
        ("about: 3", "Put it in quotes."),
        ("products: mug", "isn't a list. Write one entry a line"),
        ("staff: mia", "isn't a group of settings"),
        ("digest: {weekday: fr}", "Did you mean fri?"),
        ("digest: {weekday: x}", "Write one of mon, tue"),
        ("goals: [{id: g, metric: likes, target: 3, by: 2027-01-01}]", "counts attention, not care"),
        ("goals: [{id: g, metric: ideas, target: 3, by: soon}]", "Write year, month and day"),
        ("voice: {examples: [{said: hi}]}", "`reply` is missing. Add `reply:` (what the brand would answer)."),
        ("languages: []", "It is empty. Write at least one entry."),
        ("accounts: [{platform: x, handle: y, id: ''}, {platform: x}]", "`handle` is missing"),
        ("auto_send: [{intent: complaint, platform: x}]", "always goes to a person"),
        ("facts: [{id: f}]", "There is no text."),
    ],
)
def test_says_what_to_write_instead(line: str, message: str) -> None:
    small = "slug: s\nname: S\ntime_zone: UTC\nqueries: [{name: q, expression: q}]\n"
    kept = "\n".join(old for old in small.splitlines() if old.partition(":")[0] != line.partition(":")[0])
    found = mistakes_in(f"{kept}\n{line}\n")
    assert any(message in str(mistake) for mistake in found), [str(mistake) for mistake in found]


def test_an_empty_group_is_the_default() -> None:
    text = "slug: s\nname: S\ntime_zone: UTC\nqueries: [{name: q, expression: q}]\nvoice:\nstaff:\n  people:\n"
    assert mistakes_in(text) == []


def test_what_the_reader_reported_is_not_reported_again() -> None:
    found = mistakes_in("slug: s\nname: !odd S\ntime_zone: UTC\nqueries: [{name: q, expression: q}]\n")
    assert [mistake.line for mistake in found] == [2]


@pytest.mark.parametrize("value", ["abc-123", "hunter2!", "sk_live_51HxA", "Bearer x"])
def test_an_inline_secret_is_refused_and_never_shown(value: Any) -> None:
    text = f"slug: s\nname: S\ntime_zone: UTC\nqueries: [{{name: q, expression: q}}]\naccounts:\n- platform: x\n  handle: h\n  credentials: {{token: '{value}'}}\n"  # noqa: E501
    found = mistakes_in(text)
    assert [mistake.line for mistake in found if mistake.path == "accounts[0].credentials.token"] == [8]
    assert not any(value in str(mistake) for mistake in found)
    assert any("EARNEST_NAME" in mistake.mend for mistake in found)
