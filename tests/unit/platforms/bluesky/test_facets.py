"""Links, tags and mentions get the bytes that they stand on."""

from typing import Any

import pytest

from platforms.bluesky.facets import build_facets

KNOWN = {"ada.example.com": "did:plc:ada", "bo.test": "did:plc:bo"}


def told(text: str) -> list[tuple[str, dict[str, Any]]]:
    """What stands at each facet, and what it is."""
    body = text.encode()
    return [
        (
            body[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
            {name: value for name, value in facet["features"][0].items() if name != "$type"},
        )
        for facet in build_facets(text, find_did=KNOWN.get)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thank you!", []),
        ("🫖 Käthe, hi @ada.example.com!", [("@ada.example.com", {"did": "did:plc:ada"})]),
        ("(@Bo.test)", [("@Bo.test", {"did": "did:plc:bo"})]),
        ("@nobody.example.com", []),
        ("mail ada@example.com", []),
        ("日本 https://example.com/a?b=ä.", [("https://example.com/a?b=ä", {"uri": "https://example.com/a?b=ä"})]),
        ("see example.com, please", [("example.com", {"uri": "https://example.com"})]),
        ("#kettle", [("#kettle", {"tag": "kettle"})]),
        (
            "👨‍👩‍👧‍👦 @bo.test https://example.com #a",
            [
                ("@bo.test", {"did": "did:plc:bo"}),
                ("https://example.com", {"uri": "https://example.com"}),
                ("#a", {"tag": "a"}),
            ],
        ),
    ],
)
def test_what_is_marked(text: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert told(text) == expected
