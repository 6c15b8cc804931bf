"""Lines, records, times and posts: good rows go in, bad ones say why, and no bytes stop the rest."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.labels import PostKind
from listener.reading.files import Rules, UnreadableFile, read_stream
from listener.reading.instants import read_instant
from listener.reading.lines import Encoding, detect_encoding, read_lines
from listener.reading.posts import Shape, read_post

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SHAPE = Shape(platform="survey", zone=BERLIN, today=NOW)


def rules(**more: Any) -> Rules:
    return Rules(shape=SHAPE, now=NOW, **more)


def read(body: bytes, **more: Any) -> tuple[list[Any], list[Any]]:
    pages = list(read_stream(io.BytesIO(body), name="f", rules=rules(**more)))
    return [post for page in pages for post in page.posts], [reject for page in pages for reject in page.rejects]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-17T09:12:00+01:00", datetime(2026, 11, 17, 8, 12, tzinfo=UTC)),
        ("2026-11-17T09:12:00Z", datetime(2026, 11, 17, 9, 12, tzinfo=UTC)),
        ("2026-11-17 09:12", datetime(2026, 11, 17, 8, 12, tzinfo=UTC)),
        (1763370720, datetime(2025, 11, 17, 9, 12, tzinfo=UTC)),
        ("1763370720000", datetime(2025, 11, 17, 9, 12, tzinfo=UTC)),
        (1763370720.0, datetime(2025, 11, 17, 9, 12, tzinfo=UTC)),
        ("Mon, 17 Nov 2025 09:12:00 GMT", datetime(2025, 11, 17, 9, 12, tzinfo=UTC)),
        ("-3d 09:12", datetime(2026, 11, 15, 8, 12, tzinfo=UTC)),
        ("-0d -3h20m", NOW - timedelta(hours=3, minutes=20)),
    ],
)
def test_times(text: Any, moment: datetime) -> None:
    assert read_instant(text, today=NOW, zone=BERLIN) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "11/17/2026", "1066-10-14", "99999999999999999", "-0d", None, True, [], "Nov"]
)
def test_what_is_no_time_says_so(text: Any) -> None:
    with pytest.raises(InvalidInput, match="time"):
        read_instant(text, today=NOW, zone=BERLIN)


def test_a_post_has_what_its_record_says() -> None:
    values = {"id": 7, "Comment": "Good", "user": "ada", "followers": "1200", "at": "-1d 10:00", "likes": "3",
              "reply_to": "6", "author_is_bot": "Yes", "lang": "de"}  # fmt: skip
    shape = Shape(platform="survey", zone=BERLIN, today=NOW, columns={"text": "Comment"})
    post = read_post(values, shape=shape, now=NOW)
    assert (post.external_id, post.text, post.platform, post.kind) == ("7", "Good", "survey", PostKind.REPLY)
    assert (post.author.handle, post.author.followers, post.author.is_bot) == ("ada", 1200, True)
    assert (post.in_reply_to, post.language, post.metrics) == ("6", "de", {"likes": 3})


def test_a_row_without_an_id_keeps_the_one_it_is_given() -> None:
    row = {"text": "Good", "author": "ada", "at": "2026-11-01"}
    ids = {read_post(row, shape=SHAPE, now=NOW + timedelta(days=day), number=day).external_id for day in range(3)}
    assert len(ids) == 1
    nameless = {read_post({"text": "Good"}, shape=SHAPE, now=NOW, number=number).external_id for number in range(3)}
    assert len(nameless) == 3


def test_the_same_words_on_the_same_day_are_as_many_posts_as_people() -> None:
    def made(number: int | str, **who: str) -> str:
        row = {"text": "Great service!", "at": "2026-11-02", **who}
        return read_post(row, shape=SHAPE, now=NOW, number=number).external_id

    assert len({made(number) for number in (2, 3, 4)}) == 3
    assert made(2) == made(2)
    assert len({made(2, author_id=each) for each in ("c1", "c2")}) == 2
    assert made(2, author_id="c1") == made(9, author_id="c1")
    # An id that looks like a line isn't one.
    assert made(3, author_id="3") != made(3)


def test_nameless_rows_are_not_one_person() -> None:
    authors = {
        read_post({"id": str(number), "text": "Good"}, shape=SHAPE, now=NOW).author.external_id for number in range(2)
    }
    assert len(authors) == 2


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_encodings(codec: str) -> None:
    body = 'id,text\n1,Größe ähnlich\n2,"zwei\nZeilen"\n'.encode(codec)
    posts, rejects = read(body)
    assert [post.text for post in posts] == ["Größe ähnlich", "zwei\nZeilen"]
    assert rejects == []


def test_what_windows_writes_keeps_its_quotes_and_its_euro() -> None:
    (post,), _ = read("id,text\n1,L’Oréal costs €5 – don’t\n".encode("cp1252"))
    assert post.text == "L’Oréal costs €5 – don’t"
    # A byte that Windows has no sign for.
    (post,), _ = read(b"id,text\n1,\x81 caf\xe9\n")
    assert post.text == "\x81 café"


def test_a_bad_row_is_named_by_its_line_and_the_others_go_in() -> None:
    posts, rejects = read(b'id;text\n1;a\n2;"open\n3;c\n\n4\n5;e;f\n6;g\n')
    assert [post.external_id for post in posts] == ["1", "3", "6"]
    assert [(reject.place, reject.reason.split(";")[0]) for reject in rejects] == [
        ("f:3", "A quote isn't closed."), ("f:6", "The row has no text"),
        ("f:7", "The row has 3 columns, the header 2"),
    ]  # fmt: skip
    assert rejects[0].payload == '2;"open'


def test_json_lines() -> None:
    body = b'{"id": 1, "text": "a"}\nnot json\n\n["a"]\n{"id": 2, "text": "b", "at": "never"}\n{"id": 3, "title": "c"}'
    posts, rejects = read(body, format="jsonl")
    assert [post.external_id for post in posts] == ["1", "3"]
    assert [reject.place for reject in rejects] == ["f:2", "f:4", "f:5"]


def test_json_that_nests_without_end_is_one_bad_row() -> None:
    posts, rejects = read(b'{"id": 1, "text": "a"}\n' + b"[" * 200_000 + b'\n{"id": 2, "text": "b"}\n', format="jsonl")
    assert len(posts) == 2
    assert "nests" in rejects[0].reason


def test_a_line_without_end_is_passed_over() -> None:
    body = b'{"text": "a"}\n' + b"x" * 9_000_000 + b'\n{"text": "b"}\n'
    posts, rejects = read(body, format="jsonl")
    assert [post.text for post in posts] == ["a", "b"]
    assert rejects[0].reason == "The line is too long."


def test_a_table_without_words_says_which_columns_it_has() -> None:
    with pytest.raises(UnreadableFile, match=r"its columns are: No, Remark\. Name yours"):
        read(b"No,Remark\n1,a\n")


@given(st.binary(max_size=400), st.integers(1, 64), st.sampled_from(["utf-8", "utf-16-le"]))
def test_lines_are_the_bytes_that_went_in(body: bytes, block: int, codec: str) -> None:
    class Slow(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            return super().read(block)

    lines = list(read_lines(Slow(body), encoding=Encoding(codec, 0), start=0))
    assert b"".join(line.raw for line in lines) == body
    assert [line.start for line in lines[1:]] == [line.end for line in lines[:-1]]


@settings(deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["csv", "jsonl", "auto"]))
@example(b"\xff\xfe\n", "auto")
@example(b'\xef\xbb\xbf{"text"', "jsonl")
def test_no_bytes_stop_a_reading(body: bytes, form: Any) -> None:
    try:
        posts, rejects = read(body, format=form)
    except UnreadableFile:
        return
    mark = detect_encoding(body).mark
    assert len(posts) + len(rejects) <= body[mark:].count(b"\n") + 1


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)


@settings(deadline=None)
@given(st.lists(st.one_of(texts.map(lambda text: {"text": text}), st.just(None)), max_size=30))
def test_good_rows_and_rejects_are_all_rows_of_json(rows: list[dict[str, str] | None]) -> None:
    body = "".join(f"{json.dumps(row) if row else '{broken'}\n" for row in rows)
    posts, rejects = read(body.encode(), format="jsonl")
    assert len(posts) == sum(row is not None for row in rows)
    assert len(rejects) == sum(row is None for row in rows)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\r\x00")), st.booleans()), max_size=30)
)
def test_every_row_that_csv_writes_is_read(rows: list[tuple[str, bool]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["id", "text"])
    for number, (text, _) in enumerate(rows):
        writer.writerow([number, text])
    posts, rejects = read(out.getvalue().encode(), format="csv")
    words = {str(number): text.strip() for number, (text, _) in enumerate(rows) if text.strip()}
    assert {post.external_id: post.text for post in posts} == words
    assert len(posts) + len(rejects) == len(rows)
