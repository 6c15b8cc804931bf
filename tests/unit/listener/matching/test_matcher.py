"""The matcher in many scripts, over titles, filters, brands, threads and processes."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from listener.matching import Match, Matcher, compile_query, locate


def matched(
    query: str, text: str, *, title: str | None = None, language: str | None = None, platform: str | None = None
) -> bool:
    matcher = Matcher([compile_query(brand="b", name="q", text=query)])
    return bool(matcher.match(text=text, title=title, language=language, platform=platform))


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("earnest", "EARNEST’S best"),
        ("earnest", "（Earnest）"),
        ("earnest", "Earnestの新しいコーヒー"),
        ("earnest", "Ｅａｒｎｅｓｔ"),
        ("earnest", "Ear\u200bnest"),
        ("don't", "I don’t know"),
        ("don’t", "I don't know"),
        ("o'neill", "O`Neill"),
        ("işık", "IŞIK"),
        ("ışık", "işık"),
        ("ırmak", "IRMAK kahve"),
        ("diyarbakır", "DİYARBAKIR"),
        ("straße", "STRASSE"),
        ("strasse", "Straße"),
        ("σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("σισυφος", "Σίσυφος"),
        ("елка", "Ёлка"),
        ("قهوة", "أحب القهوة قَهْوَة"),
        ("الاحمد", "الأحمد"),
        ("קפה", "קָפֶה טוב"),
        ("हिन्दी", "यह हिन्दी है।"),
        ("नमस्ते", "नमस्ते!"),
        ("咖啡", "这家咖啡店很好"),
        ("コーヒー", "新しいコーヒーです"),
        ("ラーメン", "美味しいﾗｰﾒﾝ"),
        ("어니스트", "어니스트는 좋다"),
        ("กาแฟ", "ร้านกาแฟนี้ดี"),
        ("☕", "good ☕️ here"),
        ("👍", "👍🏽 thanks"),
        ("cafe", "le CAFÉ"),
        ("café", "cafe\u0301"),
        ("~über", "uber alles"),
        ("pho", "Phở bò"),
        ('"earnest coffee"', "earnest\r\n\t coffee"),
        ('"earnest coffee"', "earnest\u00a0coffee"),
        ('"咖啡 店"', "咖啡　店"),
        ("#東京", "行った#東京 です"),
        ("#earnest", "＃Earnest"),
        ("@earnest", "cc @Earnest."),
        ("@earnest", "@earnest's"),
        ("@earnest.bsky.social", "@earnest.bsky.social!"),
        ("@earnest", "/u/Earnest said"),
        ("earn*", "#earnestly"),
        ('"C++"', "c++11"),
        ("coca-cola", "Coca‑Cola"),
    ],
)
def test_finds(query: str, text: str) -> None:
    assert matched(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("earnest", "earnestly"),
        ("earnest", "dearnest"),
        ("earnest", "earnest_bot"),
        ("earnest", "earnest2"),
        ("earnest", "éearnest"),
        ("café", "cafe"),
        ("=cafe", "café"),
        ("cafe", "cafétéria"),
        ("मन", "नमन"),
        ("हिन्द", "हिन्दी"),
        ("мои", "мой"),
        ("か", "が"),
        ("قهوة", "قهوتي"),
        ('"earnest coffee"', "earnest, coffee"),
        ('"earnest coffee"', "earnest coffees"),
        ("#東京", "#東京都"),
        ("#earnest", "#earnestly"),
        ("#earnest", "site.example/#earnest"),
        ("#earnest", "page#earnest"),
        ("#8217", "it&#8217;s"),
        ("#earnest", "earnest"),
        ("@earnest", "me@earnest.example"),
        ("@earnest", "@earnest.fans"),
        ("@earnest", "@earnest-fans"),
        ("@earnest", "menu/earnest"),
        ("earnest -hemingway", "Earnest Hemingway"),
    ],
)
def test_leaves(query: str, text: str) -> None:
    assert not matched(query, text)


def test_a_title_counts_and_no_phrase_reaches_across() -> None:
    assert matched("earnest coffee", "coffee", title="Earnest")
    assert not matched('"earnest coffee"', "coffee", title="Earnest")
    assert matched('"earnest coffee"', "", title="Earnest coffee")
    assert not matched("earnest -coffee", "Earnest", title="Coffee")


@pytest.mark.parametrize(
    ("query", "language", "platform", "expected"),
    [
        ("a lang:en", "en", None, True),
        ("a lang:en", "en-GB", None, True),
        ("a lang:en", "EN_us", None, True),
        ("a lang:en", "eng", None, False),
        ("a lang:en", None, None, False),
        ("a -lang:en", None, None, True),
        ("a lang:pt-br", "pt", None, False),
        ("a lang:pt-br", "pt-BR", None, True),
        ("a lang:de,fr", "fr", None, True),
        ("a platform:reddit", None, "Reddit", True),
        ("a platform:reddit", None, "x", False),
        ("a -platform:reddit,x", None, "x", False),
        ("a platform:reddit", None, None, False),
    ],
)
def test_filters(query: str, language: str | None, platform: str | None, expected: bool) -> None:  # noqa: FBT001
    assert matched(query, "a", language=language, platform=platform) is expected


def queries() -> Matcher:
    texts = {"north": "earnest OR ear*", "south": '"earnest coffee" -tea', "east": "earnest", "west": "tea"}
    return Matcher([compile_query(brand=brand, name="main", text=text) for brand, text in texts.items()])


def test_tells_every_brand_with_the_terms_that_were_found() -> None:
    assert queries().match(text="Earnest coffee") == (
        Match(brand="north", query="main", terms=("earnest", "ear*")),
        Match(brand="south", query="main", terms=('"earnest coffee"',)),
        Match(brand="east", query="main", terms=("earnest",)),
    )


def test_terms_inside_and_across_each_other_are_all_found() -> None:
    matcher = Matcher(
        [compile_query(brand=text, name="q", text=f'"{text}"') for text in ("a b", "b c", "b", "a b c", "手机", "机")]
    )
    assert [match.brand for match in matcher.match(text="a b c 手机")] == ["a b", "b c", "b", "a b c", "手机", "机"]


def test_no_queries_match_nothing() -> None:
    assert Matcher([]).match(text="anything") == ()
    assert len(Matcher([])) == 0


def test_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(queries()))  # noqa: S301
    assert len(copy) == 4
    assert copy.match(text="tea") == queries().match(text="tea") != ()


def test_threads_share_a_matcher() -> None:
    matcher = queries()
    posts = [f"earnest {'tea' if number % 3 else 'coffee'} {chr(0x4E00 + number)}" for number in range(300)]
    alone = [matcher.match(text=post) for post in posts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda post: matcher.match(text=post), posts)) == alone


def test_shows_where_terms_stand_in_what_was_written() -> None:
    text = "Ich mag EÁRNEST’s Cafe\u0301 — ＥＡＲＮＥＳＴ\n  coffee, Straße"
    spans = locate(["earnest", "café", '"earnest coffee"', "strasse"], text)
    assert [text[start:end] for start, end in spans] == ["EÁRNEST", "Cafe\u0301", "ＥＡＲＮＥＳＴ\n  coffee", "Straße"]
