"""Facets: what makes links, tags and mentions of a text's words. Offsets count bytes of UTF-8."""

from collections.abc import Callable
from typing import Any

from platforms.extras import need

need("atproto_client", extra="bluesky", noun="Bluesky")

from atproto_client.utils.facet_detection import detect_facets, detect_mentions  # noqa: E402 - the extra is asked first


def build_facets(text: str, *, find_did: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Return the facets of a text, in its order; a handle that `find_did` doesn't know stays plain words."""
    facets = [facet.model_dump(exclude_none=True, by_alias=True) for facet in detect_facets(text)]
    for mention in detect_mentions(text):
        did = find_did(mention.handle.lower())
        if did:
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
            place = {"byteStart": mention.byte_start, "byteEnd": mention.byte_end}
            facets.append({"$type": "app.bsky.richtext.facet", "index": place, "features": [feature]})
    return sorted(facets, key=lambda facet: facet["index"]["byteStart"])
