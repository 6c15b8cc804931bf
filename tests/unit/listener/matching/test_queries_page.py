"""docs/queries.md says what is so."""

import re
from pathlib import Path

import pytest

from listener.matching import Matcher, QueryError, compile_query, parse_query

PAGE = (Path(__file__).parents[4] / "docs" / "queries.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("query", "found", "left"), ROWS)
def test_the_examples_hold(query: str, found: str, left: str) -> None:
    matcher = Matcher([compile_query(brand="b", name="q", text=query)])
    assert matcher.match(text=found)
    assert not matcher.match(text=left)


def test_the_page_has_examples_and_shows_a_real_refusal() -> None:
    assert len(ROWS) > 20
    with pytest.raises(QueryError) as caught:
        parse_query("earnest  OR")
    assert f"```text\n{caught.value}\n```" in PAGE
