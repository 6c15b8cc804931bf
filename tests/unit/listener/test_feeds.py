"""Feeds of every kind and in every state are read into plain text."""

import json
import time
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listener.reading.feeds import NotAFeed, read_feed
from platforms.markup import to_text

RECORDED = Path(__file__).parents[3].parent / "shared" / "recorded" / "feeds"
URL = "https://example.com/feed"
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Roasts</title><language>en-gb</language>
<item><guid isPermaLink="false">17</guid><title>Kestrel &amp;amp; friends</title><link>/17</link>
<pubDate>Tue, 17 Nov 2026 10:00:00 GMT</pubDate><author>ada@example.com (Ada)</author>
<description>&lt;p&gt;First&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;second&lt;br&gt;third&lt;/p&gt;</description></item>
</channel></rss>"""


def test_rss() -> None:
    (entry,) = read_feed(RSS, content_type="application/rss+xml", url=URL)
    assert (entry.id, entry.title, entry.text) == ("17", "Kestrel & friends", "First\n\nsecond\nthird")
    assert (entry.url, entry.author, entry.language) == ("https://example.com/17", "Ada", "en-gb")
    assert entry.posted_at == datetime(2026, 11, 17, 10, tzinfo=UTC)


def test_atom_prefers_the_whole_text() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>tag:x,1</id><title>A</title>
    <summary>Short</summary><content type="html">&lt;p&gt;The whole of it&lt;/p&gt;</content>
    <updated>2026-11-17T11:00:00+01:00</updated><author><name>Bo</name></author></entry></feed>"""
    (entry,) = read_feed(body, content_type="application/atom+xml", url=URL)
    assert (entry.text, entry.author, entry.id) == ("The whole of it", "Bo", "tag:x,1")
    assert entry.posted_at == datetime(2026, 11, 17, 10, tzinfo=UTC)


def test_json_feed() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "T", "language": "de",
        "items": [
            {"id": 1, "content_html": "<p>One</p>", "date_published": "2026-11-17T10:00:00Z",
             "authors": [{"name": "Ada"}]},
            {"id": "2", "content_text": "Two < three", "url": "https://example.com/2"}, "nonsense", {"id": "3"},
        ],
    }  # fmt: skip
    one, two = read_feed(json.dumps(feed).encode(), content_type="application/feed+json", url=URL)
    assert (one.id, one.text, one.author, one.language) == ("1", "One", "Ada", "de")
    assert one.posted_at == datetime(2026, 11, 17, 10, tzinfo=UTC)
    assert (two.text, two.author, two.posted_at) == ("Two < three", "T", None)


def test_an_ill_formed_feed_gives_what_can_be_read() -> None:
    entries = read_feed(RSS[: RSS.index(b"</item>") + 7] + b"<item><title>Half & half", content_type="", url=URL)
    assert entries[0].title == "Kestrel & friends"


def test_a_page_is_no_feed_and_names_the_one_it_offers() -> None:
    page = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><p>Hello</html>'
    with pytest.raises(NotAFeed, match=r"offers one: https://example\.com/rss\.xml"):
        read_feed(page, content_type="text/html", url=URL)


@pytest.mark.parametrize("body", [b"", b"hello", b"{}", b"[]", b'{"version": 1}', b"\x89PNG\r\n", b"/etc/passwd"])
def test_what_is_no_feed_says_so(body: bytes) -> None:
    with pytest.raises(NotAFeed):
        read_feed(body, content_type="", url=URL)


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.binary(max_size=300), st.integers(0, len(RSS)).map(lambda cut: RSS[:cut] + RSS[cut + 3 :])))
def test_no_bytes_stop_a_feed(body: bytes) -> None:
    try:
        entries = read_feed(body, content_type="", url=URL)
    except NotAFeed:
        return
    assert all(entry.title or entry.text for entry in entries)


def test_recorded_feeds_are_read_without_an_exception() -> None:
    if not RECORDED.is_dir():
        pytest.skip("The recorded feeds aren't here; they are read where the folder shared/recorded/feeds is.")
    files = [file for file in sorted(RECORDED.rglob("*.xml")) if file.is_file()]
    refused, entries = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for file in files:
            try:
                entries += len(read_feed(file.read_bytes(), content_type="", url=URL))
            except NotAFeed:
                refused.append(file)
    # A CDF channel without an item has no sign of being a feed.
    assert {file.parent.name for file in refused} <= {"cdf"}
    assert entries > 200


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain a < b & c", "plain a < b & c"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>x<li>y</ul>", "x\ny"),
        ("AT&amp;T &#x27;s", "AT&T 's"),
        ("<style>p{}</style>x<script>if (a</b) c()</script>y", "xy"),
        ('<img alt="a bird" src=x onerror=alert(1)>', "a bird"),
        ("<p>unclosed <b>tag", "unclosed tag"),
        ("<p>a<![0] and <!-- not --> b", "a<![0] and b"),
        ("x<![if !supportLists]>y<![endif]--><![CDATA[z > z]]>", "xy"),
        ("<p>half <!-- a comment, AT&amp;T", "half <!-- a comment, AT&T"),
        ("<!DOCTYPE html><p>One <![foo[ two", "One <![foo[ two"),
    ],
)
def test_markup_becomes_words(markup: str, text: str) -> None:
    assert to_text(markup) == text


@pytest.mark.parametrize("unit", ["<!--", "<!-- >", "<![CDATA[ >", "<![x", "<a ", "</a ", "<a b='"])
def test_markup_without_end_takes_no_longer_than_other(unit: str) -> None:
    started = time.monotonic()
    to_text(unit * (200_000 // len(unit)))
    assert time.monotonic() - started < 10


def test_one_odd_entry_does_not_stop_the_others() -> None:
    body = RSS.replace(b"Kestrel &amp;amp; friends", b"Arrays: a&lt;![0]").replace(
        b"</item>", b"</item><item><title>Fine</title><description><![CDATA[b <![1] c]]></description></item>"
    )
    odd, fine = read_feed(body, content_type="application/rss+xml", url=URL)
    assert (odd.title, fine.title, fine.text) == ("Arrays: a<![0]", "Fine", "b <![1] c")
    with pytest.raises(NotAFeed):
        read_feed(b"<html><![foo <p>Hello", content_type="text/html", url=URL)


@given(
    st.one_of(st.text(), st.lists(st.sampled_from(["<", "!", "[", "--", ">", "CDATA[", "x", "]]", "</"])).map("".join))
)
def test_any_markup_is_read(markup: str) -> None:
    assert "<script" not in to_text(f"<p>{markup}</p>").lower() or "<script" in markup.lower() or "&" in markup
