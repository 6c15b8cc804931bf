"""Posts a second through matching, beside a Python `re` alternation that does the same work in the same run.

The work: say which of 100, 1,000 or 10,000 keywords stand in a post as whole words, twenty keywords to a brand. Posts
and keywords are made from a fixed seed: invented words, as frequent as in real language, in posts of 15 to 2,000
characters. The ways must agree on a part of the posts before they are timed. Other rows say what else costs what: the
words of a post looked up in a set (which knows no phrases, beginnings of words, or scripts without spaces), posts with
accents, and queries as people write them. Seconds are the processor's, so that other work on the machine doesn't
count. `python -m bench.matching` takes less than a minute.
"""

import itertools
import platform
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

from listener.matching import Matcher, compile_query

SEED: Final = 20_260
POSTS: Final = 4_000
CHECKED: Final = 300
SIZES: Final = (100, 1_000, 10_000)
SECONDS: Final = 2.0
_ONSETS: Final = (
    "b",
    "br",
    "c",
    "ch",
    "d",
    "f",
    "g",
    "gr",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "v",
    "w",
)
_VOWELS: Final = ("a", "e", "i", "o", "u", "ea", "ou", "ie")
_CODAS: Final = ("", "", "n", "r", "s", "t", "ll", "nd", "ck", "m")

Find = Callable[[str], set[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How one way did: processor seconds to build, posts a processor second, posts read, and finds a post."""

    build: float
    rate: float
    posts: int
    finds: float


def make_words(chance: random.Random, *, count: int) -> list[str]:
    """Return `count` different invented words of one to four syllables, the short ones rather first."""
    words: set[str] = set()
    while len(words) < count:
        syllables = chance.choices((1, 2, 3, 4), (1, 4, 4, 2))[0]
        parts = (chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS) for _ in range(syllables))
        words.add("".join(parts))
    return sorted(sorted(words), key=lambda word: len(word) + chance.random() * 6)


def make_posts(chance: random.Random, words: Sequence[str], *, count: int) -> list[str]:
    """Return posts as long as people's: half of them below 170 characters, one in fifty above 900."""
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    lengths = (min(330, max(3, round(chance.lognormvariate(3.3, 0.8)))) for _ in range(count))
    return [_make_post(chance, chance.choices(words, cum_weights=weights, k=length)) for length in lengths]


def _make_post(chance: random.Random, words: list[str]) -> str:
    ends = chance.choices(("", ",", ".", "!", "?"), (20, 2, 2, 1, 1), k=len(words))
    written = (word.capitalize() if chance.random() < 0.1 else word for word in words)
    return " ".join(word + end for word, end in zip(written, ends, strict=True))


def build_matcher(keywords: Sequence[str]) -> Find:
    """Return Earnest's way: brands of twenty keywords each, one automaton."""
    groups = [keywords[start : start + 20] for start in range(0, len(keywords), 20)]
    queries = [
        compile_query(brand=f"brand-{number}", name="words", text=" OR ".join(group))
        for number, group in enumerate(groups)
    ]
    matcher = Matcher(queries)
    return lambda post: {term for match in matcher.match(text=post) for term in match.terms}


def build_alternation(keywords: Sequence[str]) -> Find:
    """Return the usual way: one regular expression with all keywords."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, keywords))})\b", re.IGNORECASE)
    return lambda post: {found.lower() for found in pattern.findall(post)}


def build_lookup(keywords: Sequence[str]) -> Find:
    """Return the way for single words alone: split, and look each up."""
    known = frozenset(keywords)
    word = re.compile(r"\w+")
    return lambda post: set(known.intersection(word.findall(post.lower())))


def build_queries(keywords: Sequence[str]) -> Find:
    """Return Earnest's way with queries as people write them, four keywords to a query."""
    shape = '("{0} {1}" OR {2}* OR #{0}) -{3} lang:en'
    groups = [keywords[start : start + 4] for start in range(0, len(keywords), 4)]
    matcher = Matcher(
        [compile_query(brand=f"brand-{n}", name="query", text=shape.format(*group)) for n, group in enumerate(groups)]
    )
    return lambda post: {term for match in matcher.match(text=post, language="en") for term in match.terms}


def measure(build: Callable[[Sequence[str]], Find], keywords: Sequence[str], posts: Sequence[str]) -> Measured:
    """Build one way, and run it over `posts`, again and again, until the time is up."""
    begun = time.thread_time()
    find = build(keywords)
    built = time.thread_time()
    finds = done = 0
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        finds += len(find(posts[done % len(posts)]))
        done += 1
    return Measured(build=built - begun, rate=done / (time.thread_time() - built), posts=done, finds=finds / done)


def check_same_work(keywords: Sequence[str], posts: Sequence[str], *, count: int) -> None:
    """Stop the run if the ways disagree, since then their times can't be compared."""
    finds = [build(keywords) for build in (build_matcher, build_alternation, build_lookup)]
    for post in posts[:count]:
        found = [find(post) for find in finds]
        if found[1:] != found[:-1]:
            raise SystemExit(f"The ways disagree on {post!r}: {found}")


def main() -> None:
    """Measure and print the table."""
    chance = random.Random(SEED)
    words = make_words(chance, count=40_000)
    posts = make_posts(chance, words, count=POSTS)
    accented = [post.translate(str.maketrans("aeo", "äéô")) if n % 2 else f"{post} ☕" for n, post in enumerate(posts)]
    characters = sum(map(len, posts)) / len(posts)
    about = f"{POSTS:,} posts of {characters:.0f} characters on average, one thread, Python {platform.python_version()}"
    table = Table(title=f"Matching: {about}")
    for heading in ("keywords", "way", "build, CPU ms", "posts/CPU s", "finds/post", "beside re"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    console = Console()
    with console.status("Measuring…"):
        for size in SIZES:
            keywords = chance.sample(words, size)
            check_same_work(keywords, posts, count=CHECKED if size < max(SIZES) else CHECKED // 10)
            base = measure(build_alternation, keywords, posts)
            rows = {
                "re alternation": base,
                "Earnest": measure(build_matcher, keywords, posts),
                "words in a set": measure(build_lookup, keywords, posts),
                "Earnest, accented posts": measure(build_matcher, keywords, accented),
                "Earnest, real queries": measure(build_queries, keywords, posts),
            }
            for way, row in rows.items():
                figures = (row.build * 1e3, row.rate, row.finds, row.rate / base.rate)
                build, rate, finds, beside = map("{:,.{}f}".format, figures, (0, 0, 1, 1))
                table.add_row(f"{size:,}", way, build, rate, finds, f"{beside}×", end_section=way == list(rows)[-1])
    console.print(table)


if __name__ == "__main__":
    main()
