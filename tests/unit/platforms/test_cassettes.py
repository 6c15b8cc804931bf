"""Recorded answers come out of every kind of file the same way, unpacked."""

import base64
import gzip
import json
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from platforms.cassettes import find_files, read_recordings

BODY = '{"id": "1", "text": "Grüße"}'


def exchange(body: object, **headers: str) -> dict[str, object]:
    return {
        "request": {"method": "get", "uri": "https://one.example/posts?since=1"},
        "response": {
            "status": {"code": 203, "message": "OK"}, "body": body,
            "headers": {name.replace("_", "-"): [value] for name, value in headers.items()},
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"string": BODY}, {}),
        (BODY, {}),
        ({"string": BODY}, {"Content_Encoding": "gzip"}),  # recorded after it was unpacked
        ({"base64_string": base64.b64encode(BODY.encode()).decode()}, {}),
        ({"base64_string": base64.b64encode(gzip.compress(BODY.encode())).decode()}, {"Content_Encoding": "gzip"}),
        ({"base64_string": base64.b64encode(zlib.compress(BODY.encode())[2:-4]).decode()},
         {"content_encoding": "deflate"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("key", ["interactions", "http_interactions"])
def test_a_json_cassette_gives_what_was_asked_and_answered(
    tmp_path: Path, key: str, body: object, headers: dict[str, str]
) -> None:
    file = tmp_path / "one.json"
    file.write_text(json.dumps({key: [exchange(body, **headers)], "version": 1}))
    (recorded,) = read_recordings(file)
    assert recorded.place == "one.json #1"
    assert recorded.answer.body.decode() == BODY
    assert (recorded.answer.method, recorded.answer.status) == ("GET", 203)
    assert recorded.answer.url == "https://one.example/posts?since=1"


def test_a_yaml_cassette_may_hold_compressed_bytes(tmp_path: Path) -> None:
    packed = base64.b64encode(gzip.compress(BODY.encode())).decode()
    file = tmp_path / "two.yaml"
    file.write_text(
        "interactions:\n- request:\n    method: POST\n    uri: https://two.example/\n"
        "  response:\n    status: {code: 200, message: OK}\n    headers: {content-encoding: [gzip]}\n"
        f"    body:\n      string: !!binary |\n        {packed}\n"
        "- request: {method: GET, uri: x}\n  response: {status: {code: 204}, headers: {}, body: {string: ''}}\n"
    )
    first, second = read_recordings(file)
    assert first.answer.body.decode() == BODY
    assert (first.answer.method, second.answer.status, second.answer.body) == ("POST", 204, b"")


@pytest.mark.parametrize("body", [BODY, "[1, 2]", "<rss/>", "", "not json {"])
def test_any_other_file_is_one_body(tmp_path: Path, body: str) -> None:
    file = tmp_path / "answer.json"
    file.write_text(body, encoding="utf-8")
    (recorded,) = read_recordings(file)
    assert recorded.answer.body.decode() == body


def test_broken_yaml_names_the_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("interactions:\n- request: {\n")
    with pytest.raises(InvalidInput, match=r"broken\.yaml, line 3 isn't YAML"):
        list(read_recordings(file))


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(["request", "response", "body", "status", "headers", "uri", "code", "string"]),
                         inner, max_size=4), max_leaves=12))  # fmt: skip
def test_no_exchange_is_too_odd(tmp_path_factory: pytest.TempPathFactory, odd: object) -> None:
    file = tmp_path_factory.mktemp("odd") / "odd.json"
    file.write_text(json.dumps({"interactions": [odd]}))
    (recorded,) = read_recordings(file)
    assert recorded.answer.status >= 0


def test_folders_give_their_files_in_order_and_a_wrong_path_is_named(tmp_path: Path) -> None:
    for name in ("b.json", "a.json", ".hidden"):
        (tmp_path / name).write_text("{}")
    assert [file.name for file in find_files([tmp_path])] == ["a.json", "b.json"]
    with pytest.raises(InvalidInput, match=r"no file or folder .*nothing"):
        list(find_files([tmp_path / "nothing"]))
