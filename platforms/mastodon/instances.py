"""The address of an instance as people write it: a host, a URL, or the end of a handle."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from domain.errors import InvalidInput

_HOST: Final = re.compile(r"(?=.{1,253}(?::\d{1,5})?$)[\w](?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*(?::\d{1,5})?")


def address_of(written: str) -> str:
    """Return `https://host` for `host`, `https://host/`, or `@name@host`; raises InvalidInput for anything else."""
    text = written.strip().rstrip("/")
    scheme, has_scheme, rest = text.partition("://")
    host = rest if has_scheme else text.rpartition("@")[2]
    scheme = scheme.lower() if has_scheme else "https"
    if scheme not in {"https", "http"} or not _HOST.fullmatch(host):
        raise InvalidInput(f"“{written[:200]}” is no Mastodon server; write its address, such as mastodon.social.")
    return f"{scheme}://{host.lower()}"


def host_of(address: str) -> str:
    """Return an address's host, with its port where it has one."""
    return urlsplit(address).netloc


def bare_name(handle: str) -> str:
    """Return the name of a handle without its sign and server, in one spelling: `tern` of `@Tern@example.social`."""
    return handle.strip().removeprefix("@").partition("@")[0].casefold()


def instance_of(handle: str, options: Mapping[str, object]) -> str | None:
    """Return an account's server: what its options say, or the end of its handle; None where neither does."""
    said = options.get("instance")
    if isinstance(said, str) and said.strip():
        return address_of(said)
    _, has_server, server = handle.strip().removeprefix("@").partition("@")
    return address_of(server) if has_server else None
