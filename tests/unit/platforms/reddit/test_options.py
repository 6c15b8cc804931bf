"""What a source on Reddit may be told, what Reddit demands, and that its facts load without its library."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from platforms.reddit import FACTS
from platforms.reddit.options import Options


def test_names_of_subreddits_are_taken_as_people_write_them() -> None:
    options = Options.model_validate({"subreddits": ["coffee", "r/espresso", "/r/Tea/"]})
    assert options.subreddits == ("coffee", "espresso", "Tea")
    assert (options.search, options.comments, options.inbox) == (True, True, None)


@pytest.mark.parametrize(("options", "words"), [
    ({"subreddits": ["a b"]}, "isn't a subreddit"),
    ({"subreddits": ["coffee+tea"]}, "isn't a subreddit"),
    ({"subreddits": ["../api"]}, "isn't a subreddit"),
    ({"words": ['"kestrel"']}, "no quotation marks"),
    ({"search": False, "inbox": False}, "Nothing is read"),
    ({"prices": {"comment": "1 USD"}}, "no price"),
    ({"prices": {"request": "1 EUR"}}, "charges in USD"),
    ({"surprise": 1}, "surprise"),
])  # fmt: skip
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Options.model_validate(options)


def test_reddit_wants_its_approval_recorded_before_anything() -> None:
    for demands in (FACTS.demands_to_read, FACTS.demands_to_answer):
        (demand,) = demands
        assert demand.key == "approval"
        assert "https://support.reddithelp.com/" in demand.sentence
    assert not FACTS.links_people
    assert not FACTS.must_be_summoned
    assert FACTS.fits("x" * 10_000)
    assert not FACTS.fits("x" * 10_001)


def test_facts_settings_and_reading_need_no_library() -> None:
    code = (
        "import sys, platforms.reddit, platforms.reddit.options, platforms.reddit.reading, platforms.registry;"
        "platforms.registry.installed();"
        "print([name for name in sys.modules if name.split('.')[0] in {'praw', 'prawcore', 'requests'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - our own
    assert done.stdout.strip() == "[]"
